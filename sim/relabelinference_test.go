package sim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/notifier/core"
)

// Alertmanager sets relabel the batches of a shared queue. Relabelling drops all alerts of some batches and some alerts
// of others, and meanwhile the queue overflows.
func TestSetsRelabelASharedQueue(t *testing.T) {
	const text = `
config:
  alerting:
    alertmanagers:
      - {static_configs: [{targets: ['am-a:9093']}],
          alert_relabel_configs: [{source_labels: [severity], regex: page, action: keep}]}
      - {static_configs: [{targets: ['am-b:9093']}],
          alert_relabel_configs: [{source_labels: [severity], regex: debug, action: keep}]}
flags: {alertmanager.notification-queue-capacity: 300}
scrape_interval: 1s
tests:
  - name: x
    alertmanagers: {'am-a:9093': {latency: 1500ms}, 'am-b:9093': {latency: 700ms, slow_body: 200ms}}
    timeline:
      - {at: 0s, send: {alerts: 'none[1-290]'}}
      - {at: 1s, send: {alerts: 'page[1-70]', labels: {severity: page}}}
      - {at: 1100ms, send: {alerts: 'none[1-100]'}}
      - {at: 1200ms, send: {alerts: 'debug[1-100]', labels: {severity: debug}}}
      - {at: 1300ms, send: {alerts: 'page[71-170]', labels: {severity: page}}}
    alertmanager_test:
      - {target: 'am-b:9093', between: [0s, 1m], exp_alerts: 'debug[1-100]'}
`
	for release, overflow := range map[string]int64{"v2.51.2": 6, "v3.0": 6, "v3.3": 6, "v3.4": 0, "v3.7": 0, "v3.9": 0} {
		o := holds(t, release, text)
		require.Equal(t, overflow, o.Ledger.Alertmanagers["am-a:9093"].Dropped.Of(core.QueueFull), release)
		require.Equal(t, 270-overflow, o.Ledger.Delivered, release)
	}
}

// If the notifier never releases its lock, all calls after the target update wait for ever, and the run must end.
func TestDeadlockOnEveryEngine(t *testing.T) {
	o := holds(t, "v2.51.0", `
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}],
  alert_relabel_configs: [{action: drop}]}]}}
tests:
  - name: x
    timeline:
      - {at: 0s, send: {alerts: a}}
      - {at: 1s, target_groups: {config-0: []}}
      - {at: 2s, target_groups: {config-0: []}}
      - {at: 3s, send: {alerts: b}}
    ledger_test:
      - {eval_time: 1m, exp_offered: 1, exp_lost: 0}
`)
	require.Equal(t, int64(1), o.Ledger.Blocked)
	require.Len(t, when(o, trace.KindBlocked), 1)
}

// A restart of the Alertmanager breaks off the body of a response, and the sender continues with the next batch.
func TestRestartBreaksABodyOff(t *testing.T) {
	for _, release := range []string{"v2.53", "v3.16"} {
		o := holds(t, release, `
config: {alerting: {alertmanagers: [{timeout: 10s, static_configs: [{targets: ['am-a:9093']}]}]}}
scrape_interval: 1s
tests:
  - name: x
    alertmanagers: {'am-a:9093': {slow_body: 5s}}
    timeline:
      - {at: 500ms, send: {alerts: a}}
      - {at: 1500ms, target: 'am-a:9093', restart: {}}
      - {at: 2500ms, send: {alerts: b}}
`)
		n, ok := value(o, 2*time.Second, "sent_total", "am-a")
		require.True(t, ok)
		require.EqualValues(t, 1, n, release)
	}
}
