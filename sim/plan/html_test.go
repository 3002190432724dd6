package plan_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/sim/plan"
)

// The page has the contents of the text, its plots have a point for each capacity, and it loads nothing.
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
	require.Contains(t, text, "Content-Security-Policy")
	require.NotRegexp(t, regexp.MustCompile(`(?i)<script|<link|<img|<iframe|url\(|@import|src=|href=|https?://`), text)
	require.NotContains(t, text, "ZgotmplZ", "the template refused a value")
	require.NotContains(t, text, "NaN")
	require.Contains(t, text, a.Plans[0].Advice.Text[0])
	require.Equal(t, len(a.Plans[0].Candidates), strings.Count(text, "<td>→")+strings.Count(text, "<td>×")+
		strings.Count(text, "<td>  "), "the rows of the table")
	require.Equal(t, 6, strings.Count(text, "<td style="), "the heat map's fields")
	for _, svg := range regexp.MustCompile(`(?s)<svg.*?</svg>`).FindAllString(text, -1) {
		d := xml.NewDecoder(strings.NewReader(svg))
		for {
			_, err := d.Token()
			if err == io.EOF {
				break
			}
			require.NoError(t, err, svg)
		}
	}
	lines := regexp.MustCompile(`points="([^"]*)"`).FindAllStringSubmatch(text, -1)
	require.Len(t, lines, 8, "two of unknown alerts, losses and delays each, one of false resolves, one of the queue")
	require.Len(t, strings.Fields(lines[0][1]), len(a.Plans[0].Curve))
	require.Equal(t, 7*len(a.Plans[0].Curve), strings.Count(text, "<circle"), "the samples")

	q.Test = "random"
	q.Sources = map[string]string{q.File: strings.Replace(q.Sources[q.File], "name: random",
		"name: '<script>alert(1)</script>'", 1)}
	q.Test = "<script>alert(1)</script>"
	q.Sweep, q.Sensitivity = nil, false
	b.Reset()
	require.NoError(t, answer(t, q).WriteHTML(&b))
	require.NotContains(t, b.String(), "<script")
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
