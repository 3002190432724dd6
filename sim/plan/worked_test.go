package plan_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/plan"
)

// 2,500 alerts of 600 rules, and one of three Alertmanagers hangs for 20 minutes: with v2.53, which has one queue for
// all, no capacity helps, and more of it is a little worse. A shorter timeout, or an upgrade, saves nearly all.
func TestNoCapacityHelps(t *testing.T) {
	text, err := plan.QuickScenario{
		Alerts: 2500, Rules: 600, Interval: 15 * time.Second, Alertmanagers: 3, Latency: 50 * time.Millisecond,
		Outage: "hang 20m",
	}.Scenario()
	require.NoError(t, err)
	q := question(t, "rules.yml", text)
	q.Releases, q.Seeds.To, q.Percentile, q.Confidence = []string{"v2.53.2"}, 1, 0.5, 0.5
	p := answer(t, q).Plans[0]
	minutes := func(ns int64) float64 { return time.Duration(ns).Minutes() }
	require.InDelta(t, 150_000, minutes(p.Firing), 1)

	// Of 150,000 alert-minutes, those for which alerts are unknown at a healthy Alertmanager.
	for capacity, want := range map[int]float64{
		640: 113_647, 2500: 34_474, 5000: 34_358, 5842: 36_746, 10_000: 41_634, 34_816: 43_637,
	} {
		row, ok := capacityNumbers(t, q, p, capacity, sim.EngineModel)
		require.True(t, ok)
		require.InDelta(t, want, minutes(row[2]), 3, "capacity %d", capacity)
		if capacity == 640 {
			require.EqualValues(t, 1856, row[0])
		}
	}
	unknown := map[string]float64{}
	for _, c := range p.Candidates {
		unknown[c.Setting] = minutes(c.Outcome.Any.Uncovered)
	}
	require.InDelta(t, 91, unknown["timeout: 1800ms"], 3)
	require.InDelta(t, 16, unknown["Prometheus v3.16"], 1)

	require.Equal(t, 34_816, p.Needed)
	require.Equal(t, "timeout: 1800ms", p.Advice.Setting)
	require.True(t, p.Advice.NoCapacityHelps)
	require.True(t, p.IsToChange())
	require.Regexp(t, "^No queue capacity helps: with any from 5 to 34,816, alerts are unknown for at least 34,3.. "+
		"alert-minutes",
		p.Advice.Text[0])
	require.Regexp(t, "^Set `timeout: 1800ms` under alertmanagers .now 10s.: alerts are unknown for [0-9]+ alert-minutes "+
		".now 41,6.. of the 150,000 for which they fire., and no alert resolves falsely .now 2,500..$", p.Advice.Text[1])
	require.Contains(t, p.Advice.Text[len(p.Advice.Text)-1], "Or upgrade to Prometheus v3.16 (now v2.53.2)")
}

// An alert that fires while an Alertmanager hangs, behind the alerts of an outage, is first known when the hang ends,
// with any capacity. With a queue for each Alertmanager it is known at once.
func TestPageInTheOutage(t *testing.T) {
	q := read(t, filepath.Join("testdata", "page_in_the_outage.yml"))
	a := answer(t, q)
	old, now := a.Plans[0], a.Plans[1]
	for _, c := range old.Candidates {
		if c.Change == plan.ChangeCapacity || c.Change == plan.ChangeNothing {
			require.Equal(t, 10*time.Minute, *c.Outcome.FirstDeliveryMax, "capacity %d", c.Capacity)
		}
	}
	require.True(t, old.Advice.NoCapacityHelps)
	require.Equal(t, plan.ChangeRemoval, old.Advice.Change)
	require.Equal(t, "am-c:9093", old.Advice.Setting)
	require.Zero(t, *old.Advice.Then.FirstDeliveryMax)
	require.Equal(t, []string{"Change nothing: each of the 2,501 alerts is known at once, and none resolves falsely at " +
		"a healthy Alertmanager."}, now.Advice.Text)
	require.False(t, now.IsToChange())
}

// With SaveMemory the smallest capacity that is as good as the current one is advised.
func TestSaveMemory(t *testing.T) {
	q := read(t, filepath.Join("testdata", "situations", "a_fast_refusal.yml"))
	require.Empty(t, answer(t, q).Plans[0].Advice.Setting)
	q.SaveMemory = true
	p := answer(t, q).Plans[0]
	require.Equal(t, 1000, p.Capacity, "the largest single send")
	require.Equal(t, "--alertmanager.notification-queue-capacity=1000", p.Advice.Setting)
	require.Contains(t, p.Advice.Text[0], "it is as good, and full queues take 432.6 KiB instead of 4.2 MiB")
	require.False(t, p.IsToChange(), "the current capacity is no worse")
}

// An upgrade is tried only where a newer release than the planned one can be linked.
func TestUpgrades(t *testing.T) {
	q := read(t, filepath.Join("testdata", "page_in_the_outage.yml"))
	q.Releases = []string{"v2.53.2", "v3.16", "v3.16.0"}
	for i, p := range answer(t, q).Plans {
		upgrade := slices.ContainsFunc(p.Candidates, func(c *plan.Candidate) bool { return c.Change == plan.ChangeRelease })
		require.Equal(t, i == 0, upgrade, p.Release)
	}
}

// No candidate has a value above the limit of its flag.
func TestCandidatesRespectLimits(t *testing.T) {
	q := question(t, "large.yml", `
release: v3.15
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
flags: {alertmanager.notification-batch-size: 400000}
tests: [{name: x, timeline: [{at: 0s, send: {alerts: 'a[1-100]'}}]}]
`)
	batchSizes := 0
	for _, c := range answer(t, q).Plans[0].Candidates {
		if c.Change == plan.ChangeBatchSize {
			batchSizes++
			require.Equal(t, "--alertmanager.notification-batch-size=100000", c.Setting)
		}
	}
	require.Equal(t, 1, batchSizes)
}

// On a narrow terminal, sentences wrap earlier and the table of candidates has fewer columns.
func TestNarrowText(t *testing.T) {
	a := answer(t, read(t, filepath.Join("testdata", "page_in_the_outage.yml")))
	widest := func(width int) (most int) {
		var b strings.Builder
		a.Width = width
		require.NoError(t, a.WriteText(&b))
		answer, _, _ := strings.Cut(b.String(), "\nqueue of ")
		for line := range strings.Lines(answer) {
			most = max(most, utf8.RuneCountInString(strings.TrimRight(line, " \n")))
		}
		return most
	}
	require.Greater(t, widest(0), 120)
	require.LessOrEqual(t, widest(120), 120)
	require.LessOrEqual(t, widest(80), 80)
}
