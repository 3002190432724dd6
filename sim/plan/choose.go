package plan

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/notifysim/notifysim/internal/text"
)

// preferred returns the candidate to advise. It keeps the candidates that are about as good as the best one: first in
// missed alerts, then in the time for which no Alertmanager knows the alerts, then in the time for which the worst
// healthy one does not, then in alerts that it resolves falsely. Of the candidates that are left, it returns the one
// that takes the least effort, and of several the one with the smallest change. interval is the evaluation interval.
//
// Capacities below savingFrom, 0 for none, come before all others, the smallest first.
func preferred(list []*Candidate, interval time.Duration, savingFrom int) *Candidate {
	for _, c := range criteria(interval) {
		list = c.keep(list)
	}
	order := func(c *Candidate) (effortOf int, size float64) {
		if c.Change == ChangeCapacity && c.Capacity < savingFrom {
			return -1, float64(c.Capacity)
		}
		return effort[c.Change], c.size
	}
	return slices.MinFunc(list, func(a, b *Candidate) int {
		effortA, sizeA := order(a)
		effortB, sizeB := order(b)
		return cmp.Or(cmp.Compare(effortA, effortB), cmp.Compare(sizeA, sizeB))
	})
}

// A criterion is a number of an outcome of which less is better.
type criterion struct {
	what   string // says what an amount means; %[2]s is the Alertmanager that it is about
	none   string // says it of none
	isTime bool   // the number is a sum of times of alerts, in nanoseconds
	of     func(*Outcome) int64
	slack  int64 // how much of a difference from the best does not count; see limit
	// shown, if not nil, is the number to show, where differences in it do not always count.
	shown func(*Outcome) int64
}

// criteria are the criteria of preferred, the most important first.
func criteria(interval time.Duration) []criterion {
	one := int64(interval) // one alert for one interval
	any := func(o *Outcome) int64 { return o.Any.noticeable(interval) }
	healthy := func(o *Outcome) int64 { return o.Healthy.noticeable(interval) }
	return []criterion{
		{
			what: "%[1]s never reach an Alertmanager", none: "all alerts reach an Alertmanager",
			of: func(o *Outcome) int64 { return o.Missed },
		},
		{
			what: "alerts are unknown for %[1]s", none: "all alerts are known at once", isTime: true, of: any, slack: one,
			shown: func(o *Outcome) int64 { return o.Any.Uncovered },
		},
		{
			what: "alerts are unknown to %[2]s for %[1]s", none: "%[2]s knows all alerts at once", isTime: true,
			of: healthy, slack: one, shown: func(o *Outcome) int64 { return o.Healthy.Uncovered },
		},
		falseResolves(),
	}
}

// falseResolves is the criterion of alerts that are resolved while they fire.
func falseResolves() criterion {
	return criterion{what: "%[1]s resolve falsely", none: "no alert resolves falsely", of: (*Outcome).resolvedFalsely}
}

// value returns the number to show.
func (c *criterion) value(o *Outcome) int64 {
	if c.shown == nil {
		return c.of(o)
	}
	return c.shown(o)
}

// state says what a value of the criterion means for an outcome.
func (c *criterion) state(o *Outcome, value int64) string {
	if value == 0 {
		return c.sentence(c.none, "", o)
	}
	return c.sentence(c.what, c.amount(value), o)
}

// atLeast says what it means that the criterion has a value or a larger one.
func (c *criterion) atLeast(o *Outcome, value int64) string {
	return c.sentence(c.what, "at least "+c.amount(value), o)
}

// sentence fills in an amount and the worst healthy Alertmanager of an outcome.
func (c *criterion) sentence(what, amount string, o *Outcome) string {
	return strings.NewReplacer("%[1]s", amount, "%[2]s", o.Healthy.Alertmanager).Replace(what)
}

// amount writes a value of the criterion with its unit.
func (c *criterion) amount(value int64) string {
	unit := "alert"
	if c.isTime {
		unit = "alert-minute"
	}
	number := c.number(value)
	if number == "1" {
		return number + " " + unit
	}
	return number + " " + unit + "s"
}

// number writes a value of the criterion without its unit.
func (c *criterion) number(value int64) string {
	if c.isTime {
		return minutes(value)
	}
	return text.Thousands(value)
}

// noticeable returns the uncovered time, or 0 if no alert is uncovered for longer than the evaluation interval. A rule
// notices what it watches up to one interval late, so a setting that saves less than that is not worth a change.
func (c *Coverage) noticeable(interval time.Duration) int64 {
	if c.LongestUncovered <= interval {
		return 0
	}
	return c.Uncovered
}

// resolvedFalsely returns how many alerts were falsely resolved at the worst healthy Alertmanager. If none is healthy,
// it returns how many were resolved at all Alertmanagers at once.
func (o *Outcome) resolvedFalsely() int64 {
	if o.Healthy.Alertmanager == "" {
		return o.Any.FalselyResolved
	}
	return o.Healthy.FalselyResolved
}

// limit returns the largest value that is about as good as the best.
func (c criterion) limit(best int64) int64 { return best + max(best/100, c.slack) }

// keep returns the candidates that are about as good as the best one by the criterion.
func (c criterion) keep(list []*Candidate) []*Candidate {
	best := c.of(&slices.MinFunc(list, func(a, b *Candidate) int {
		return cmp.Compare(c.of(&a.Outcome), c.of(&b.Outcome))
	}).Outcome)
	return slices.DeleteFunc(slices.Clone(list), func(a *Candidate) bool { return c.of(&a.Outcome) > c.limit(best) })
}

// markBeaten marks the candidates that another one beats.
func markBeaten(list []*Candidate) {
	for _, a := range list {
		a.Beaten = slices.ContainsFunc(list, func(b *Candidate) bool { return b.beats(a) })
	}
}

// beats reports whether c is at least as good as d in every column of the table, and better in one.
func (c *Candidate) beats(d *Candidate) bool {
	good := func(a, b *Candidate) bool { return a.Outcome.atLeastAsGood(&b.Outcome) && a.Memory <= b.Memory }
	return good(c, d) && !good(d, c)
}
