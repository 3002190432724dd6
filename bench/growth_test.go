package bench

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// A size is the amount of work in a run.
type size struct {
	alerts, alertmanagers int
	batch                 int // alerts in a batch
	minutes               int
}

var baseSize = size{alerts: 500, alertmanagers: 3, batch: 64, minutes: 60}

// growths are the dimensions in which a run grows from the base size, with the largest exponents that are allowed for
// events and for memory.
var growths = []struct {
	what          string
	by            func(k int) size
	events, bytes float64
}{
	{"alerts", func(k int) size { s := baseSize; s.alerts *= k; return s }, 1, 1},
	{"Alertmanagers", func(k int) size { s := baseSize; s.alertmanagers *= k; return s }, 1, 1},
	{"batches", func(k int) size { s := baseSize; s.alerts, s.batch = 12_800, 12_800/k; return s }, 1, 1},
	{"hours", func(k int) size { s := baseSize; s.minutes *= k; return s }, 1, 0},
}

// scenario returns a scenario of this size: all alerts fire all the time and are sent every 15 s.
func (s size) scenario() string {
	var targets, latencies strings.Builder
	for i := range s.alertmanagers {
		fmt.Fprintf(&targets, "'am-%d:9093', ", i)
		fmt.Fprintf(&latencies, "      'am-%d:9093': {latency: {uniform: {min: 1ms, max: 3ms}}}\n", i)
	}
	return fmt.Sprintf(`release: v3.16
config: {alerting: {alertmanagers: [{static_configs: [{targets: [%s]}]}]}}
flags:
  alertmanager.notification-queue-capacity: 100000
  alertmanager.notification-batch-size: %d
  rules.alert.resend-delay: 10s
evaluation_interval: 15s
scrape_interval: %dm
tests:
  - name: growth
    duration: %dm
    input_series:
      - series: 'ALERTS{alertname="InstanceDown", alertstate="firing"}'
        expand: {instance: 'i-[1-%d]'}
        values: '1x%d'
    alertmanagers:
%s`,
		strings.TrimSuffix(targets.String(), ", "), s.batch, s.minutes, s.minutes, s.alerts, 4*s.minutes, latencies.String())
}

// A cost is the time, the events and the memory of a run.
type cost struct {
	seconds float64 // real time, the shortest of several runs
	events  int64
	bytes   int64 // memory in use at the end of the run, minus that before the run
}

// cost measures a run of this size several times and takes the shortest time.
func (s size) cost(tb testing.TB, times int) cost {
	f, err := scenarios.Parse("growth.yml", []byte(s.scenario()))
	require.NoError(tb, err)
	run := func(o sim.Options) *sim.Result {
		res, err := sim.Run(f, f.Tests[0], f.Releases[0], 1, o)
		require.NoError(tb, err)
		require.Zero(tb, res.Ledger.Lost)
		return res
	}
	c := cost{seconds: math.Inf(1)}
	before := inUse()
	c.events = run(sim.Options{Scrapes: func(at time.Duration, _ int, _ []sim.Sample) {
		if at == time.Duration(s.minutes)*time.Minute {
			c.bytes = inUse() - before
		}
	}}).Events
	for range times {
		begun := time.Now()
		run(sim.Options{})
		c.seconds = min(c.seconds, time.Since(begun).Seconds())
	}
	return c
}

// inUse returns the reachable memory, in bytes.
func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// exponent returns the slope of log y over log x by least squares: 1 means that y grows linearly with x, 0 that it does
// not grow.
func exponent(x, y []float64) float64 {
	var mx, my float64
	for i := range x {
		mx += math.Log(x[i]) / float64(len(x))
		my += math.Log(y[i]) / float64(len(x))
	}
	var above, below float64
	for i := range x {
		dx := math.Log(x[i]) - mx
		above += dx * (math.Log(y[i]) - my)
		below += dx * dx
	}
	return above / below
}

// The time of a run grows at most linearly with the number of alerts, Alertmanagers and batches, and its memory does
// not grow with its duration. Events and memory are checked at sizes of up to a hundred times the base. With
// GROWTH_REPORT the time is measured too, and the table is written to the file that it names.
func TestGrowth(t *testing.T) {
	report := os.Getenv("GROWTH_REPORT")
	steps, times := []int{1, 10, 100}, 0
	if report != "" {
		times = 5
	}
	var b strings.Builder
	b.WriteString(growthHead)
	for _, g := range growths {
		var x, seconds, events, bytes []float64
		for _, k := range steps {
			c := g.by(k).cost(t, times)
			x, seconds = append(x, float64(k)), append(seconds, c.seconds)
			events, bytes = append(events, float64(c.events)), append(bytes, float64(max(c.bytes, 1)))
			fmt.Fprintf(&b, "| %s | %d× | %.1f | %d | %.0f |\n", g.what, k, 1000*c.seconds, c.events, float64(c.bytes)/1024)
		}
		fmt.Fprintf(&b, "| | **exponent** | **%.2f** | **%.2f** | **%.2f** |\n", exponent(x, seconds), exponent(x, events),
			exponent(x, bytes))
		t.Logf("%s: events %v (exponent %.2f), bytes %v (%.2f)", g.what, events, exponent(x, events), bytes,
			exponent(x, bytes))
		require.LessOrEqual(t, exponent(x, events), g.events+0.05, "events over %s", g.what)
		require.LessOrEqual(t, exponent(x, bytes), g.bytes+0.1, "memory over %s", g.what)
	}
	if report != "" {
		require.NoError(t, os.WriteFile(report, []byte(b.String()), 0o666))
	}
}

const growthHead = `# How a run grows

Written by ` + "`make growth`" + `. The base is one hour in which 500 alerts are sent every 15 s to 3
Alertmanagers in batches of 64, on the engine model with the ledger. One quantity at a time grows to 10 and 100 times
the base. In the rows about batches each send has 12,800 alerts in 1, 10 or 100 batches. Time is the shortest of 5 runs;
memory is the memory in use at the end of a run. An exponent of 1 means linear growth, and 0 means no growth.

| what grows | by | time, ms | events | memory, KiB |
|---|--:|--:|--:|--:|
`
