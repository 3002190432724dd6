package sim_test

import (
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// On every engine Send removes labels with an empty value, even if no relabelling is configured. (In Prometheus'
// alert.go at v3.16.0, relabelAlerts passes the labels through a builder, which drops them.)
func TestEnginesAgreeOnLabelsWithoutAValue(t *testing.T) {
	file, err := scenarios.Parse("empty.yml", []byte(`
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
tests: [{name: empty, timeline: [{at: 1s, send: {alerts: a}}]}]
`))
	require.NoError(t, err)
	file.Tests[0].Timeline[0].Send.Alerts[0] = labels.FromStrings("alertname", "a", "empty", "")
	for _, engine := range sim.Engines()[1:] {
		o := observe(t, engine, file, file.Tests[0], core.Newest(), 1)
		require.Len(t, o.Bodies, 1)
		require.NotContains(t, o.Bodies[0], "empty", "engine %s", engine)
	}
}
