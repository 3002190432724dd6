package verdict

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"

	"github.com/notifysim/notifysim/internal/scrape"
	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/scenarios"
)

// AsksPromQL reports whether an expectation of the test queries the virtual scrapes.
func (j *Judge) AsksPromQL() bool {
	return slices.ContainsFunc(j.run.Test.PromQL, func(e scenarios.PromQLTest) bool { return e.For(j.run.Release) })
}

// JudgePromQL checks the expectations in PromQL. It is called after the run, since an expression may read later
// samples.
func (j *Judge) JudgePromQL() {
	if !j.AsksPromQL() {
		return
	}
	engine := scrape.NewEngine(j.run.File.EvaluationInterval)
	for i := range j.run.Test.PromQL {
		if e := &j.run.Test.PromQL[i]; e.For(j.run.Release) {
			j.expect(e.FailsOn, func() { j.checkPromQL(engine, e) })
		}
	}
}

// checkPromQL checks the result of an expression.
func (j *Judge) checkPromQL(engine *promql.Engine, e *scenarios.PromQLTest) {
	failed := func(pos scenarios.Pos, message string, lines ...string) {
		scope := &Scope{"", e.EvalTime, e.EvalTime}
		j.fail(Failure{Pos: pos, Message: message, Alerts: lines, Scope: scope, to: -1}) // no event explains it
	}
	store := j.run.Scrapes()
	got, err := scrape.Query(context.Background(), engine, store, e.Expr, store.At(e.EvalTime))
	if err != nil {
		failed(e.ExprPos, fmt.Sprintf("%s at %v: %v", text.Shorten(e.Expr, 80), text.Duration(e.EvalTime), err))
		return
	}
	want := slices.Clone(e.Samples)
	slices.SortStableFunc(want, func(a, b scenarios.ExpectedSample) int { return labels.Compare(a.Labels, b.Labels) })
	same := slices.EqualFunc(want, got, func(w scenarios.ExpectedSample, g promql.Sample) bool {
		if !labels.Equal(w.Labels, g.Metric) || (w.Histogram == nil) != (g.H == nil) {
			return false
		}
		if w.Histogram != nil {
			return w.Histogram.TestExpression() == g.H.TestExpression()
		}
		return scenarios.Same(w.Value, g.F, j.run.File.FuzzyCompare)
	})
	if same {
		return
	}
	pos := e.Pos
	if len(e.Samples) > 0 {
		pos = e.Samples[0].Pos
	}
	var lines []string
	for _, w := range want {
		lines = append(lines, "want "+sampleText(w.Labels, w.Value, w.Histogram))
	}
	if len(want) == 0 {
		lines = append(lines, "want nothing")
	}
	for _, g := range got {
		lines = append(lines, "got  "+sampleText(g.Metric, g.F, g.H))
	}
	if len(got) == 0 {
		lines = append(lines, "got  nothing")
	}
	failed(pos, fmt.Sprintf("%s at %v: another result than expected", text.Shorten(e.Expr, 80),
		text.Duration(e.EvalTime)), most(lines)...)
}

// most shortens a list of lines.
func most(lines []string) []string {
	const shown = 12
	if len(lines) <= shown {
		return lines
	}
	return append(lines[:shown:shown], fmt.Sprintf("… and %d more", len(lines)-shown))
}

// sampleText writes a sample as PromQL does: name{label="value"} 1.
func sampleText(ls labels.Labels, v float64, h *histogram.FloatHistogram) string {
	value := strconv.FormatFloat(v, 'g', -1, 64)
	if h != nil {
		value = h.TestExpression()
	}
	name := ls.Get("__name__")
	rest := labels.NewBuilder(ls).Del("__name__").Labels().String()
	if name != "" && rest == "{}" {
		rest = ""
	}
	return name + rest + " " + value
}
