package sim_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// explained runs a test and returns what explains its only failure.
func explained(t *testing.T, body string) sim.Failure {
	t.Helper()
	f, err := scenarios.Parse("x.yml", []byte(`
release: v3.15
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093', 'wrong:9093']}]}]}}
flags: {alertmanager.notification-queue-capacity: 4, alertmanager.notification-batch-size: 2}
tests:
  - name: x
    duration: 40m
`+body))
	require.NoError(t, err)
	res, err := sim.Run(f, f.Tests[0], f.Releases[0], 1, sim.Options{})
	require.NoError(t, err)
	require.Len(t, res.Failures, 1)
	return res.Failures[0]
}

const (
	alertA  = "    input_series: [{series: 'ALERTS{alertname=\"A\", alertstate=\"firing\"}', values: '1x40'}]\n"
	alertsB = `    input_series:
      - {series: 'ALERTS{alertname="A", alertstate="firing"}', values: '1x40'}
      - {series: 'ALERTS{alertname="B", alertstate="firing"}', expand: {n: '[1-4]'}, values: '1x40'}
`
	notResolved = "    alert_test: [{target: 'am-a:9093', exp_false_resolved: 0}]\n"
)

// The explanation of a false resolve says which copies did not arrive, and why.
func TestFalseResolveHasACause(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"refused": {
			alertA + "    timeline: [{at: 9m, for: 8m, target: 'am-a:9093', fault: {refuse: true}}]\n" + notResolved,
			"A   resolved at am-a:9093 at 12m, still firing at the source: copies sent at 10m and 12m were refused",
		},
		"timeout": {
			alertA + "    timeline: [{at: 9m, for: 2m, target: 'am-a:9093', fault: {hang: true}}]\n" +
				"    alertmanagers: {'am-a:9093': {latency: 1ms}}\n" + notResolved,
			"A   resolved at am-a:9093 at 12m, still firing at the source: " +
				"the copy sent at 10m was not answered before the timeout",
		},
		"server down": {
			alertA + "    timeline: [{at: 9m, for: 6m, replica: 1, restart: {}}]\n" + notResolved,
			"A   resolved at am-a:9093 at 12m, still firing at the source: the server was stopped at 9m",
		},
		"removed": {
			alertA + "    timeline: [{at: 9m, target_groups: {config-0: [{targets: ['wrong:9093']}]}}]\n" + notResolved,
			"A   resolved at am-a:9093 at 12m, still firing at the source: am-a:9093 was removed at 9m",
		},
		"overflow": {
			alertsB + "    timeline: [{at: 9m, for: 2m, target: 'am-a:9093', fault: {hang: true}}, " +
				"{at: 10m5s, send: {alerts: 'z[1-4]'}}]\n" +
				"    alert_test: [{alerts: 'B{n=\"4\"}', target: 'am-a:9093', exp_false_resolved: 0}]\n" +
				"    alertmanagers: {'am-a:9093': {latency: 1ms}}\n",
			`B{n="4"}   resolved at am-a:9093 at 12m, still firing at the source: the copy sent at 10m was dropped (queue_full)`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, []string{c.want}, explained(t, c.body).Alerts)
		})
	}
}

// An alert that is falsely resolved again and again is one alert.
func TestRepeatedFalseResolvesAreOneAlert(t *testing.T) {
	f := explained(t, alertA+`    timeline:
      - {at: 5m, for: 4m, target: 'am-a:9093', fault: {refuse: true}}
      - {at: 15m, for: 4m, target: 'am-a:9093', fault: {refuse: true}}
      - {at: 25m, for: 4m, target: 'am-a:9093', fault: {refuse: true}}
`+notResolved)
	require.Len(t, f.Alerts, 2)
	require.Equal(t, "  again at 18m and 28m: 1 alert", f.Alerts[1])
}

// For any Alertmanager only those false resolves count after which no Alertmanager knows the alert.
func TestFalseResolveAtAny(t *testing.T) {
	const faults = `    timeline:
      - {at: 5m, for: 15m, target: 'wrong:9093', fault: {refuse: true}}
      - {at: 15m, for: 10m, target: 'am-a:9093', fault: {status: 503}}
`
	f := explained(t, alertA+faults+"    alert_test: [{exp_false_resolved: 0}]\n")
	require.Equal(t, []string{
		"A   resolved at am-a:9093 at 18m, still firing at the source: copies sent at 16m and 18m were answered with 503",
	}, f.Alerts)
	f = explained(t, alertA+strings.ReplaceAll(faults, "at: 15m", "at: 30m")+"    alert_test: [{exp_false_resolved: 1}]\n")
	require.Empty(t, f.Alerts)
}

// The explanation is about the alerts that the expectation selects, by the labels at their source, and an event that
// repeats is told once.
func TestExplanationSelectsAlerts(t *testing.T) {
	f := explained(t, alertsB+`    timeline: [{at: 0s, for: 9m, target: 'am-a:9093', fault: {refuse: true}}]
    alert_test: [{alerts: 'B{n="2"}', target: 'am-a:9093', exp_first_delivery: 0s}]
`)
	require.Equal(t, []string{
		`B{n="2"}   lost at 0s, request ended with refused`, "  again 4 times until 8m: 4 copies",
	}, f.Alerts)
	require.Contains(t, strings.Join(f.Trace, "\n"), "fault     refuse")
}
