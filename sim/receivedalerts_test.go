package sim_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// exp_alerts lists all alerts that an Alertmanager received, exp_alerts_contain some of them, and exp_labels all labels
// of some. expand makes a rule for each alertname.
func TestReceivedAlerts(t *testing.T) {
	f, err := scenarios.Parse("x.yml", []byte(`
config:
  global: {external_labels: {cluster: eu1, replica: a}}
  alerting:
    alert_relabel_configs: [{regex: replica, action: labeldrop}]
    alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]
tests:
  - name: x
    duration: 10m
    input_series:
      - series: 'ALERTS{alertstate="firing", severity="page"}'
        expand: {alertname: 'Down[1-2]', node: 'n[1-2]'}
        values: '1x20'
      - {series: 'ALERTS{alertname="Late", alertstate="firing"}', values: '_x5 1x20'}
    alertmanager_test:
      - {target: 'am-a:9093', between: [0s, 1m], exp_alerts_contain: 'Down[1-2]{node="n1"}', exp_requests: 2}
      - {target: 'am-a:9093', between: [0s, 1m], exp_alerts_contain: ['Down1{node="n2"}', Late]}
      - target: 'am-a:9093'
        between: [0s, 1m]
        exp_labels:
          - {alertname: Down2, cluster: eu1, node: n2, severity: page}
          - {alertname: Down2, cluster: eu1, node: n2, severity: page, replica: a}
      - {target: 'am-a:9093', between: [30s, 1m], exp_labels: {alertname: Late}}
`))
	require.NoError(t, err)
	require.Equal(t, "Down1", f.Tests[0].Series[0].Rule)
	require.Equal(t, []string{`Down2{node="n1"}`, `Down2{node="n2"}`}, f.Tests[0].Series[1].Names)
	res, err := sim.Run(f, f.Tests[0], f.Releases[0], 1, sim.Options{})
	require.NoError(t, err)
	var got []string
	for _, failure := range res.Failures {
		got = append(got, failure.Pos.String()+": "+failure.Message)
	}
	require.Empty(t, cmp.Diff([]string{
		"x.yml:17:70: am-a:9093 did not receive all expected alerts in [0s, 1m]: not Late",
		`x.yml:22:13: am-a:9093 received no alert with the labels {alertname="Down2", cluster="eu1", node="n2", ` +
			`replica="a", severity="page"} in [0s, 1m]; the most similar one has ` +
			`{alertname="Down2", cluster="eu1", node="n2", severity="page"}`,
		`x.yml:23:63: am-a:9093 received no alert in [30s, 1m], want one with the labels {alertname="Late"}`,
	}, got))
}
