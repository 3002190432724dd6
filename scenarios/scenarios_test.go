package scenarios_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
)

const config = "config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093', 'am-b:9093']}]}]}}\n"

// parse parses a scenario, which must be valid.
func parse(t *testing.T, text string) *scenarios.File {
	t.Helper()
	f, err := scenarios.Parse("x.yml", []byte(text))
	require.NoError(t, err)
	return f
}

// parseTest parses a scenario whose only test has these fields, written in braces.
func parseTest(t *testing.T, fields string) *scenarios.Test {
	t.Helper()
	return parse(t, config+"tests: [{name: x, "+fields+"}]\n").Tests[0]
}

func TestDefaultsArePrometheus(t *testing.T) {
	f := parse(t, config+"tests: [{name: x}]\n")
	require.Equal(t, []*core.Release{core.Newest()}, f.Releases)
	require.Equal(t, scenarios.Flags{QueueCapacity: 10_000, DrainOnShutdown: true, ResendDelay: time.Minute}, f.Flags)
	require.Equal(t, f.Flags, scenarios.DefaultFlags())
	require.Equal(t, time.Minute, f.EvaluationInterval)
	require.Equal(t, time.Minute, f.ScrapeInterval)
	require.Empty(t, f.Discovered)
	require.Empty(t, f.Notes())
	require.Equal(t, &scenarios.Test{
		Pos: scenarios.Pos{File: "x.yml", Line: 2, Col: 9}, Name: "x", Seeds: scenarios.Seeds{From: 1, To: 1},
		Replicas: 1, Interval: time.Minute, Addresses: []string{"am-a:9093", "am-b:9093"},
	}, f.Tests[0])
}

func TestIntervals(t *testing.T) {
	const global = "config: {global: {evaluation_interval: 20s, scrape_interval: 11s}}\n"
	f := parse(t, global+"tests: [{name: x}]\n")
	require.Equal(t, 20*time.Second, f.EvaluationInterval)
	require.Equal(t, 11*time.Second, f.ScrapeInterval)
	f = parse(t, global+"evaluation_interval: 30s\nscrape_interval: 1.5s\ntests: [{name: x}]\n")
	require.Equal(t, 30*time.Second, f.EvaluationInterval)
	require.Equal(t, 1500*time.Millisecond, f.ScrapeInterval)
}

func TestFlags(t *testing.T) {
	f := parse(t, config+`
flags:
  alertmanager.notification-queue-capacity: 10000000
  alertmanager.notification-batch-size: 5
  alertmanager.drain-notification-queue-on-shutdown: false
  rules.alert.resend-delay: 0s
tests: [{name: x}]
`)
	require.Equal(t, scenarios.Flags{QueueCapacity: 10_000_000, BatchSize: 5}, f.Flags)
}

func TestReleases(t *testing.T) {
	for text, want := range map[string][]string{
		"v3.16": {"v3.16"}, "3.16": {"v3.16"}, "'3.16'": {"v3.16"}, "[v2.5, v3.16]": {"v2.5", "v3.16"},
	} {
		var got []string
		for _, r := range parse(t, "release: "+text+"\n"+config+"tests: [{name: x}]\n").Releases {
			got = append(got, r.Name)
		}
		require.Equal(t, want, got, text)
	}
}

func TestComment(t *testing.T) {
	f := parse(t, "# yaml-language-server: $schema=./scenario.schema.json\n# One Alertmanager hangs.\n#\n"+
		"#  Its peer must not.\n\n# Not this.\n"+config+"tests: [{name: x}]\n")
	require.Equal(t, "One Alertmanager hangs.\n\nIts peer must not.", f.Comment)
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"1h30m": 90 * time.Minute, "1d": 24 * time.Hour, "1w2d": 9 * 24 * time.Hour, "1.5s": 1500 * time.Millisecond,
		"40us": 40 * time.Microsecond, "40µs": 40 * time.Microsecond, "3ms": 3 * time.Millisecond, "0": 0, "0s": 0,
		"366d": 366 * 24 * time.Hour, "'10m'": 10 * time.Minute,
	} {
		require.Equal(t, want, parseTest(t, "timeline: [{at: "+text+", send: {alerts: a1}}]").Timeline[0].At, text)
	}
}

func TestSeeds(t *testing.T) {
	for text, want := range map[string]scenarios.Seeds{
		"1-20": {From: 1, To: 20}, "7": {From: 7, To: 7}, "'7'": {From: 7, To: 7}, "0-99999": {From: 0, To: 99_999},
	} {
		require.Equal(t, want, parseTest(t, "seeds: "+text).Seeds, text)
	}
}

func TestPatterns(t *testing.T) {
	for text, want := range map[string][]string{
		"a1":               {"a1"},
		"a[1-3]":           {"a1", "a2", "a3"},
		"a[9-11]b":         {"a9b", "a10b", "a11b"},
		"i-[0009-0011]":    {"i-0009", "i-0010", "i-0011"},
		"[1-2]x[08-09]":    {"1x08", "1x09", "2x08", "2x09"},
		"[7-7]":            {"7"},
		"naïve alert]":     {"naïve alert]"},
		"a[000-000]b]c":    {"a000b]c"},
		"a[1-2][1-2][1-1]": {"a111", "a121", "a211", "a221"},
	} {
		send := parseTest(t, "timeline: [{at: 0s, send: {alerts: '"+text+"'}}]").Timeline[0].Send
		require.Equal(t, want, send.Names, text)
	}
}

func TestSend(t *testing.T) {
	test := parseTest(t, "timeline: [{at: 0s, send: {alerts: ['a[1-2]', b], labels: {severity: page, code: 7}}}]")
	send := test.Timeline[0].Send
	require.Equal(t, []string{"a1", "a2", "b"}, send.Names)
	for i, name := range send.Names {
		want := labels.FromStrings("alertname", name, "code", "7", "severity", "page")
		require.True(t, labels.Equal(want, send.Alerts[i]))
	}
}

func TestSeries(t *testing.T) {
	test := parseTest(t, `input_series: [
  {series: 'ALERTS{alertname="X", alertstate="firing", severity="page"}',
    expand: {zone: 'z[1-2]', instance: 'i-[09-10]'}, values: '_x2 1x2 stale 1 _ 1x1'},
  {series: 'ALERTS{alertname="Y", alertstate="firing", a="1", b="2"}', values: '1'},
  {series: 'ALERTS{alertname="Z", alertstate="firing"}', values: '_'}]`)
	require.Len(t, test.Series, 3)
	x, y, z := test.Series[0], test.Series[1], test.Series[2]
	require.Equal(t, "X", x.Rule)
	// In promtool's notation 1x2 is three values and _x2 is two.
	require.Equal(t, []bool{false, false, true, true, true, false, true, false, true, true}, x.Firing)
	require.Equal(t, []string{
		`X{zone="z1",instance="i-09"}`, `X{zone="z1",instance="i-10"}`,
		`X{zone="z2",instance="i-09"}`, `X{zone="z2",instance="i-10"}`,
	}, x.Names)
	want := labels.FromStrings("alertname", "X", "instance", "i-10", "severity", "page", "zone", "z1")
	require.True(t, labels.Equal(want, x.Alerts[1]), x.Alerts[1])
	require.Equal(t, []string{`Y{a="1",b="2"}`}, y.Names)
	require.Equal(t, []string{"Z"}, z.Names)
	require.Equal(t, []bool{false}, z.Firing)
}

// Two rules with the same name that differ in a label which is not expanded must not have alerts with equal names.
func TestSeriesThatWouldShareNames(t *testing.T) {
	test := parseTest(t, `input_series: [
  {series: 'ALERTS{alertname="X", alertstate="firing", severity="page"}', expand: {i: '[1-2]'}, values: '1'},
  {series: 'ALERTS{alertname="X", alertstate="firing", severity="info"}', expand: {i: '[2-3]'}, values: '1'}]`)
	require.Equal(t, []string{`X{i="1",severity="page"}`, `X{i="2",severity="page"}`}, test.Series[0].Names)
	require.Equal(t, []string{`X{i="2",severity="info"}`, `X{i="3",severity="info"}`}, test.Series[1].Names)
}

func TestTimelineIsInTheOrderOfTime(t *testing.T) {
	test := parseTest(t, `timeline: [
  {at: 3m, shutdown: {}},
  {at: 2m, for: 30s, target: 'am-a:9093', fault: {status: 503, every: 10s, for: 3s}},
  {at: 0s, send: {alerts: second}},
  {at: 2m, target_groups: {config-0: [{targets: ['am-c:9093', 'am-d:9093'], labels: {a: b}}, {targets: []}]}},
  {at: 0s, send: {alerts: third}}]`)
	require.Equal(t, []string{"second"}, test.Timeline[0].Send.Names)
	require.Equal(t, []string{"third"}, test.Timeline[1].Send.Names)
	require.Equal(t, &scenarios.Fault{
		Target: "am-a:9093", For: 30 * time.Second,
		Fault: fakeam.Fault{Status: 503, Every: 10 * time.Second, For: 3 * time.Second},
	}, test.Timeline[2].Fault)
	require.Empty(t, cmp.Diff(map[string][]*targetgroup.Group{"config-0": {
		{
			Source: "0", Labels: model.LabelSet{"a": "b"},
			Targets: []model.LabelSet{{"__address__": "am-c:9093"}, {"__address__": "am-d:9093"}},
		},
		{Source: "1"},
	}}, test.Timeline[3].TargetGroups))
	require.NotNil(t, test.Timeline[4].Shutdown)
	require.Equal(t, 4, test.Timeline[2].Pos.Line)
}

func TestExpectations(t *testing.T) {
	test := parseTest(t, `duration: 2m, timeline: [{at: 0s, send: {alerts: 'a[1-3]'}}],
ledger_test: [
  {eval_time: 1m, exp_offered: 1, exp_delivered: 2, exp_lost: 0, exp_queued: 3, exp_in_flight: 4},
  {eval_time: 2m, target: 'am-a:9093', exp_dropped: {send_failed: 5, queue_full: 0}}],
alertmanager_test: [
  {target: 'am-a:9093', between: [0s, 2m], exp_received: {unique: 1, duplicates: 2}, exp_requests: 3},
  {target: 'am-b:9093', between: [1m, 1m], exp_alerts: ['a[1-2]', a3]},
  {target: 'am-b:9093', between: [1m, 1m], exp_alerts: []}]`)
	count := func(n int64) *scenarios.Count { return &scenarios.Count{N: n} }
	places := cmpopts.IgnoreTypes(scenarios.Pos{})
	require.Empty(t, cmp.Diff([]scenarios.LedgerTest{
		{EvalTime: time.Minute, Offered: count(1), Delivered: count(2), Lost: count(0), Queued: count(3), InFlight: count(4)},
		{EvalTime: 2 * time.Minute, Target: "am-a:9093", Dropped: []scenarios.DropCount{
			{Reason: core.SendFailed, Count: scenarios.Count{N: 5}}, {Reason: core.QueueFull, Count: scenarios.Count{N: 0}},
		}},
	}, test.Ledger, places))
	require.Empty(t, cmp.Diff([]scenarios.AlertmanagerTest{
		{Target: "am-a:9093", To: 2 * time.Minute, Unique: count(1), Duplicates: count(2), Requests: count(3)},
		{Target: "am-b:9093", From: time.Minute, To: time.Minute, Alerts: []string{"a1", "a2", "a3"}},
		{Target: "am-b:9093", From: time.Minute, To: time.Minute, Alerts: []string{}},
	}, test.Receipts, places))
	require.Equal(t, "x.yml:4:32", test.Ledger[0].Offered.Pos.String())
}

// An address may come from a target update in the test or from relabelling.
func TestKnownAddresses(t *testing.T) {
	f := parse(t, `
config:
  alerting:
    alertmanagers:
      - static_configs: [{targets: ['am-a']}]
        relabel_configs: [{source_labels: [__address__], target_label: __address__, replacement: '$1:9093'}]
tests:
  - name: x
    alertmanagers: {'am-a:9093': {hang: true}, 'am-z:9093': {refuse: true}}
    timeline:
      - {at: 1m, target_groups: {config-0: [{targets: ['am-z']}]}}
`)
	require.Len(t, f.Tests[0].Alertmanagers, 2)
}

func TestAliases(t *testing.T) {
	f := parse(t, config+`
tests:
  - name: x
    alertmanagers: &slow {'am-a:9093': {latency: 1s}}
  - name: y
    alertmanagers: *slow
`)
	require.Equal(t, f.Tests[0].Alertmanagers, f.Tests[1].Alertmanagers)
}

// The number of errors is limited, and many errors do not take long.
func TestTooManyErrors(t *testing.T) {
	var b strings.Builder
	b.WriteString(config + "tests:\n  - name: x\n    timeline:\n")
	for i := range 15_000 {
		fmt.Fprintf(&b, "      - {at: 0s, target: 'am-%d:9093', fault: {hung: 1}}\n", i)
	}
	start := time.Now()
	_, err := scenarios.Parse("x.yml", []byte(b.String()))
	var errs scenarios.Errors
	require.ErrorAs(t, err, &errs)
	require.Len(t, errs, 1000)
	require.Less(t, time.Since(start), 10*time.Second)
}

func TestAMillionAlerts(t *testing.T) {
	test := parseTest(t, `input_series: [{series: 'ALERTS{alertname="X", alertstate="firing"}',
  expand: {a: '[001-100]', b: '[1-10000]'}, values: '1x999998'}]`)
	require.Len(t, test.Series[0].Alerts, 1_000_000)
	require.Len(t, test.Series[0].Firing, 999_999)
}
