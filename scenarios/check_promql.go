package scenarios

import (
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios/internal/document"
	"github.com/notifysim/notifysim/scenarios/internal/promqlcheck"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

func (t *testChecker) promqlTests() {
	for _, doc := range t.doc.PromQL {
		t.inTime("`eval_time`", doc.EvalTime)
		t.inMilliseconds(doc.EvalTime)
		e := PromQLTest{Pos: doc.Pos, Expr: doc.Expr.V, ExprPos: doc.Expr.Pos, EvalTime: doc.EvalTime.V}
		e.Scope = t.scope(doc.Scope)
		if doc.Expr.OK() {
			expr := t.expression(doc.Expr)
			if tree := promqlcheck.Parse(t.Report, expr); tree != nil {
				promqlcheck.Names(t.Report, expr, tree, t.knownSeries())
			}
		}
		for _, s := range doc.Samples {
			e.Samples = append(e.Samples, t.sample(s))
		}
		t.test.PromQL = append(t.test.PromQL, e)
	}
}

// expression returns the PromQL expression in a value.
func (t *testChecker) expression(v strictyaml.Value[string]) *promqlcheck.Expression {
	return &promqlcheck.Expression{
		Text: v.V, Pos: v.Pos, Source: t.Source(v.Pos.File), Step: t.file.EvaluationInterval,
	}
}

// inMilliseconds reports a time that is not a whole number of milliseconds, which PromQL cannot evaluate at.
func (t *testChecker) inMilliseconds(at strictyaml.Value[time.Duration]) {
	if at.OK() && at.V%time.Millisecond != 0 {
		t.Errorf(at.Pos, "`eval_time` is %s, but PromQL has no times below a millisecond; write %s",
			strictyaml.FormatDuration(at.V), strictyaml.FormatDuration(at.V.Truncate(time.Millisecond)))
	}
}

func (t *testChecker) sample(doc document.Sample) ExpectedSample {
	s := ExpectedSample{Pos: doc.Pos, Value: doc.Value.V}
	if !doc.Value.Given() && !doc.Histogram.Given() {
		t.Missing(doc.Mapping, "the sample has no value; write the expected value, such as value: 0")
	}
	if v := doc.Labels; v.OK() && v.V != "" {
		var err error
		if s.Labels, err = promqlcheck.Parser().ParseMetric(v.V); err != nil {
			t.Errorf(v.Pos, "`labels` is %q: %s; write labels such as '{to=\"any\"}', or leave `labels` out",
				strictyaml.Shorten(v.V), promqlcheck.Message(err))
		}
	}
	if v := doc.Histogram; v.OK() && v.V != "" {
		const write = "write one such as '{{sum:5 count:4 buckets:[1 2 1]}}'"
		_, values, err := promqlcheck.Parser().ParseSeriesDesc("{} " + v.V)
		switch {
		case err != nil:
			t.Errorf(v.Pos, "`histogram` is %q: %s; %s", strictyaml.Shorten(v.V), promqlcheck.Message(err), write)
		case len(values) != 1 || values[0].Histogram == nil:
			t.Errorf(v.Pos, "`histogram` is %q, which is not one histogram; %s", strictyaml.Shorten(v.V), write)
		default:
			s.Histogram = values[0].Histogram
		}
	}
	return s
}

// knownSeries returns the series that expressions of this test can select, in any of its releases.
func (t *testChecker) knownSeries() *promqlcheck.KnownSeries {
	if t.series != nil {
		return t.series
	}
	t.series = promqlcheck.NewKnownSeries()
	other := func(r *core.Release) bool { return !t.test.For(r) }
	addMetrics(t.series, slices.DeleteFunc(slices.Clone(t.file.Releases), other))
	addGiven(t.series, t.test.Metrics)
	addRules(t.series, t.file)
	if len(t.test.Metrics) > 0 {
		return t.series
	}
	addJobs(t.series)
	if !t.partly {
		t.series.AddValues("to", append([]string{"any"}, t.known.all...)...)
	}
	return t.series
}

// addMetrics adds the metrics of virtual scrapes in any of these releases.
func addMetrics(known *promqlcheck.KnownSeries, releases []*core.Release) {
	for _, rel := range releases {
		for _, m := range Metrics(rel) {
			for name, labelNames := range m.Series() {
				known.Add(name, labelNames...)
			}
		}
	}
}

// addJobs adds the jobs that are scraped. It is called for tests that have no series of their own.
func addJobs(known *promqlcheck.KnownSeries) {
	known.AddValues(model.JobLabel, JobPrometheus, JobAlertmanager, JobLedger)
}

// addGiven adds the series that a test has in input_series.
func addGiven(known *promqlcheck.KnownSeries, metrics []MetricSeries) {
	for _, s := range metrics {
		for _, ls := range s.Labels {
			ls.Range(func(l labels.Label) { known.AddLabel(l.Name) })
			known.AddAny(ls.Get(model.MetricNameLabel))
		}
	}
}

// addRules adds the series that rules write.
func addRules(known *promqlcheck.KnownSeries, f *File) {
	f.eachRule(func(g *rulefmt.RuleGroup, r *rulefmt.Rule) {
		for _, own := range []map[string]string{g.Labels, r.Labels} {
			for name := range own {
				known.AddLabel(name)
			}
		}
		known.AddRule(r.Record, r.Expr)
		if r.Record != "" {
			return
		}
		known.AddAny("ALERTS")
		known.AddAny("ALERTS_FOR_STATE")
		known.AddLabel(model.AlertNameLabel)
		known.AddLabel(alertstate)
		known.AddValues(model.AlertNameLabel, r.Alert)
	})
	if f.Config != nil {
		f.Config.GlobalConfig.ExternalLabels.Range(func(l labels.Label) { known.AddLabel(l.Name) })
	}
}
