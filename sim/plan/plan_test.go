package plan_test

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/plan"
)

// question returns a question about the first test of a scenario, with few seeds.
func question(t *testing.T, path, text string) plan.Question {
	t.Helper()
	q := plan.Question{
		File: path, Sources: scenarios.Sources{path: text}, Seeds: scenarios.Seeds{From: 1, To: 8},
		Percentile: 0.6, Confidence: 0.9, Grace: 30 * time.Second,
	}
	file, err := q.Sources.Parse(path)
	require.NoError(t, err)
	q.Test = file.Tests[0].Name
	return q
}

func read(t *testing.T, path string) plan.Question {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return question(t, path, string(text))
}

func study(t *testing.T, q plan.Question) *plan.Study {
	t.Helper()
	s, err := plan.NewStudy(q)
	require.NoError(t, err)
	return s
}

// records makes runs.
func records(t *testing.T, s *plan.Study, cells []int, workers int) []plan.Record {
	t.Helper()
	var list []plan.Record
	require.NoError(t, s.Run(context.Background(), cells, workers, func(r plan.Record) error {
		list = append(list, r)
		return nil
	}))
	return list
}

func answer(t *testing.T, q plan.Question) *plan.Answer {
	t.Helper()
	s := study(t, q)
	a, err := s.Answer(records(t, s, s.ShardRuns(plan.Whole), 0), 0, false)
	require.NoError(t, err)
	return a
}

// shown returns an answer as text and JSON.
func shown(t *testing.T, a *plan.Answer) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, a.WriteText(&b))
	require.NoError(t, a.WriteJSON(&b))
	return b.String()
}

// unwrapped returns a text with a blank for each line break and the blanks around it.
func unwrapped(text string) string { return strings.Join(strings.Fields(text), " ") }

// The regimes, with the answers in each, by arithmetic where possible.
func TestRegimes(t *testing.T) {
	const head = `
config: {alerting: {alertmanagers: [{timeout: 10s, static_configs: [{targets: ['am-a:9093']}]}]}}
flags: {alertmanager.notification-batch-size: 100}
evaluation_interval: 1m
tests:
  - name: regime
    duration: 1h
    input_series:
`
	series := func(n string) string {
		return `      - {series: 'ALERTS{alertname="X", alertstate="firing"}', expand: {i: '[1-` + n +
			`]'}, values: '1x60'}` + "\n"
	}
	for name, tt := range map[string]struct {
		text   string
		regime plan.Regime
		needed int
		useful int
	}{
		"one request carries all": {
			series("50") + "    alertmanagers: {'am-a:9093': {latency: 100ms}}", plan.None, 50, 50 * 10 * 120,
		},
		"a burst": {
			series("5000") + "    alertmanagers: {'am-a:9093': {latency: 1s}}", plan.Burst, 5000, 100 * 120,
		},
		"answers come slowly, for a time": { // six sends until 20m, and 66 batches have left, one every 9.1s
			series("2000") + "    alertmanagers: {'am-a:9093': {latency: {uniform: {min: 100ms, max: 200ms}}}}\n" +
				"    timeline: [{at: 10m, for: 10m, target: 'am-a:9093', fault: {slow_body: 9s}}]",
			plan.SlowAlertmanager, 12000 - 6600, 2000,
		},
		"a hang": { // five sends from 10m to 18m, and 49 batches have left, one every 10s; 16.7 alerts/s for 120s
			series("2000") + "    timeline: [{at: 9m, for: 10m, target: 'am-a:9093', fault: {hang: true}}]", plan.Hang,
			10_000 - 4900, 2000,
		},
		"refused": {
			series("2000") + "    alertmanagers: {'am-a:9093': {refuse: true}}", plan.FastRefusal, 2000, 10_000_000,
		},
		"more than ever leaves": { // 31 sends, and 721 batches, one every 5s
			series("5000") + "    alertmanagers: {'am-a:9093': {latency: 5s}}", plan.Overload, 155_000 - 72_100, 5000,
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := answer(t, question(t, "regime.yml", head+tt.text)).Plans[0]
			require.Equal(t, tt.regime, p.Regime)
			require.Equal(t, tt.needed, p.Needed)
			require.InEpsilon(t, tt.useful, p.Useful, 0.01)
			require.Equal(t, tt.regime == plan.Overload, p.Growth != nil)
			for _, c := range p.Curve {
				require.Equal(t, c.Capacity >= p.Most, c.Overflow.Mean == 0, "capacity %d", c.Capacity)
			}
		})
	}
}

// A queue that grows to the end of the run is reported, with the rates.
func TestOverload(t *testing.T) {
	q := question(t, "overload.yml", `
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
flags: {alertmanager.notification-batch-size: 100, rules.alert.resend-delay: 0s}
evaluation_interval: 10s
tests:
  - name: overload
    duration: 10h
    input_series: [{series: 'ALERTS{alertname="X", alertstate="firing"}', expand: {i: '[1-1000]'}, values: '1x3600'}]
    alertmanagers: {'am-a:9093': {latency: 2s}}
`)
	a := answer(t, q)
	g := a.Plans[0].Growth
	require.NotNil(t, g)
	require.InDelta(t, 100, g.Arrival, 0.1)
	require.InDelta(t, 50, g.Leaving, 0.1)
	require.InDelta(t, 50, g.PerSecond, 0.1)
	require.Contains(t, unwrapped(shown(t, a)),
		"overload: am-a:9093, from 0s to the end of the run: 100 copies/s arrive and 50 leave; no capacity is enough")
}

// With a tolerated loss, the capacity is the smallest that loses no more, for every seed.
func TestTolerate(t *testing.T) {
	q := question(t, "tolerate.yml", `
config: {alerting: {alertmanagers: [{timeout: 5s, static_configs: [{targets: ['am-a:9093']}]}]}}
flags: {alertmanager.notification-batch-size: 10}
evaluation_interval: 15s
tests:
  - name: tolerate
    duration: 6m
    input_series: [{series: 'ALERTS{alertname="X", alertstate="firing"}', expand: {i: '[1-100]'}, values: '1x23'}]
    alertmanagers: {'am-a:9093': {latency: {lognormal: {median: 4s, sigma: 1}}}}
`)
	whole := answer(t, q).Plans[0]
	q.Tolerate = 0.2
	some := answer(t, q).Plans[0]
	require.Less(t, some.Needed, whole.Needed)
	s := study(t, q)
	for _, r := range records(t, s, s.ShardRuns(plan.Whole), 0) {
		require.Less(t, r.Need, r.Longest)
		with := q
		with.Percentile, with.Confidence = 0.5, 0.5
		with.Seeds.From += uint64(r.Run)
		with.Seeds.To = with.Seeds.From
		with.Sweep = []plan.Axis{{Input: "capacity", Values: []float64{float64(r.Need), float64(r.Need) - 1}},
			{Input: "alerts", Values: []float64{1}}}
		cells := answer(t, with).Heatmap.Cells
		require.LessOrEqual(t, cells[0][0], 20.0, "seed %d, capacity %d", with.Seeds.From, r.Need)
		require.Greater(t, cells[1][0], 20.0, "seed %d, capacity %d", with.Seeds.From, r.Need-1)
	}
}

// Questions without a meaningful answer are errors.
func TestQuestionsThatCannotBeAnswered(t *testing.T) {
	for want, change := range map[string]func(*plan.Question){
		"write one between 0 and 100": func(q *plan.Question) { q.Percentile = 1 },
		"confidence 1: no number":     func(q *plan.Question) { q.Confidence = 1 },
		"a tolerated loss of 1":       func(q *plan.Question) { q.Tolerate = 1 },
		"write 1 to 100000 of them":   func(q *plan.Question) { q.Seeds = scenarios.Seeds{From: 2, To: 1} },
		"batch size 0":                func(q *plan.Question) { q.BatchSizes = []int{0} },
		"has no test":                 func(q *plan.Question) { q.Test = "other" },
		"a sweep over 1 input; write two": func(q *plan.Question) {
			q.Sweep = []plan.Axis{{Input: "alerts",
				Values: []float64{1}}}
		},
		"release \"v0.1\"": func(q *plan.Question) { q.Releases = []string{"v0.1"} },
		"there is no such file": func(q *plan.Question) {
			q.File = "other.yml"
			q.Sources["other.yml"] = "config_file: x.yml"
		},
		"sends no alerts, so any capacity":   func(q *plan.Question) { *q = question(t, "none.yml", silent) },
		"runs, above the limit of 10000000;": func(q *plan.Question) { q.Seeds.To, q.Sweep = 100_000, wide },
	} {
		q := read(t, "testdata/random.yml")
		change(&q)
		_, err := plan.NewStudy(q)
		require.ErrorContains(t, err, want)
	}
	q := read(t, "testdata/random.yml")
	q.Percentile, q.Confidence, q.Seeds.To = 0.95, 0.95, 58
	require.ErrorContains(t, study(t, q).CheckSeeds(), "write 59, such as --seeds 1-59")
	q.Seeds.To = 59
	require.NoError(t, study(t, q).CheckSeeds())
}

const silent = `
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
tests: [{name: silent, input_series: [{series: 'ALERTS{alertname="X", alertstate="firing"}', values: '_x9'}]}]
`

var wide = []plan.Axis{{Input: "alerts", Values: make([]float64, 20)}, {Input: "latency", Values: make([]float64, 20)}}

func TestAxes(t *testing.T) {
	for text, want := range map[string]any{
		"latency=x0.5,x1,x2":   []float64{0.5, 1, 2},
		"alerts=x0.1..x10/3":   []float64{0.1, 1, 10},
		"timeout=1s..4s/3":     []float64{1e9, 2e9, 4e9},
		"batch-size=64":        []float64{64},
		"capacity=1..4/10":     []float64{1, 2, 3, 4},
		"latency=2":            `latency="2"; write a factor from x0.001 to x1000, such as x2`,
		"latency=xNaN":         "write a factor",
		"timeout=0s":           "write a duration from 1ms to 1d",
		"capacity=0":           "write a whole number of alerts",
		"alerts=x1..x2/1":      "1 values; write 2 to 200",
		"alerts=x1..x2/999":    "999 values; write 2 to 200",
		"speed=1":              `"speed" is not an input; write one of alerts, latency`,
		"alerts=":              "write a factor",
		"alerts=x1..bad/3":     "write a factor",
		"resend-delay=30s,60m": []float64{30e9, 3600e9},
	} {
		a, err := plan.ParseAxis(text)
		if values, ok := want.([]float64); ok {
			require.NoError(t, err, text)
			require.Equal(t, values, a.Values, text)
		} else {
			require.ErrorContains(t, err, want.(string), text)
		}
	}
}
