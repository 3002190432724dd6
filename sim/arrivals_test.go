package sim_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// sendTimes returns the times at which a scenario calls Send, by the name of the first alert.
func sendTimes(t *testing.T, timeline string, engine sim.Engine) map[string][]time.Duration {
	t.Helper()
	file, err := scenarios.Parse("arrivals.yml", []byte(`
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
tests: [{name: arrivals, timeline: [`+timeline+`]}]
`))
	require.NoError(t, err)
	times := map[string][]time.Duration{}
	_, err = sim.Run(file, file.Tests[0], core.Newest(), 1, sim.Options{Engine: engine, Events: func(e *sim.Event) {
		if e.Kind == trace.KindSend {
			times[e.Alerts] = append(times[e.Alerts], e.At)
		}
	}})
	require.NoError(t, err)
	return times
}

// A send with `every` is repeated at even times, or at random times that depend on nothing but the seed and the event.
func TestArrivals(t *testing.T) {
	even := sendTimes(t, "{at: 1s, for: 1s, send: {alerts: a1, every: 250ms}}", sim.EngineModel)
	require.Equal(t, map[string][]time.Duration{"a1": {1000e6, 1250e6, 1500e6, 1750e6}}, even)

	const poisson = "{at: 0s, for: 100s, send: {alerts: a1, every: {exponential: {mean: 10ms}}}}"
	times := sendTimes(t, poisson, sim.EngineModel)["a1"]
	require.InDelta(t, 10_000, len(times), 4*100, "the standard deviation of a Poisson count is its square root, here 100")
	var mean, squares float64
	for i := range times[1:] {
		gap := (times[i+1] - times[i]).Seconds()
		mean, squares = mean+gap, squares+gap*gap
	}
	mean, squares = mean/float64(len(times)-1), squares/float64(len(times)-1)
	require.InEpsilon(t, 0.01, mean, 0.05)
	require.InEpsilon(t, 1, math.Sqrt(squares-mean*mean)/mean, 0.05, "exponential gaps have equal mean and deviation")

	more := sendTimes(t, "{at: 0s, send: {alerts: b1}}, "+poisson+
		", {at: 0s, for: 10s, send: {alerts: a2, every: {exponential: {mean: 10ms}}}}", sim.EngineModel)
	require.Equal(t, times, more["a1"], "other events do not change the drawn times")
	require.NotEqual(t, times[:100], more["a2"][:100])
	twice := sendTimes(t, poisson+", "+poisson, sim.EngineModel)["a1"]
	require.InDelta(t, 20_000, len(twice), 4*142)

	short := "{at: 0s, for: 2s, send: {alerts: a1, every: {exponential: {mean: 10ms}}}}"
	for _, engine := range sim.Engines()[1:] {
		require.Equal(t, sendTimes(t, short, sim.EngineModel), sendTimes(t, short, engine))
	}
}
