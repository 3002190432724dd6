package sim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/compare"
)

// everywhere runs a scenario at the newest release on all engines, requires that they agree, and returns what it
// observed on the first of them.
func everywhere(t *testing.T, text string) *compare.Observation {
	t.Helper()
	file, err := scenarios.Parse("hazard.yml", []byte(text))
	require.NoError(t, err)
	first := observe(t, sim.EngineModel, file, file.Tests[0], core.Newest(), 1)
	for _, engine := range sim.Engines()[1:] {
		require.Nil(t, compare.Differ(first, observe(t, engine, file, file.Tests[0], core.Newest(), 1)), "model against %s",
			engine)
	}
	return first
}

// value returns the value of a sample at a time, and whether the scrape had the sample.
func value(o *compare.Observation, at time.Duration, name, address string) (float64, bool) {
	for _, s := range o.Samples[at] {
		if s.Name == "prometheus_notifications_"+name && strings.Contains(s.Alertmanager, address) {
			return s.Value, true
		}
	}
	return 0, false
}

const hazard = `
config: {alerting: {alertmanagers: [{timeout: 10s, static_configs: [{targets: ['am-a:9093', 'am-b:9093']}]}]}}
flags: {alertmanager.notification-queue-capacity: 1000, alertmanager.notification-batch-size: 100, %s}
scrape_interval: 1s
tests:
  - name: hazard
    duration: 3m
    alertmanagers: {'am-b:9093': {hang: true}}
    timeline:
      - {at: 0s, send: {alerts: 'a[001-500]'}}
      - {at: 5s, target_groups: {config-0: [{targets: ['am-a:9093']}]}}
      - {at: 12s, send: {alerts: 'b[1-3]'}}
`

// The removal of a hung Alertmanager blocks Send while its queue is drained: here for four batches that time out after
// 10 s each. (In Prometheus' manager.go at v3.16.0, reload holds the lock while it calls drainQueue of sendloop.go.)
func TestHazardRemovalBlocksSend(t *testing.T) {
	o := everywhere(t, fmt.Sprintf(hazard, "alertmanager.drain-notification-queue-on-shutdown: true"))
	var blocked, sent time.Duration
	for _, e := range o.Trace {
		switch {
		case e.Kind == trace.KindBlocked:
			blocked = e.At
		case e.Kind == trace.KindSend:
			sent = e.At
		}
	}
	require.Equal(t, 12*time.Second, blocked)
	require.Equal(t, 45*time.Second, sent.Round(time.Millisecond))
	require.Equal(t, int64(1), o.Ledger.Blocked)
	for at := 6 * time.Second; at < 45*time.Second; at += time.Second {
		require.NotContains(t, o.Samples, at, "no scrape succeeds, because scrapes wait for the lock too")
	}
	require.Contains(t, o.Samples, 46*time.Second)
}

// When an Alertmanager is removed its counters are deleted, so their last increases are never scraped. A request that
// is still in flight creates some of the counters again when it ends, and nothing deletes those. (Prometheus'
// sendloop.go at v3.16.0, stop and sendAll.)
func TestHazardCountersVanishAndComeBack(t *testing.T) {
	o := everywhere(t, fmt.Sprintf(hazard, "alertmanager.drain-notification-queue-on-shutdown: false"))
	n, ok := value(o, 4*time.Second, "dropped_total", "am-b")
	require.True(t, ok)
	require.Zero(t, n)
	_, ok = value(o, 6*time.Second, "dropped_total", "am-b")
	require.False(t, ok, "no scrape sees the 400 dropped alerts")
	require.EqualValues(t, 400, o.Ledger.Alertmanagers["am-b:9093"].Dropped.Of(core.Removed))
	for _, name := range []string{"dropped_total", "errors_total"} {
		n, ok = value(o, 11*time.Second, name, "am-b")
		require.True(t, ok, "the request in flight timed out at 10s and created the counter again")
		require.EqualValues(t, 100, n)
	}
	_, ok = value(o, 11*time.Second, "sent_total", "am-b")
	require.False(t, ok)
	_, ok = value(o, 3*time.Minute, "errors_total", "am-b")
	require.True(t, ok, "for good")
}

// Run returns while a request is in flight, and then main exits: the alerts may or may not arrive, and no counter
// tells. (In Prometheus' alertmanagerset.go at v3.16.0, Run does not wait for sendLoop.loop.)
func TestHazardShutdownLeavesARequestInFlight(t *testing.T) {
	o := everywhere(t, `
config: {alerting: {alertmanagers: [{timeout: 10s, static_configs: [{targets: ['am-a:9093']}]}]}}
tests:
  - name: hazard
    alertmanagers: {'am-a:9093': {latency: 2s}}
    timeline:
      - {at: 1s, send: {alerts: 'a[1-5]'}}
      - {at: 2s, shutdown: {}}
`)
	account := o.Ledger.Alertmanagers["am-a:9093"]
	require.EqualValues(t, 5, account.Dropped.Of(core.ShutDown))
	require.EqualValues(t, 5, account.Unique, "the Alertmanager stores the alerts, although the sender has stopped")
	require.Equal(t, trace.KindLate, o.Trace[len(o.Trace)-1].Kind)
}

// Alerts that are sent while there is no Alertmanager are lost, and no counter counts them.
func TestHazardNoAlertmanagerIsSilent(t *testing.T) {
	o := everywhere(t, `
config: {alerting: {alertmanagers: [{static_configs: [{targets: []}]}]}}
scrape_interval: 1s
tests:
  - name: hazard
    timeline: [{at: 1500ms, send: {alerts: 'a[1-5]'}}]
`)
	require.EqualValues(t, 5, o.Ledger.Lost)
	for _, s := range o.Samples[2*time.Second] {
		require.True(t, s.Value == 0 || strings.HasSuffix(s.Name, "queue_capacity"), "%+v", s)
	}
}
