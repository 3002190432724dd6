package scenarios

import (
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"

	"github.com/notifysim/notifysim/notifier/core"
)

// A vocabulary is what expressions may be about: the names of series, and the labels of each.
type vocabulary struct {
	series map[string]map[string]bool // nil: any labels
	labels map[string]bool            // of all of them
	values map[string]map[string]bool // of labels whose values are known
	names  []string                   // of the series, sorted
}

func newVocabulary() *vocabulary {
	return &vocabulary{series: map[string]map[string]bool{}, labels: map[string]bool{}, values: map[string]map[string]bool{}}
}

// add makes a series known, with labels.
func (v *vocabulary) add(name string, labelNames ...string) {
	known, ok := v.series[name]
	if !ok {
		known = map[string]bool{}
		v.series[name] = known
		i, _ := slices.BinarySearch(v.names, name)
		v.names = slices.Insert(v.names, i, name)
	}
	for _, l := range labelNames {
		v.labels[l] = true
		if known != nil {
			known[l] = true
		}
	}
}

// value makes a value of a label known. Labels without any may have all.
func (v *vocabulary) value(label string, values ...string) {
	if v.values[label] == nil {
		v.values[label] = map[string]bool{}
	}
	for _, s := range values {
		v.values[label][s] = true
	}
}

// addMetrics makes the metrics known that virtual scrapes have in any of the releases.
func (v *vocabulary) addMetrics(releases []*core.Release) {
	for _, rel := range releases {
		for _, m := range Metrics(rel) {
			for name, labelNames := range m.Series() {
				v.add(name, labelNames...)
			}
		}
	}
}

// addJobs makes the jobs known that are scraped, for a test that gives no series of its own.
func (v *vocabulary) addJobs() { v.value(model.JobLabel, JobPrometheus, JobAlertmanager, JobLedger) }

// addGiven makes series known that a test gives.
func (v *vocabulary) addGiven(metrics []MetricSeries) {
	for _, s := range metrics {
		for _, ls := range s.Labels {
			ls.Range(func(l labels.Label) { v.labels[l.Name] = true })
			v.addAny(ls.Get(model.MetricNameLabel))
		}
	}
}

// addRules makes known what rules make.
func (v *vocabulary) addRules(f *File) {
	f.eachRule(func(g *rulefmt.RuleGroup, r *rulefmt.Rule) {
		for _, own := range []map[string]string{g.Labels, r.Labels} {
			for name := range own {
				v.labels[name] = true
			}
		}
		if expr, err := promql.ParseExpr(r.Expr); err == nil {
			for name := range madeLabels(expr) {
				v.labels[name] = true
			}
		}
		if r.Record != "" {
			v.addAny(r.Record)
			return
		}
		v.addAny("ALERTS")
		v.addAny("ALERTS_FOR_STATE")
		v.labels[model.AlertNameLabel], v.labels[alertstate] = true, true
		v.value(model.AlertNameLabel, r.Alert)
	})
	if f.Config != nil {
		f.Config.GlobalConfig.ExternalLabels.Range(func(l labels.Label) { v.labels[l.Name] = true })
	}
}

// addAny makes a series known that may have any labels.
func (v *vocabulary) addAny(name string) {
	v.add(name)
	v.series[name] = nil
}
