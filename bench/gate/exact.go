package gate

import (
	"fmt"
	"math"
	"slices"

	"golang.org/x/perf/benchunit"
)

// Exact judges a row of the exact lane. Values are compared by themselves, never by a quotient, so an old value of 0
// needs no rule of its own: from 0 to 1 allocation is worse as from 7 to 8 is.
func Exact(r *Row) {
	tol := r.Rule.Tolerance
	for _, side := range []struct {
		name string
		Samples
	}{{"old", r.Old}, {"new", r.New}} {
		lo, hi := slices.Min(side.Values), slices.Max(side.Values)
		if hi-lo > tol.around(lo, r.Unit) {
			r.Status = Nondeterministic
			r.Why = fmt.Sprintf("the %s side varies from %s to %s in %d runs", side.name, formatExact(lo), formatExact(hi), len(side.Values))
			return
		}
	}
	old, new := center(r.Old.Values), center(r.New.Values)
	switch {
	case old == new:
		r.Status = Unchanged
	case math.Abs(new-old) <= tol.around(old, r.Unit):
		r.Status, r.Why = Unchanged, "within the tolerance of "+tol.String()
	case r.Better.worse(old, new):
		r.Status, r.Why = Worse, change(old, new)
		if r.Better == Same {
			r.Why = change(old, new) + ": another outcome"
		}
	default:
		r.Status, r.Why = Improved, change(old, new)
	}
}

// around is the tolerance at a value of a unit.
func (t Tolerance) around(value float64, unit string) float64 {
	factor, _ := benchunit.Tidy(1, unit)
	return max(t.Absolute/factor, t.Relative*math.Abs(value))
}

// change prints the difference of two exact values.
func change(old, new float64) string {
	diff := new - old
	s := formatExact(diff)
	if diff > 0 {
		s = "+" + s
	}
	if old != 0 {
		s += fmt.Sprintf(" (%+.2f%%)", 100*diff/math.Abs(old))
	}
	return s
}

// center is the lower median. It is one of the values, so exact values stay exact.
func center(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2]
}

// blurred reports whether a value was probably rounded on its way: the testing package prints four significant
// digits below 1000, so a fraction there has lost what an exact comparison needs.
func blurred(v float64) bool {
	return v != math.Trunc(v) && math.Abs(v) < 1000
}
