package sim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/compare"
)

// holds runs the first test of a scenario on all engines that have the release. It requires that the engines agree and
// that the expectations hold, and returns what it observed on the first engine.
func holds(t *testing.T, release, text string) *compare.Observation {
	t.Helper()
	file, err := scenarios.Parse("x.yml", []byte(text))
	require.NoError(t, err)
	rel, err := core.ParseRelease(release)
	require.NoError(t, err)
	var first *compare.Observation
	for _, engine := range sim.Engines() {
		if !runsHere(engine, rel) {
			continue
		}
		res, o, err := compare.Observe(engine, file, file.Tests[0], rel, 1, sim.Options{})
		require.NoError(t, err)
		require.Empty(t, res.Failures, engine)
		if first == nil {
			first = o
		}
		require.Nil(t, compare.Differ(first, o), "model against %s", engine)
	}
	return first
}

// when returns the times of the events of a kind, rounded to milliseconds.
func when(o *compare.Observation, kind trace.Kind) (times []time.Duration) {
	for _, e := range o.Trace {
		if e.Kind == kind {
			times = append(times, e.At.Round(time.Millisecond))
		}
	}
	return times
}

// A reload that edits the set of a hung Alertmanager drains its queue first, as a removal does. Meanwhile a Send and a
// second reload wait. The Send gets the lock first, so it uses the configuration of the first reload.
func TestHazardReloadBlocksSendAndReload(t *testing.T) {
	o := holds(t, "v3.16", `
config:
  alerting:
    alertmanagers:
      - &good {timeout: 10s, static_configs: [{targets: ['am-a:9093']}]}
      - {timeout: 10s, static_configs: [{targets: ['am-b:9093']}]}
flags: {alertmanager.notification-batch-size: 100}
scrape_interval: 1s
tests:
  - name: x
    duration: 3m
    alertmanagers: {'am-b:9093': {hang: true}}
    timeline:
      - {at: 0s, send: {alerts: 'a[001-500]'}}
      - {at: 5s, reload: {config: {alerting: {alertmanagers: [*good,
          {timeout: 9s, static_configs: [{targets: ['am-b:9093']}]}]}}}}
      - {at: 11s, reload: {config: {alerting: {alert_relabel_configs: [{action: drop}], alertmanagers: [*good]}}}}
      - {at: 12s, send: {alerts: 'b[1-3]'}}
      - {at: 50s, send: {alerts: 'c[1-3]'}}
    alertmanager_test:
      - {target: 'am-a:9093', between: [1s, 3m], exp_alerts: 'b[1-3]'}
`)
	require.Equal(t, []time.Duration{11 * time.Second, 12 * time.Second}, when(o, trace.KindBlocked))
	require.Equal(t, []time.Duration{5 * time.Second, 45 * time.Second}, when(o, trace.KindReload))
	require.Equal(t, []time.Duration{0, 45 * time.Second, 50 * time.Second}, when(o, trace.KindSend))
	require.EqualValues(t, 3, o.Ledger.Relabelled)
	require.EqualValues(t, 1, o.Ledger.Blocked, "calls of Send")
	require.NotContains(t, o.Samples, 20*time.Second, "no scrape succeeds, because scrapes wait for the lock too")
}

// While a reload drains a queue, Run receives one target update and then waits for the lock. It misses the updates that
// service discovery offers after that.
func TestTargetUpdateWaitsForReload(t *testing.T) {
	o := holds(t, "v3.16", `
config: {alerting: {alertmanagers: [{timeout: 10s, static_configs: [{targets: ['am-b:9093']}]}]}}
flags: {alertmanager.notification-batch-size: 100}
tests:
  - name: x
    alertmanagers: {'am-b:9093': {hang: true}}
    timeline:
      - {at: 0s, send: {alerts: 'a[001-300]'}}
      - {at: 5s, reload: {config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}, {}]}}}}
      - {at: 10s, target_groups: {config-1: [{targets: ['am-c:9093']}], config-0: []}}
      - {at: 12s, target_groups: {config-1: [{targets: ['am-d:9093']}]}}
      - {at: 24s, send: {alerts: 'b[1-3]'}}
      - {at: 40s, send: {alerts: 'c[1-3]'}}
    alertmanager_test:
      - {target: 'am-a:9093', between: [0s, 1m], exp_alerts: 'c[1-3]'}
      - {target: 'am-c:9093', between: [0s, 1m], exp_alerts: []}
      - {target: 'am-d:9093', between: [0s, 1m], exp_alerts: 'c[1-3]'}
    ledger_test:
      - {eval_time: 30s, exp_delivered: 0, exp_lost: 303}  # b was sent while there was no Alertmanager
`)
	require.Equal(t, 10*time.Second, when(o, trace.KindTargets)[1])
	require.Equal(t, 12*time.Second, when(o, trace.KindMissed)[0])
}

// The queue of a set that a reload does not change continues under the new configuration, even if the set's key or the
// configuration of other sets changes. Alerts that were relabelled before the reload are not relabelled again.
func TestQueuesOutliveReloads(t *testing.T) {
	holds(t, "v3.16", `
config:
  global: {external_labels: {cluster: one}}
  alerting:
    alertmanagers:
      - {static_configs: [{targets: ['am-b:9093']}]}
      - &kept {static_configs: [{targets: ['am-a:9093']}],
          alert_relabel_configs: [{target_label: seen, replacement: x}]}
flags: {alertmanager.notification-batch-size: 2}
tests:
  - name: x
    alertmanagers: {'am-a:9093': {latency: 1s}}
    timeline:
      - {at: 0s, send: {alerts: 'a[1-5]'}}
      - {at: 500ms, reload: {config: {global: {external_labels: {cluster: two}}, alerting: {alertmanagers: [*kept]}}}}
      - {at: 1500ms, send: {alerts: 'b[1-5]'}}
    alertmanager_test:
      - {target: 'am-a:9093', between: [0s, 1m], exp_received: {unique: 10, duplicates: 0}, exp_requests: 5}
`)
}

// A set that a reload edits has no Alertmanagers until the next target update, which since v3.12 comes soon after. No
// counter counts the alerts that are lost meanwhile.
func TestReloadEmptiesEditedSet(t *testing.T) {
	const text = `
release: [v2.53, v3.0, v3.11, v3.12, v3.16]
config: {alerting: {alertmanagers: [{timeout: 10s, static_configs: [{targets: ['am-a:9093']}]}]}}
scrape_interval: 1s
tests:
  - name: x
    timeline:
      - {at: 20s, reload: {config: {alerting: {alertmanagers: [{timeout: 5s,
          static_configs: [{targets: ['am-a:9093']}]}]}}}}
      - {at: 20s, send: {alerts: a}}
      - {at: 20150ms, send: {alerts: b}}
      - {at: 24900ms, send: {alerts: c}}
      - {at: 25s, send: {alerts: d}}
`
	for release, want := range map[string]int64{"v2.53": 1, "v3.0": 1, "v3.11": 1, "v3.12": 3, "v3.16": 3} {
		o := holds(t, release, text)
		require.Equal(t, want, o.Ledger.Delivered, release)
		require.Equal(t, 4-want, o.Ledger.Lost, release)
		if release == "v3.16" {
			n, ok := value(o, 26*time.Second, "dropped_total", "am-a")
			require.True(t, ok)
			require.Zero(t, n)
		}
	}
}

// After a reload service discovery finds the targets again that it found before, not only static ones.
func TestReloadFindsDiscoveredTargets(t *testing.T) {
	for _, release := range []string{"v2.5", "v2.42", "v2.53", "v3.0", "v3.16"} {
		o := holds(t, release, `
release: [v2.5, v2.42, v2.53, v3.0, v3.16]
config: &same {alerting: {alertmanagers: [{file_sd_configs: [{files: ['f.json']}]}]}}
tests:
  - name: x
    timeline:
      - {at: 1s, target_groups: {config-0: [{targets: ['am-a:9093']}]}}
      - {at: 10s, send: {alerts: 'a[1-3]'}}
      - {at: 11s, reload: {config: *same}}
      - {at: 12s, send: {alerts: 'b[1-3]'}}
      - {at: 30s, send: {alerts: 'c[1-3]'}}
`)
		want := int64(6) // until 15s, the notifier of an old release knows no Alertmanager
		if release == "v3.0" || release == "v3.16" {
			want = 9
		}
		require.Equal(t, want, o.Ledger.Delivered, release)
	}
}

// After a reload service discovery offers only the newest targets: an update that was missed before the reload is not
// offered again.
func TestMissedUpdateIsForgottenByReload(t *testing.T) {
	holds(t, "v2.53", `
config: {alerting: {alertmanagers: [{}, {timeout: 3s, static_configs: [{targets: ['am-b:9093']}]}]}}
tests:
  - name: x
    alertmanagers: {'am-b:9093': {hang: true}}
    timeline:
      - {at: 0s, send: {alerts: 'a[001-128]'}}
      - {at: 1s, target_groups: {config-1: [{targets: ['am-c:9093']}]}}
      - {at: 2s, target_groups: {config-0: [{targets: ['am-d:9093']}]}}
      - {at: 3500ms, reload: {config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}}}
      - {at: 30s, send: {alerts: b}}
    alertmanager_test:
      - {target: 'am-a:9093', between: [0s, 1m], exp_alerts: [b]}
      - {target: 'am-c:9093', between: [0s, 1m], exp_alerts: []}
`)
}

// A run in which the lock is never released ends, even though service discovery offers its targets again and again.
func TestDeadlockEnds(t *testing.T) {
	file, err := scenarios.Parse("x.yml", []byte(`
release: v2.51.0
config:
  alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}], alert_relabel_configs: [{action: drop}]}]}
tests:
  - name: x
    timeline:
      - {at: 0s, send: {alerts: a}}
      - {at: 1s, target_groups: {config-0: []}}
      - {at: 2s, target_groups: {config-0: []}}
      - {at: 3s, reload: {config: {}}}
`))
	require.NoError(t, err)
	res, err := sim.Run(file, file.Tests[0], file.Releases[0], 1, sim.Options{})
	require.NoError(t, err)
	require.Less(t, res.Events, int64(20))
}
