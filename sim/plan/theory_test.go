package plan_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/ledger"
)

// The closed forms themselves, against published values.
func TestForms(t *testing.T) {
	near := func(want, got float64) { t.Helper(); require.InEpsilon(t, want, got, 1e-6) }
	for _, tt := range []struct {
		rho                 float64
		k                   int
		loss, waiting, wait float64
	}{{.5, 3, .032258065, .354838710, .654595336}, {.8, 5, .066341653, 1.395507037, 1.609530850},
		{1.2, 10, .187720804, 6.541162859, 5.185703103}} {
		loss, waiting := mm1(tt.rho, tt.k)
		near(tt.loss, loss)
		near(tt.waiting, waiting)
		near(tt.wait, dropOldest(tt.rho, tt.k))
	}
	loss, _ := mm1(1, 4)
	near(1.0/6, loss)
	near(.007684247, deterministicBulk(.5, 1, 3, 1))
	near(.021856676, deterministicBulk(.8, 1, 5, 1))
	near(.169556318, deterministicBulk(1.2, 1, 10, 1))
	near(.057035517, deterministicBulk(3.8, 1, 8, 4))
	near(.047957878, deterministicBulk(4, 1, 12, 4))
	near(.101566839, deterministicBulk(3.6, 3, 10, 4))
	near(.555815482, deterministicBulk(7.2, 12, 10, 4))
	near(.255000975, dm1(.5))
	near(1.692730840, dm1(.8))
	near(2, md1(.8))
	near(1.170820393, bulk(1, 2))
	near(7.657496176, bulk(3, 4))
	loss, waiting := finiteBulk(3, 8, 4)
	near(.138894377, loss)
	near(3.328765, waiting)
	loss, _ = finiteBulk(5, 8, 4)
	near(.338173247, loss)
	near(.494356198, periodic(20, 25, 1))
	near(.676049368, periodic(10, 10.5, 1))
}

// replications runs something for seeds 1 to n, on two processors, and returns the results in the order of the seeds.
func replications(t *testing.T, n int, run func(seed uint64) []float64) [][]float64 {
	results := make([][]float64, n)
	var group sync.WaitGroup
	for half := range 2 {
		group.Go(func() {
			for i := half; i < n; i += 2 {
				results[i] = run(uint64(i) + 1)
			}
		})
	}
	group.Wait()
	return results
}

// The simulation agrees with queueing theory: |z| is at most 4 in every row, with seeds 1, 2, 3, … and nothing
// chosen. THEORY is the file that the table is written to, and asks for the long runs (make theory).
func TestTheory(t *testing.T) {
	// Fewer than 40 replications have a spread that says too little for z.
	const seeds = 40
	arrivals := 2_000
	report := os.Getenv("THEORY")
	if report != "" {
		arrivals = 20_000
	}
	var rows []row
	for _, s := range systems() {
		if s.k == 0 && report == "" {
			continue // takes long to forget that it began empty
		}
		file := s.scenario(t, arrivals)
		results := replications(t, seeds, func(seed uint64) []float64 {
			res, err := sim.Run(file, file.Tests[0], file.Releases[0], seed, sim.Options{Queues: true})
			if err != nil {
				t.Error(err)
				return make([]float64, len(s.measures))
			}
			var values []float64
			for _, m := range s.measures {
				values = append(values, m.of(res))
			}
			return values
		})
		for i, m := range s.measures {
			var values []float64
			for _, r := range results {
				values = append(values, r[i])
			}
			rows = append(rows, newRow(s.name, s.parameters(), m.name, m.theory, values))
		}
	}
	rows = append(rows, periodicRows(t, seeds, arrivals)...)
	for _, r := range rows {
		require.LessOrEqual(t, math.Abs(r.z()), 4.0, "%+v", r)
	}
	if report != "" {
		require.NoError(t, os.WriteFile(report, []byte(theoryTable(rows, seeds, arrivals)), 0o644))
	}
}

func (s *system) parameters() string {
	p := fmt.Sprintf("λ %g", s.lambda)
	if s.group > 1 {
		p += fmt.Sprintf(", m %d", s.group)
	}
	if s.k > 0 {
		p += fmt.Sprintf(", K %d", s.k)
	}
	if s.b > 1 {
		p += fmt.Sprintf(", b %d", s.b)
	}
	return p
}

// periodicRows are sources of one period whose phases are drawn, as rule groups have them: what is before an arrival.
func periodicRows(t *testing.T, seeds, arrivals int) []row {
	var rows []row
	for _, s := range []struct {
		n      int
		period float64
	}{{20, 25}, {10, 10.5}} {
		period := time.Duration(s.period * float64(service))
		rounds := arrivals / s.n
		thresholds := []float64{0, 1, 2}
		results := replications(t, seeds, func(seed uint64) []float64 {
			rng := rand.New(rand.NewPCG(seed, 9))
			var events []string
			for i := range s.n {
				events = append(events, fmt.Sprintf("{at: %v, for: %v, send: {alerts: a%d, every: %v}}",
					time.Duration(rng.Int64N(int64(period))), period*time.Duration(rounds), i, period))
			}
			file := parsed(t, fmt.Sprintf(`
config: {alerting: {alertmanagers: [{timeout: 1h, static_configs: [{targets: ['am:9093']}]}]}}
flags: {alertmanager.notification-batch-size: 1}
tests: [{name: theory, alertmanagers: {'am:9093': {latency: %v}}, timeline: [%s]}]
`, service, strings.Join(events, ", ")))
			res, err := sim.Run(file, file.Tests[0], file.Releases[0], seed, sim.Options{})
			if err != nil {
				t.Error(err)
				return make([]float64, len(thresholds))
			}
			d := res.Delivery[ledger.Any]
			var shares []float64
			for _, x := range thresholds {
				shares = append(shares, 1-float64(d.Below(service+time.Duration(x*float64(service))))/float64(d.Count()))
			}
			return shares
		})
		for i, x := range thresholds {
			var values []float64
			for _, r := range results {
				values = append(values, r[i])
			}
			rows = append(rows, newRow("N*D/D/1", fmt.Sprintf("N %d, period %g", s.n, s.period), fmt.Sprintf("P(wait > %g)", x),
				periodic(s.n-1, s.period, x), values))
		}
	}
	return rows
}

// Where nothing is random, the simulation is exact (fluid, D/D/1): what overflows, how many requests it takes, when
// all is sent.
func TestDeterministic(t *testing.T) {
	file := parsed(t, `
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am:9093']}]}]}}
tests:
  - name: one send
    alertmanagers: {'am:9093': {latency: 100ms}}
    timeline: [{at: 0s, send: {alerts: 'a[1-12000]'}}]
`)
	res, err := sim.Run(file, file.Tests[0], file.Releases[0], 1, sim.Options{})
	require.NoError(t, err)
	require.EqualValues(t, 2000, res.Ledger.Lost)
	require.EqualValues(t, 40, res.Ledger.Alertmanagers["am:9093"].Requests) // 10000 alerts, 256 each
	require.Equal(t, 4*time.Second, time.Duration(res.End))

	file = parsed(t, `
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am:9093']}]}]}}
tests:
  - name: many sends
    alertmanagers: {'am:9093': {latency: 50ms}}
    timeline: [{at: 0s, for: 30s, send: {alerts: 'a[1-500]', every: 100ms}}]
`)
	res, err = sim.Run(file, file.Tests[0], file.Releases[0], 1, sim.Options{Unbounded: true})
	require.NoError(t, err)
	require.Equal(t, 500, ledger.Longest(res.Queues))
}
