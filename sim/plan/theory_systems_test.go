package plan_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/ledger"
)

// service is the mean service time: the second of the forms.
const service = 10 * time.Millisecond

// A system is a queue that both a scenario and a closed form describe.
type system struct {
	name     string
	lambda   float64 // alerts in a service time
	group    int     // alerts of a send
	k, b     int     // capacity, 0 for none; batch size
	even     bool    // arrivals are evenly spaced
	fixed    bool    // services take the same time
	measures []measure
}

// A measure is a number that theory gives.
type measure struct {
	name   string
	theory float64
	of     func(*sim.Result) float64
}

func lossOf(theory float64) measure {
	return measure{"loss", theory,
		func(r *sim.Result) float64 { return float64(r.Ledger.Lost) / float64(r.Ledger.Offered) }}
}

func waitingOf(theory float64) measure {
	return measure{"mean waiting", theory, func(r *sim.Result) float64 { return r.Queues[0].Mean }}
}

// waitOf is the wait of those served; the simulation's delay has the service time besides.
func waitOf(theory float64) measure {
	return measure{"mean wait of the served", theory, func(r *sim.Result) float64 {
		d := r.Delivery[ledger.Any]
		return d.Seconds()/float64(d.Count())/service.Seconds() - 1
	}}
}

func systems() []system {
	var list []system
	for _, s := range []struct {
		rho float64
		k   int
	}{{.5, 3}, {.8, 5}, {1, 4}, {1.2, 10}} {
		loss, waiting := mm1(s.rho, s.k)
		list = append(list,
			system{"M/M/1/K", s.rho, 1, s.k, 1, false, false,
				[]measure{lossOf(loss), waitingOf(waiting), waitOf(dropOldest(s.rho, s.k))}},
			system{"M/D/1/K", s.rho, 1, s.k, 1, false, true, []measure{lossOf(deterministicBulk(s.rho, 1, s.k, 1))}})
	}
	for _, rho := range []float64{.5, .8} {
		list = append(list,
			system{"M/M/1", rho, 1, 0, 1, false, false, []measure{waitOf(rho / (1 - rho)), waitingOf(rho * rho / (1 - rho))}},
			system{"M/D/1", rho, 1, 0, 1, false, true, []measure{waitOf(md1(rho)), waitingOf(rho * md1(rho))}},
			system{"D/M/1", rho, 1, 0, 1, true, false, []measure{waitOf(dm1(rho))}})
	}
	for _, s := range []struct {
		lambda float64
		b      int
	}{{1, 2}, {3, 4}, {40, 64}} {
		waiting := bulk(s.lambda, s.b)
		list = append(list, system{"M/M^(1,b)/1", s.lambda, 1, 0, s.b, false, false,
			[]measure{waitingOf(waiting), waitOf(waiting / s.lambda)}})
	}
	for _, s := range []struct {
		lambda float64
		k, b   int
	}{{3, 8, 4}, {5, 8, 4}} {
		loss, waiting := finiteBulk(s.lambda, s.k, s.b)
		list = append(list, system{"M/M^(1,b)/1/K", s.lambda, 1, s.k, s.b, false, false,
			[]measure{lossOf(loss), waitingOf(waiting)}})
	}
	for _, s := range []struct {
		lambda  float64
		m, k, b int
	}{{3.8, 1, 8, 4}, {4, 1, 12, 4}, {3.6, 3, 10, 4}, {7.2, 12, 10, 4}} {
		name := "M/D^(1,b)/1/K"
		if s.m > 1 {
			name = "M^[m]/D^(1,b)/1/K"
		}
		list = append(list, system{name, s.lambda, s.m, s.k, s.b, false, true,
			[]measure{lossOf(deterministicBulk(s.lambda, s.m, s.k, s.b))}})
	}
	return list
}

// scenario is the file of a system, for so many arrivals.
func (s *system) scenario(t *testing.T, arrivals int) *scenarios.File {
	gap := time.Duration(math.Round(float64(service) * float64(s.group) / s.lambda))
	every, latency := fmt.Sprintf("{exponential: {mean: %v}}", gap), fmt.Sprintf("{exponential: {mean: %v}}", service)
	if s.even {
		every = gap.String()
	}
	if s.fixed {
		latency = service.String()
	}
	k := s.k
	if k == 0 {
		k = 10_000_000
	}
	return parsed(t, fmt.Sprintf(`
config: {alerting: {alertmanagers: [{timeout: 1h, static_configs: [{targets: ['am:9093']}]}]}}
flags: {alertmanager.notification-queue-capacity: %d, alertmanager.notification-batch-size: %d}
tests:
  - name: theory
    alertmanagers: {'am:9093': {latency: %s}}
    timeline: [{at: 0s, for: %v, send: {alerts: 'a[1-%d]', every: %s}}]
`, k, s.b, latency, (gap*time.Duration(arrivals/s.group)).Round(time.Millisecond), s.group, every))
}

func parsed(t *testing.T, text string) *scenarios.File {
	t.Helper()
	file, err := scenarios.Parse("theory.yml", []byte(text))
	require.NoError(t, err)
	return file
}
