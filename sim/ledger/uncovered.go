package ledger

import (
	"cmp"
	"slices"
)

// An UncoveredSpan is a time during which alerts fire at their source and an Alertmanager does not know them as firing.
type UncoveredSpan struct {
	// From and To are in nanoseconds since the start of the run.
	From, To int64
	// First is the lowest of the N consecutive label sets that the alerts have after the relabelling of Send, or -1 if
	// they were never sent. An alert with several label sets counts once, under its lowest one.
	First, N int
	// FalselyResolved says that the Alertmanager knew the alerts before, since they began to fire.
	FalselyResolved bool
}

// UncoveredSpans returns the spans whose sums are Uncovered and FalseResolves of Account, by the address of the
// Alertmanager, or under Any for what no Alertmanager knew. They are in the order of their beginnings.
func (l *AlertLog) UncoveredSpans(end int64, pass Filter) map[string][]UncoveredSpan {
	labelSets := l.LabelSets()
	all := map[string][]UncoveredSpan{}
	s := l.newSweep(end)
	collect := func(address string, number int, pass func(int) bool) {
		s.spans = []alertSpan{}
		s.account(number, pass)
		all[address] = joinSpans(s.spans, labelSets)
	}
	for number, am := range l.alertmanagers {
		collect(am.address, number, func(alert int) bool { return pass(am.address, alert) })
	}
	collect(Any, anyAlertmanager, func(alert int) bool { return pass("", alert) })
	return all
}

// An alertSpan is a part of an UncoveredSpan of one alert.
type alertSpan struct {
	alert    int
	from, to int64
	resolved bool
}

// uncovers keeps the time from from until now for UncoveredSpans.
func (s *sweep) uncovers(a int, from int64, resolved bool) {
	if s.spans != nil && s.passes[a] {
		s.spans = append(s.spans, alertSpan{a, from, s.now, resolved})
	}
}

// joinSpans joins the spans of each alert that follow each other without a gap, and then those of consecutive label
// sets that are equal.
func joinSpans(parts []alertSpan, labelSets [][]int) []UncoveredSpan {
	slices.SortStableFunc(parts, func(a, b alertSpan) int {
		return cmp.Or(cmp.Compare(a.alert, b.alert), cmp.Compare(a.from, b.from))
	})
	var spans []UncoveredSpan
	previous := alertSpan{alert: -1}
	for _, p := range parts {
		if p.alert == previous.alert && p.from == previous.to && p.resolved == previous.resolved {
			spans[len(spans)-1].To = p.to
		} else {
			first := -1
			if of := labelSets[p.alert]; len(of) > 0 {
				first = of[0] // they are in ascending order
			}
			spans = append(spans, UncoveredSpan{p.from, p.to, first, 1, p.resolved})
		}
		previous = p
	}
	falsely := map[bool]int{true: 1}
	slices.SortStableFunc(spans, func(a, b UncoveredSpan) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To),
			cmp.Compare(falsely[a.FalselyResolved], falsely[b.FalselyResolved]), cmp.Compare(a.First, b.First))
	})
	joined := spans[:0]
	for _, s := range spans {
		if n := len(joined) - 1; n >= 0 && joined[n].continuesWith(s) {
			joined[n].N++
		} else {
			joined = append(joined, s)
		}
	}
	return joined
}

// continuesWith reports whether next has the times of s and the label set after it.
func (s UncoveredSpan) continuesWith(next UncoveredSpan) bool {
	follows := next.First == s.First+s.N && s.First >= 0 || next.First < 0 && s.First < 0
	return follows && next.From == s.From && next.To == s.To && next.FalselyResolved == s.FalselyResolved
}
