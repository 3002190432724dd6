package plan_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// The replicas of a pair wait for each other at slow Alertmanagers: the capacity is the smallest with which neither
// drops anything, and larger than one replica alone needs.
func TestReplicasNeedMore(t *testing.T) {
	const text = `
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
evaluation_interval: 15s
flags: {alertmanager.notification-batch-size: 64}
tests:
  - name: pair
    duration: 10m
    replicas: 2
    timeline:
      - {at: 10s, send: {alerts: 'a[1-1000]'}}
      - {at: 14s, send: {alerts: 'b[1-1000]'}}
      - {at: 15s, replica: 2, send: {alerts: 'c[1-300]'}}
    alertmanagers: {'am-a:9093': {service: {per_request: 200ms, per_alert: 1ms}}}
`
	q := question(t, "pair.yml", text)
	a := answer(t, q)
	p := a.Plans[0]
	require.Equal(t, 2, a.Replicas)
	require.NotNil(t, p.Lost.ByAll)
	require.Zero(t, *p.Lost.ByAll)
	require.Contains(t, shown(t, a), "for each of the 2 replicas; each counts what it loses")

	dropped := func(capacity int) (n int64) {
		file, err := scenarios.Parse("pair.yml", []byte(text))
		require.NoError(t, err)
		file.Flags.QueueCapacity = capacity
		res, err := sim.Run(file, file.Tests[0], file.Releases[0], 1, sim.Options{})
		require.NoError(t, err)
		return res.Ledger.Alertmanagers["am-a:9093"].Dropped.Total()
	}
	require.Zero(t, dropped(p.Needed))
	require.Positive(t, dropped(p.Needed-1))
	alone := strings.ReplaceAll(strings.ReplaceAll(text, "replicas: 2", "replicas: 1"), "replica: 2", "replica: 1")
	require.Less(t, answer(t, question(t, "alone.yml", alone)).Plans[0].Needed, p.Needed)
}

// An alert that one replica loses may be delivered by the other: the plan says what both lost, and why if no
// Alertmanager was known.
func TestReplicasLose(t *testing.T) {
	for _, c := range []struct{ event, want string }{
		{"{at: 0s, replica: 2, target_groups: {config-0: []}}",
			"300 of 600 delivered nowhere in the worst run; no Alertmanager was known; 0 by all replicas"},
		{"{at: 0s, target_groups: {config-0: []}}",
			"600 of 600 delivered nowhere in the worst run; no Alertmanager was known; 300 by all replicas"},
		{"{at: 0s, target: 'am-a:9093', fault: {status: 503}}",
			"600 of 600 delivered nowhere in the worst run; am-a:9093 send_failed 600 (no capacity helps send_failed); 300 " +
				"by all replicas"},
		{"{at: 0s, target: 'am-a:9093', fault: {slow_body: 1s}}", "nothing of 600 in the worst run"},
	} {
		q := question(t, "pair.yml", `
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
replicas: 2
tests:
  - name: pair
    timeline:
      - `+c.event+`
      - {at: 10s, send: {alerts: 'a[1-300]'}}
`)
		require.Contains(t, unwrapped(shown(t, answer(t, q))), c.want, c.event)
	}
}
