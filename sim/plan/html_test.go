package plan_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/sim/plan"
)

// The page has the contents of the text, its charts have a value for each capacity, and it loads nothing.
func TestHTML(t *testing.T) {
	q := read(t, "testdata/random.yml")
	q.Test = "random"
	q.Sensitivity = true
	q.Sweep = []plan.Axis{{Input: "alerts", Values: []float64{0.5, 1}},
		{Input: "batch-size", Values: []float64{5, 10, 20}}}
	a := answer(t, q)
	var b bytes.Buffer
	require.NoError(t, a.WriteHTML(&b))
	text := b.String()
	require.Contains(t, text, `content="default-src 'none'; style-src 'sha256-`)
	loads := regexp.MustCompile(
		`(?i)<link|<img|<iframe|@import|url\([^#]|\b(src|href|action)=|fetch\(|XMLHttpRequest|import\(`)
	require.NotRegexp(t, loads, text)
	require.NotContains(t, text, "ZgotmplZ", "the template refused a value")
	require.NotContains(t, text, "NaN")
	require.Contains(t, text, a.Plans[0].Advice.Text[0])
	require.Equal(t, len(a.Plans[0].Candidates), strings.Count(text, "<td>→")+strings.Count(text, "<td>×")+
		strings.Count(text, "<td>  "), "the rows of the table")
	require.Equal(t, 6, strings.Count(text, "<td data-shade="), "the heat map's fields")

	// Each chart of the curve has a value for each capacity, and marks the current one.
	charts := chartsOf(t, text)[0]
	require.Len(t, charts, 5)
	var lines []int
	for _, c := range charts[:4] {
		lines = append(lines, len(c.Lines))
		require.Len(t, c.Stops, len(a.Plans[0].Curve))
		for _, l := range c.Lines {
			require.Len(t, l.Values, len(c.Stops), c.Title)
			require.Len(t, l.Texts, len(c.Stops), c.Title)
		}
		require.Equal(t, "now", c.Marks[0].Text)
		require.EqualValues(t, a.Plans[0].Current, c.Marks[0].At)
	}
	require.Equal(t, []int{2, 1, 2, 2}, lines, "unknown alerts, false resolves, losses, delays")
	for i, s := range a.Plans[0].Curve {
		require.EqualValues(t, s.Capacity, charts[0].Stops[i])
		require.Equal(t, s.Lost.Mean, charts[2].Lines[1].Values[i])
		require.InDelta(t, s.P99.Seconds(), charts[3].Lines[0].Values[i], 1e-9)
	}
	for _, c := range a.Plans[0].Candidates {
		if c.Change == plan.ChangeCapacity {
			i := slices.Index(charts[0].Stops, float64(c.Capacity))
			require.InDelta(t, float64(c.Outcome.Any.Uncovered)/60e9, charts[0].Lines[0].Values[i], 1e-9)
			require.EqualValues(t, c.Outcome.Healthy.FalselyResolved, charts[1].Lines[0].Values[i])
		}
	}
	require.EqualValues(t, a.Plans[0].Most, slices.Max(charts[4].Lines[0].Values), "the longest queue")

	q.Test = "random"
	q.Sources = map[string]string{q.File: strings.Replace(q.Sources[q.File], "name: random",
		"name: '<script>alert(1)</script>'", 1)}
	q.Test = "<script>alert(1)</script>"
	q.Sweep, q.Sensitivity = nil, false
	b.Reset()
	require.NoError(t, answer(t, q).WriteHTML(&b))
	require.NotContains(t, b.String(), "<script>alert")
}

// pageChart is a chart in the data of a page.
type pageChart struct {
	Title string
	Stops []float64
	Lines []struct {
		Values []float64
		Texts  []string
	}
	Marks []struct {
		At   float64
		Text string
	}
}

// chartsOf returns the charts of a page, by plan.
func chartsOf(t *testing.T, text string) (charts [][]pageChart) {
	data := regexp.MustCompile(`(?s)<script type="application/json" id="data">(.*?)</script>`).FindStringSubmatch(text)
	require.NotNil(t, data)
	require.NoError(t, json.Unmarshal([]byte(data[1]), &charts))
	return charts
}

// A quick scenario is a valid scenario, and an error says what is wrong with its numbers.
func TestQuickScenario(t *testing.T) {
	good := plan.QuickScenario{Alerts: 1000, Rules: 3, Interval: 15e9, Alertmanagers: 3, Latency: 50e6, Outage: "hang 15m"}
	text, err := good.Scenario()
	require.NoError(t, err)
	file := parsed(t, text)
	n := 0
	for _, s := range file.Tests[0].Series {
		n += len(s.Alerts)
	}
	require.Equal(t, 1000, n)
	require.Len(t, file.Tests[0].Series, 3)
	for want, change := range map[string]func(*plan.QuickScenario){
		"--alerts 0; write 1 to 1000000":                           func(s *plan.QuickScenario) { s.Alerts = 0 },
		"--rules 2000; write 1 to 1000":                            func(s *plan.QuickScenario) { s.Rules = 2000 },
		"--rules 3; write 1 to 2":                                  func(s *plan.QuickScenario) { s.Alerts = 2 },
		"--alertmanagers 27; write 1":                              func(s *plan.QuickScenario) { s.Alertmanagers = 27 },
		"--interval 0s is out of range; write a duration from 1s":  func(s *plan.QuickScenario) { s.Interval = 0 },
		"--latency -1ns is out of range; write a duration from 0s": func(s *plan.QuickScenario) { s.Latency = -1 },
		`--outage "melt 15m"; write hang`:                          func(s *plan.QuickScenario) { s.Outage = "melt 15m" },
		`--outage "hang"; write hang`:                              func(s *plan.QuickScenario) { s.Outage = "hang" },
	} {
		s := good
		change(&s)
		_, err := s.Scenario()
		require.ErrorContains(t, err, want)
	}
}
