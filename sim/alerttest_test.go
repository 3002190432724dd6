package sim_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// An alert_test that does not hold is a failure, not a crossed threshold. Its message names the alerts and the
// Alertmanager.
func TestAlertTest(t *testing.T) {
	f, err := scenarios.Parse("x.yml", []byte(`
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093', 'am-b:9093']}]}]}}
tests:
  - name: x
    duration: 40m
    input_series:
      - series: 'ALERTS{alertname="NodeDown", alertstate="firing", severity="page"}'
        expand: {node: 'n[1-3]'}
        values: '_x4 1x40'
      - {series: 'ALERTS{alertname="Slow", alertstate="firing", severity="ticket"}', values: '_x9 1x40'}
    timeline:
      - {at: 3m, for: 3m, target: 'am-b:9093', fault: {refuse: true}}
      - {at: 3m, for: 6m30s, target: 'am-a:9093', fault: {refuse: true}}
      - {at: 20m, for: 6m30s, target: 'am-a:9093', fault: {refuse: true}}
    alert_test:
      - {alerts: 'NodeDown{severity=~"p.*"}', exp_first_delivery: 2m, exp_uncovered: <= 2m, exp_missed: 0}
      - {labels: {severity: ticket}, exp_first_delivery: 0s, exp_false_resolved: 0}
      - {alerts: Slow, target: 'am-a:9093', exp_first_delivery: < 2m, exp_false_resolved: == 0}
      - {alerts: NodeDown, target: any, exp_first_delivery: <= 1m}
      - {labels: {severity: pge}, exp_missed: 0}
`))
	require.NoError(t, err)
	res, err := sim.Run(f, f.Tests[0], f.Releases[0], 1, sim.Options{})
	require.NoError(t, err)
	var got []string
	for _, failure := range res.Failures {
		require.False(t, failure.Threshold)
		got = append(got, failure.Pos.String()+": "+failure.Message)
	}
	require.Empty(t, cmp.Diff([]string{
		`x.yml:18:65: first delivery, am-a:9093, {alertname="Slow"}: max is 2m, want < 2m`,
		`x.yml:18:91: false resolved, am-a:9093, {alertname="Slow"}: count is 1 of 1, want == 0`,
		`x.yml:19:61: first delivery, any, {alertname="NodeDown"}: max is 2m, want <= 1m`,
		`x.yml:20:47: missed, any, {severity="pge"}: no such alert fired, want 0`,
	}, got))
}
