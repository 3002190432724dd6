package scenarios

import (
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// A MetricSeries is an entry of input_series that rules and expressions read: series that share their values, one each Test.Interval from 0s on.
type MetricSeries struct {
	Pos    Pos
	Labels []labels.Labels
	Values []parser.SequenceValue
}

// An AlertRuleTest expects what alerts of a name fire after the last evaluation until EvalTime: these and no others, in any order,
// as promtool's alert_rule_test does.
type AlertRuleTest struct {
	Pos       Pos
	Only      []string // the releases that it is for; nil is all
	FailsOn   FailsOn
	EvalTime  time.Duration
	Alertname string
	Alerts    []ExpectedAlert
}

// An ExpectedAlert is one that fires. Labels include alertname.
type ExpectedAlert struct {
	Pos                 Pos
	Labels, Annotations labels.Labels
}

// For reports whether the expectation is for the release.
func (e *AlertRuleTest) For(r *core.Release) bool { return isFor(e.Only, r) }

type alertRuleTestDoc struct {
	strictyaml.Mapping
	Release   strictyaml.List[string]         `yaml:"release" example:"a release such as v3.15, or a list of them"`
	FailsOn   failsOnDoc                      `yaml:"fails_on" example:"such as {v3.9: 'prometheus#7676: the queue is shared'}"`
	EvalTime  strictyaml.Value[time.Duration] `yaml:"eval_time" limits:"0s..106751d" required:"write when to look, such as eval_time: 10m"`
	Alertname strictyaml.Value[string]        `yaml:"alertname" required:"write the name of an alert of rule_files"`
	Alerts    []expectedAlertDoc              `yaml:"exp_alerts"`
}

type expectedAlertDoc struct {
	strictyaml.Mapping
	Labels      strictyaml.Dict[strictyaml.Value[string]] `yaml:"exp_labels"`
	Annotations strictyaml.Dict[strictyaml.Value[string]] `yaml:"exp_annotations"`
}

// alertnames returns the names of the alerts of all rule files, sorted.
func (f *File) alertnames() []string {
	var names []string
	f.eachRule(func(_ *rulefmt.RuleGroup, r *rulefmt.Rule) {
		if r.Alert != "" {
			names = append(names, r.Alert)
		}
	})
	slices.Sort(names)
	return slices.Compact(names)
}

func (f *File) eachRule(visit func(*rulefmt.RuleGroup, *rulefmt.Rule)) {
	for i := range f.RuleFiles {
		for j := range f.RuleFiles[i].Groups {
			g := &f.RuleFiles[i].Groups[j]
			for k := range g.Rules {
				visit(g, &g.Rules[k])
			}
		}
	}
}

func (t *testChecker) alertRuleTests() {
	if len(t.doc.AlertRules) > 0 && len(t.file.RuleFiles) == 0 && t.Count() == 0 {
		t.Errorf(t.doc.AlertRules[0].Pos, "the file has no rules, and so no alert_rule_test holds; write rule_files: [rules.yml]")
		return
	}
	names := t.file.alertnames()
	for _, doc := range t.doc.AlertRules {
		t.inTime("eval_time", doc.EvalTime)
		e := AlertRuleTest{Pos: doc.Pos, Only: t.only(doc.Release), EvalTime: doc.EvalTime.V, Alertname: doc.Alertname.V}
		e.FailsOn = t.failsOn(doc.FailsOn, e.Only)
		if doc.Alertname.OK() && len(names) > 0 && !slices.Contains(names, doc.Alertname.V) {
			t.Errorf(doc.Alertname.Pos, "no rule has the alert %q; %s", strictyaml.Shorten(doc.Alertname.V), strictyaml.WriteOneOf(doc.Alertname.V, names))
		}
		for _, a := range doc.Alerts {
			x := ExpectedAlert{Pos: a.Pos, Annotations: t.labelSet(a.Annotations, "")}
			x.Labels = t.labelSet(a.Labels, doc.Alertname.V)
			e.Alerts = append(e.Alerts, x)
		}
		t.test.AlertRules = append(t.test.AlertRules, e)
	}
}

// labelSet reads labels, to which an alertname is added if it is not "".
func (t *testChecker) labelSet(doc strictyaml.Dict[strictyaml.Value[string]], alertname string) labels.Labels {
	b := labels.NewBuilder(labels.EmptyLabels())
	for _, e := range doc.Entries {
		if e.Value.OK() {
			b.Set(e.Key, e.Value.V)
		}
	}
	if alertname != "" {
		b.Set(model.AlertNameLabel, alertname)
	}
	return b.Labels()
}

// metricSeries reads an entry of input_series that is not of ALERTS, for rules and expressions to read. It reports whether it is one.
func (t *testChecker) metricSeries(doc *seriesDoc) bool {
	if len(t.file.RuleFiles) == 0 && len(t.doc.PromQL) == 0 || !doc.Series.OK() {
		return false
	}
	ls, err := promql.ParseMetric(doc.Series.V)
	if err != nil || ls.Get(model.MetricNameLabel) == "ALERTS" {
		return false
	}
	s := MetricSeries{Pos: doc.Pos}
	s.Labels, _ = t.expansion(doc, ls)
	s.Values, _ = t.sequence(doc.Values, writeValues)
	t.test.Metrics = append(t.test.Metrics, s)
	return true
}

// RuleEnd is when the last series of the test that rules read ends.
func (t *Test) RuleEnd() time.Duration {
	var end time.Duration
	for _, s := range t.Metrics {
		end = max(end, time.Duration(len(s.Values))*t.Interval)
	}
	return end
}

// AlertName is how output calls an alert: X{instance="a"}.
func AlertName(ls labels.Labels) string {
	return nameOf(ls, labelNames(ls))
}
