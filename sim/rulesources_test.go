package sim_test

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/ledger"
)

// accountOfRules runs a scenario of one test with rules, which are YAML, and returns its account.
func accountOfRules(t *testing.T, rules, test string) ledger.AlertAccounts {
	t.Helper()
	file, err := scenarios.LoadFS(fstest.MapFS{
		"x.rules": {Data: []byte("groups: [{name: x, rules: [" + rules + "]}]\n")},
		"x.yml": {Data: []byte(`
config: {alerting: {alertmanagers: [{timeout: 30s, static_configs: [{targets: ['am-a:9093', 'am-b:9093']}]}]}}
rule_files: [x.rules]
evaluation_offset: none
evaluation_interval: 1m
scrape_interval: 15s
` + test)},
	}, "x.yml")
	require.NoError(t, err)
	res, err := sim.Run(file, file.Tests[0], file.Releases[0], 1, sim.Options{})
	require.NoError(t, err)
	return res.Accounts
}

// Alerts fire at their source when the input series say so, although the server misses evaluations because Send waits
// for the drain of an Alertmanager from 4m30s to 9m30s. The evaluation of 6m has to wait and those of 7m to 9m are
// missed. Late fires at 7m and is first sent at 10m; Short fires from 7m to 9m and is never sent.
func TestRulesFireWhileSendIsBlocked(t *testing.T) {
	got := accountOfRules(t, `{alert: Node, expr: 'up{job="node"} == 0'}, {alert: Late, expr: 'up{job="late"} == 0'},
  {alert: Short, expr: 'up{job="short"} == 0'}`, `
flags: {alertmanager.notification-batch-size: 1}
tests:
  - name: blocked
    duration: 20m
    alertmanagers: {'am-b:9093': {hang: true}}
    input_series:
      - {series: 'up{job="node"}', expand: {instance: 'i[1-11]'}, values: '1x3 0x60'}
      - {series: 'up{job="late"}', values: '1x6 0x60'}
      - {series: 'up{job="short"}', values: '1x6 0x1 1x60'}
    timeline: [{at: 4m30s, target_groups: {config-0: [{targets: ['am-a:9093']}]}}]
`)
	require.EqualValues(t, 13, got.Any.Alerts)
	require.EqualValues(t, 1, got.Any.Missed)
	require.Equal(t, 3*time.Minute, got.Any.FirstDelivery.Max())
}

// An alert that only the rules of the second replica say fires, because the first is down, fires in the account.
// Replica 1 stops at 10m, so that up is 0 at replica 2 from the scrape at 10m on.
func TestRulesOfEveryReplicaCount(t *testing.T) {
	got := accountOfRules(t, `{alert: PrometheusDown, expr: 'up{job="prometheus"} == 0'}`, `
replicas: 2
tests:
  - name: a pair
    duration: 20m
    timeline: [{at: 10m, replica: 1, shutdown: {}}]
`)
	require.EqualValues(t, 1, got.Any.Alerts)
	require.Zero(t, got.Any.Missed)
	require.Zero(t, got.Any.FirstDelivery.Max())
}

// An alert on scraped metrics that fires before and after a restart of the server is one alert, which fires while the
// server is down and while its for passes again. The first copy is from 4m, since the first evaluation is before the
// first scrape. It expires at 8m. The server runs again from 7m30s on. Its second evaluation, at 9m, restores the state
// of the alert, so the next copy is from 10m.
func TestRulesOnScrapedMetricsSurviveARestart(t *testing.T) {
	got := accountOfRules(t, `{alert: Up, expr: 'up{job="prometheus"} == 1', for: 3m}`, `
tests:
  - name: restart
    duration: 20m
    timeline: [{at: 5m30s, for: 2m, replica: 1, restart: {}}]
`)
	require.EqualValues(t, 1, got.Any.Alerts)
	require.EqualValues(t, 1, got.Any.FalseResolves.Count())
	require.Equal(t, 2*time.Minute, got.Any.FalseResolves.Max())
}

// Rules that depend on scraped metrics, also by another rule, do not fire because the input series lack these metrics.
func TestRulesOnScrapedMetricsAreNotEvaluatedOnInputSeries(t *testing.T) {
	got := accountOfRules(t, `{alert: A, expr: 'absent(prometheus_notifications_dropped_total)', for: 1m},
  {record: b, expr: 'absent({__name__="alerts_queued"})'}, {alert: B, expr: b, for: 1m},
  {alert: C, expr: 'ALERTS{alertname="A",alertstate="firing"}'}, {alert: Input, expr: 'absent(up{job="node"})'},
  {alert: Other, expr: 'absent(ALERTS{alertname="D"})'}`, "tests: [{name: x, duration: 10m, "+
		"timeline: [{at: 1m, send: {alerts: a}}]}]\n")
	require.EqualValues(t, 3, got.Any.Alerts, "a, Input and Other")
}
