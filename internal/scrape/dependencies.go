package scrape

import (
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/rules"
)

// Dependent returns the rules of groups that read series for which reads is true, or the results of such a rule. reads
// is called with the matchers of a selector.
func Dependent(groups []*Group, reads func([]*labels.Matcher) bool) map[rules.Rule]bool {
	var all []rules.Rule
	for _, g := range groups {
		all = append(all, g.group.Rules()...)
	}
	dependent := map[rules.Rule]bool{}
	for more := true; more; {
		more = false
		for _, r := range all {
			if dependent[r] {
				continue
			}
			if slices.ContainsFunc(parser.ExtractSelectors(r.Query()), func(s []*labels.Matcher) bool {
				return reads(s) || slices.ContainsFunc(all, func(of rules.Rule) bool { return dependent[of] && readsRule(s, of) })
			}) {
				dependent[r], more = true, true
			}
		}
	}
	return dependent
}

// readsRule reports whether a selector may select series that a rule writes.
func readsRule(selector []*labels.Matcher, of rules.Rule) bool {
	if _, alerts := of.(*rules.AlertingRule); alerts {
		return slices.ContainsFunc([]string{"ALERTS", "ALERTS_FOR_STATE"}, func(name string) bool {
			return MayMatch(selector, func(label string) (string, bool) {
				switch label {
				case model.MetricNameLabel:
					return name, true
				case model.AlertNameLabel:
					return of.Name(), true
				}
				return "", false
			})
		})
	}
	return MayMatch(selector, func(label string) (string, bool) { return of.Name(), label == model.MetricNameLabel })
}

// MayMatch reports whether a selector may match a series. value returns the value of a label of the series, if it is
// known.
func MayMatch(selector []*labels.Matcher, value func(label string) (v string, known bool)) bool {
	return !slices.ContainsFunc(selector, func(m *labels.Matcher) bool {
		v, known := value(m.Name)
		return known && !m.Matches(v)
	})
}
