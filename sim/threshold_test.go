package sim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// thresholdScenario sends eight alerts at 1m to queues with a capacity of six, which drop two alerts for each
// Alertmanager. am-a answers batches of two after 20ms, 40ms and 60ms; am-b answers 500; am-c is discovered only after
// the send.
const thresholdScenario = `release: v3.16
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093', 'am-b:9093']}]}]}}
flags: {alertmanager.notification-batch-size: 2, alertmanager.notification-queue-capacity: 6}
tests:
  - name: x
    alertmanagers: {'am-a:9093': {latency: 20ms}, 'am-b:9093': {status: 500}, 'am-c:9093': {}}
    timeline:
      - {at: 2m, target_groups: {config-0: [{targets: ['am-a:9093', 'am-b:9093', 'am-c:9093']}]}}
%s    thresholds: {'%s': '%s'}
`

func TestThresholds(t *testing.T) {
	const sends = "      - {at: 1m, send: {alerts: 'a[1-8]'}}\n"
	for _, c := range []struct{ events, of, threshold, crossed string }{
		{sends, `alert_delivery_seconds`, `max == 60ms`, ""},
		{sends, `alert_delivery_seconds{to="any"}`, `min == 20ms`, ""},
		{sends, `alert_delivery_seconds{to="any"}`, `med <= 40ms`, ""},
		{sends, `alert_delivery_seconds{to="any"}`, `p(67) == 60ms`, ""},
		{sends, `alert_delivery_seconds{to="any"}`, `avg == 40ms`, ""},
		{sends, `alert_delivery_seconds{to="any"}`, `p(66.6) > 40ms`, `p(66.6) is 40ms, want p(66.6) > 40ms`},
		{sends, `alert_delivery_seconds{to="am-a:9093"}`, `count == 7`, "count is 6, want count == 7"},
		{sends, `alert_delivery_seconds{to="am-b:9093"}`, `max < 1h`,
			"there is no max, since no copy was delivered, want max < 1h"},
		{sends, `alert_delivery_seconds{to="am-c:9093"}`, `count == 0`, ""},
		{sends, `alerts_offered`, `count == 8`, ""},
		{sends, `alerts_delivered{to="any"}`, `rate > 0.75`, "rate is 0.75, 6 of 8, want rate > 0.75"},
		{sends, `alerts_delivered{to="am-b:9093"}`, `count == 0`, ""},
		{sends, `alerts_lost{from="all"}`, `rate <= 0.25`, ""},
		{sends, `alerts_lost`, `count == 0`, "count is 2, want count == 0"},
		{sends, `alerts_dropped{from="all"}`, `count != 10`, "count is 10, want count != 10"},
		{sends, `alerts_dropped{from="all"}`, `rate == 0.625`, ""},
		{sends, `alerts_dropped{from="am-b:9093",reason="send_failed"}`, `count >= 7`, "count is 6, want count >= 7"},
		{sends, `alerts_late{to="all"}`, `count == 0`, ""},
		{sends, `alerts_falsely_resolved{to="am-a:9093"}`, `count > 5`, "count is 0 of 8, want count > 5"},
		{sends, `alerts_falsely_resolved{to="any"}`, `rate == 0`, ""},
		{sends, `alert_first_delivery_seconds`, `med <= 40ms`, ""},
		{sends, `alert_first_delivery_seconds`, `count == 8`, ""},
		{sends, `alert_first_delivery_seconds`, `p(99) < 1h`,
			"p(99) is endless: 2 of 8 alerts were never known, want p(99) < 1h"},
		{sends, `alert_first_delivery_seconds{alertname=~"a[78]"}`, `min > 0s`, ""},
		{sends, `alerts_missed`, `count == 0`, "count is 2 of 8, want count == 0"},
		{sends, `alerts_missed{to="am-b:9093"}`, `rate == 1`, ""},
		{sends, `alerts_missed{alertname="b"}`, `count == 0`, "no such alert fired, want count == 0"},
		{sends, `alert_uncovered_seconds{to="am-a:9093"}`, `max >= 1m`, ""},
		{sends, `copies_lost`, `count == 2`, ""},
		{"", `alerts_lost`, `rate < 0.1`, "there is no rate, since no copy was offered, want rate < 0.1"},
	} {
		text := fmt.Sprintf(thresholdScenario, c.events, c.of, c.threshold)
		f, err := scenarios.Parse("x.yml", []byte(text))
		require.NoError(t, err, text)
		res, err := sim.Run(f, f.Tests[0], f.Releases[0], 1, sim.Options{})
		require.NoError(t, err)
		require.Equal(t, c.crossed == "", res.Pass, "%s %s: %v", c.of, c.threshold, res.Failures)
		if c.crossed == "" {
			continue
		}
		require.Len(t, res.Failures, 1)
		failure := res.Failures[0]
		require.True(t, failure.Threshold)
		require.Equal(t, c.of+": "+c.crossed, failure.Message)
		lines := strings.Split(text, "\n")
		require.Equal(t, len(lines)-1, failure.Pos.Line)
	}
}

// The time that a shutdown takes is the same on every engine.
func TestThresholdsOfAShutdown(t *testing.T) {
	const scenario = `
config: {alerting: {alertmanagers: [{timeout: 10s, static_configs: [{targets: ['am-a:9093']}]}]}}
tests:
  - name: x
    duration: %s
    alertmanagers: {'am-a:9093': {hang: true}}
    timeline:
      - {at: 0s, send: {alerts: 'a[1-600]'}}
      - {at: 5s, shutdown: {}}
    thresholds: {shutdown_seconds: '%s'}
`
	for _, c := range []struct{ duration, threshold, crossed string }{
		// Behind the batch in flight wait 344 alerts: two batches, which time out after 10s each.
		{"1h", "max == 20s", ""},
		{"1h", "max < 20s", "max is 20s, want max < 20s"},
		{"20s", "max < 1h", "it has not stopped by 20s, want max < 1h"},
	} {
		f, err := scenarios.Parse("x.yml", fmt.Appendf(nil, scenario, c.duration, c.threshold))
		require.NoError(t, err)
		for _, e := range sim.Engines() {
			res, err := sim.Run(f, f.Tests[0], f.Releases[0], 1, sim.Options{Engine: e})
			require.NoError(t, err)
			if c.crossed == "" {
				require.Empty(t, res.Failures, "%s", e)
				continue
			}
			require.Len(t, res.Failures, 1, "%s", e)
			require.Equal(t, "shutdown_seconds: "+c.crossed, res.Failures[0].Message, "%s", e)
		}
	}
}

// A threshold may apply to some releases only, and may be known to be crossed on one of them.
func TestThresholdsOfReleases(t *testing.T) {
	f, err := scenarios.Parse("x.yml", []byte(`
release: [v3.9, v3.16]
config: {alerting: {alertmanagers: [{timeout: 10s, static_configs: [{targets: ['am-a:9093', 'am-b:9093']}]}]}}
flags: {alertmanager.notification-batch-size: 64}
tests:
  - name: one is slow
    alertmanagers: {'am-a:9093': {latency: 20ms}, 'am-b:9093': {latency: 1s}}
    timeline: [{at: 0s, send: {alerts: 'a[1-640]'}}]
    thresholds:
      alert_delivery_seconds:
        - {threshold: 'max < 1s', fails_on: {v3.9: 'prometheus#7676: the queue is shared'}}
        - {threshold: 'max == 200ms', release: v3.16}
        - {threshold: 'max == 9.02s', release: v3.9}
`))
	require.NoError(t, err)
	for i, known := range []int{1, 0} {
		res, err := sim.Run(f, f.Tests[0], f.Releases[i], 1, sim.Options{})
		require.NoError(t, err)
		require.Empty(t, res.Failures)
		require.Len(t, res.Known, known)
	}
}
