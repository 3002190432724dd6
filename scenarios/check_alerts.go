package scenarios

import (
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/scenarios/internal/document"
	"github.com/notifysim/notifysim/scenarios/internal/promqlcheck"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// anyTarget is the target of an alert_test that means at least one Alertmanager.
const anyTarget = "any"

// alertTests reads the entries of alert_test. Each becomes thresholds that must hold for every single alert.
func (t *testChecker) alertTests() {
	for i := range t.doc.Alerts {
		doc := &t.doc.Alerts[i]
		of := Threshold{Expectation: true, Match: t.alertMatchers(doc)}
		if doc.Target.V != anyTarget {
			t.target(doc.Target)
			of.Target = doc.Target.V
		}
		of.Scope = t.scope(doc.Scope)
		before, given := t.Count(), false
		for _, f := range []struct {
			name     string
			v        strictyaml.Value[string]
			quantity Quantity
			take     Aggregate
			example  string
		}{
			{"exp_first_delivery", doc.FirstDelivery, QuantityFirstDelivery, AggregateMax, "<= 1m"},
			{"exp_uncovered", doc.Uncovered, QuantityUncovered, AggregateMax, "<= 1m"},
			{"exp_false_resolved", doc.FalselyResolved, QuantityFalselyResolved, AggregateCount, "== 0"},
			{"exp_missed", doc.Missed, QuantityMissed, AggregateCount, "== 0"},
		} {
			if !f.v.Given() {
				continue
			}
			given = true
			h := of
			h.Pos, h.Quantity, h.Aggregate = f.v.Pos, f.quantity, f.take
			t.alertExpectation(&h, f.name, t.expression(f.v), f.example)
			t.test.Thresholds = append(t.test.Thresholds, h)
		}
		if !given && t.Count() == before {
			t.Missing(doc.Mapping, "the `alert_test` expects nothing; write at least one of exp_first_delivery, exp_uncovered, "+
				"exp_false_resolved or exp_missed")
		}
	}
}

// alertExpectation reads an expectation such as "<= 1m". A number or duration without an operator must be met exactly.
func (t *testChecker) alertExpectation(h *Threshold, name string, e *promqlcheck.Expression, example string) {
	target := h.Target
	if target == "" {
		target = anyTarget
	}
	h.Of = strings.ReplaceAll(strings.TrimPrefix(name, "exp_"), "_", " ") + ", " + target
	if len(h.Match) > 0 {
		matchers := make([]string, len(h.Match))
		for i, m := range h.Match {
			matchers[i] = m.String()
		}
		h.Of += ", {" + strings.Join(matchers, ",") + "}"
	}
	h.Text = strings.TrimSpace(e.Text)
	if !strings.ContainsAny(h.Text, "<>=!") {
		h.operator = "=="
		t.limit(h, h.Text, e.Pos)
		return
	}
	t.comparison(h, e, len(e.Text)-len(strings.TrimLeft(e.Text, " ")), example)
}

// alertMatchers reads which alerts an alert_test selects.
func (t *testChecker) alertMatchers(doc *document.AlertTest) []*labels.Matcher {
	var list []*labels.Matcher
	if v := doc.Alerts; v.OK() && v.Given() {
		matchers, err := promqlcheck.Parser().ParseMetricSelector(v.V)
		if err != nil {
			t.Errorf(v.Pos, "%q does not select alerts: %s; write a selector such as 'NodeDown{severity=\"page\"}'",
				strictyaml.Shorten(v.V), promqlcheck.OneLine(promqlcheck.Message(err)))
			return nil
		}
		for _, m := range matchers {
			if m.Name == model.MetricNameLabel {
				m.Name = model.AlertNameLabel
			}
			list = append(list, m)
		}
	}
	for _, e := range doc.Labels.Entries {
		if e.Key == model.AlertNameLabel && len(list) > 0 && list[0].Name == model.AlertNameLabel {
			t.Errorf(e.Pos, "`alerts` selects an alertname already; leave out %s", e.Key)
		}
		t.isLabel(e.Key, e.Pos, e.Value)
	}
	t.labelSet(doc.Labels, "").Range(func(l labels.Label) {
		list = append(list, labels.MustNewMatcher(labels.MatchEqual, l.Name, l.Value))
	})
	return list
}
