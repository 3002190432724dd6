package promqlcheck_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios/internal/promqlcheck"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// in returns the expression between the marks « and » in a file, which are removed from the source.
func in(file string) *promqlcheck.Expression {
	before, rest, _ := strings.Cut(file, "«")
	text, _, _ := strings.Cut(rest, "»")
	line := strings.Count(before, "\n") + 1
	col := len([]rune(before[strings.LastIndexByte(before, '\n')+1:])) + 1
	source := strings.NewReplacer("«", "", "»", "").Replace(file)
	return &promqlcheck.Expression{
		Text: strings.Trim(text, "'"), Pos: strictyaml.Pos{File: "x", Line: line, Col: col},
		Source: []byte(source), Step: time.Minute,
	}
}

func known() *promqlcheck.KnownSeries {
	k := promqlcheck.NewKnownSeries()
	k.Add("alerts_queued", "__name__", "job", "alertmanager")
	k.Add("prometheus_notifications_sent_total", "__name__", "job", "alertmanager")
	k.AddAny("zone:up:sum")
	k.AddValues("job", "notifysim", "prometheus")
	return k
}

func names(e *promqlcheck.Expression) string {
	var r strictyaml.Report
	if tree := promqlcheck.Parse(&r, e); tree != nil {
		promqlcheck.Names(&r, e, tree, known())
	}
	return r.Errors().Error()
}

func TestNames(t *testing.T) {
	for expr, want := range map[string]string{
		"sum by (alertmanager) (alerts_queued) > 3":                           "",
		"zone:up:sum{anything=\"x\"}":                                         "",
		"label_replace(alerts_queued, \"am\", \"$1\", \"job\", \"(.*)\") > 1": "",
		"alert_queued":                    `x:1:7: no metric of this test is called "alert_queued"; write "alerts_queued"`,
		"alerts_queued{jb=\"x\"}":         `x:1:21: alerts_queued has no label "jb"; write "job"`,
		"alerts_queued{job=\"notifsym\"}": `x:1:26: no series of this test has job="notifsym"; write "notifysim"`,
		"sum by (alertmanger) (alerts_queued)": `x:1:15: no metric of this test has a label "alertmanger"; ` +
			`write "alertmanager"`,
		"(1": "x:1:9: the expression is not PromQL: unclosed left parenthesis; " +
			"see Prometheus' documentation of PromQL",
		"alerts_queued[5m]": "x:1:7: the expression is a range vector; " +
			"write one whose result is a vector or a scalar, such as rate(…) of it",
	} {
		require.Equal(t, want, names(in("expr: «"+expr+"»")), expr)
	}
}

// The position of a word is exact wherever the expression is written literally in YAML.
func TestPositions(t *testing.T) {
	for file, want := range map[string]string{
		"expr: «sum(alert_queued)»":              "x:1:11",
		"ä: {expr: «'sum(alert_queued)'»}":       "x:1:16",
		"expr: «|\n  sum(\n    alert_queued)\n»": "x:3:5",
		"expr: «\"sum(\\x61lert_queued)\"»":      "x:1:7",
	} {
		e := in(file)
		switch {
		case strings.HasPrefix(e.Text, "|"):
			e.Text = "sum(\n  alert_queued)\n"
		case strings.HasPrefix(e.Text, `"`):
			e.Text = "sum(alert_queued)"
		}
		require.True(t, strings.HasPrefix(names(e), want+": no metric"), "%s: %s", file, names(e))
	}
}

func TestLimits(t *testing.T) {
	nested := func(open string, n int) string { return strings.Repeat(open, n) + "up" + strings.Repeat(")", n) }
	for expr, want := range map[string]string{
		nested("(", 3000):                         "has 3000 operators and parentheses, above the limit of 2000",
		nested("abs(", 600):                       "the expression is nested deeper than the limit of 500",
		nested("", 64<<10):                        "the expression has 65538 bytes, above the limit of 65536",
		"max_over_time(alerts_queued[1000000m:])": "",
		"max_over_time(alerts_queued[2000000m:])": "the subquery takes 2000000 steps, above the limit of 1000000",
		"max_over_time(alerts_queued[20d:1s])":    "the subquery takes 1728000 steps, above the limit of 1000000",
	} {
		got := names(&promqlcheck.Expression{Text: expr, Pos: strictyaml.Pos{File: "x", Line: 1, Col: 1}, Step: time.Minute})
		if want == "" {
			require.Empty(t, got)
			continue
		}
		require.Contains(t, got, want)
	}
}

func TestLintRule(t *testing.T) {
	for expr, want := range map[string]struct{ errors, notes string }{
		"node_load1 > 5": {},
		"alerts_queued{job=\"node\"}": {notes: `x:1:26: no series of a run has job="node", so the rule finds nothing; ` +
			"write one of notifysim, prometheus"},
		"alertmanager_cluster_members < 3": {notes: "x:1:7: alertmanager_cluster_members is not simulated, " +
			"so the rule finds nothing; add it to `input_series`, or use a metric that notifysim metrics lists"},
		"alerts_queud > 1": {errors: `x:1:7: no metric is called "alerts_queud", so the rule finds nothing; ` +
			"write alerts_queued"},
		"prometheus_notifications_everything > 1": {errors: "x:1:7: no metric is called " +
			`"prometheus_notifications_everything", so the rule finds nothing; write prometheus_notifications_sent_total`},
		"alerts_queued{shard=\"1\"}": {errors: `x:1:21: alerts_queued has no label "shard"; write one of alertmanager, job`},
	} {
		var errs, notes strictyaml.Report
		e := in("expr: «" + expr + "»")
		promqlcheck.LintRule(&errs, &notes, e, promqlcheck.Parse(&errs, e), known())
		require.Equal(t, want.errors, errs.Errors().Error(), expr)
		require.Equal(t, want.notes, notes.Errors().Error(), expr)
	}
}
