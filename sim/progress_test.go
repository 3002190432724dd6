package sim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// A long run says again and again how far it is, on each engine with virtual time.
func TestProgress(t *testing.T) {
	f, err := scenarios.Parse("x.yml", []byte(`
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
tests:
  - name: x
    duration: 48h
    input_series: [{series: 'ALERTS{alertname="A", alertstate="firing"}', values: '1x2880'}]
`))
	require.NoError(t, err)
	for _, engine := range []sim.Engine{sim.EngineModel, sim.EngineManager} {
		var reached []time.Duration
		_, err = sim.Run(f, f.Tests[0], f.Releases[0], 1, sim.Options{
			Engine: engine, Progress: func(at time.Duration) { reached = append(reached, at) },
		})
		require.NoError(t, err)
		require.Greater(t, len(reached), 5, engine)
		require.IsIncreasing(t, reached, engine)
		require.Less(t, reached[0], 24*time.Hour, engine)
	}
}
