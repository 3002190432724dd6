package gate

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Exact judges a row of the exact lane. Values are compared by their difference, so an old value of 0 needs no rule of
// its own: from 0 to 1 allocation is worse, as from 7 to 8 is.
func Exact(r *Row) {
	tol := r.Rule.Tolerance
	for _, side := range []struct {
		name string
		Samples
	}{{"old", r.Old}, {"new", r.New}} {
		lo, hi := slices.Min(side.Values), slices.Max(side.Values)
		if hi-lo > tol.around(lo, r.Unit) {
			r.Status = Nondeterministic
			defer r.suspectIterations()
			r.Why = fmt.Sprintf("the %s side varies from %s to %s in %d runs",
				side.name, formatExact(lo), formatExact(hi), len(side.Values))
			return
		}
	}
	old, new := lowerMedian(r.Old.Values), lowerMedian(r.New.Values)
	defer r.suspectIterations()
	switch {
	case old == new:
		r.Status = Unchanged
	case math.Abs(new-old) <= tol.around(old, r.Unit):
		r.Status, r.Why = Unchanged, "within the tolerance of "+tol.String()
	case r.Better.worse(old, new):
		r.Status, r.Why = Worse, change(old, new)
		if r.Better == Same {
			r.Why = "another outcome"
		}
	default:
		r.Status, r.Why = Improved, change(old, new)
	}
}

// suspectIterations notes that a change may come from different numbers of iterations: what a benchmark allocates once
// is spread over them.
func (r *Row) suspectIterations() {
	all := append(slices.Clone(r.Old.iters), r.New.iters...)
	if lo, hi := slices.Min(all), slices.Max(all); lo != hi && r.Status != Unchanged && strings.HasSuffix(r.Unit, "/op") {
		r.Why += fmt.Sprintf("; iterations differ (%d to %d): fix them with -benchtime=%dx", lo, hi, hi)
	}
}

// change formats the difference of two exact values.
func change(old, new float64) string {
	diff := new - old
	s := formatExact(diff)
	if diff > 0 {
		s = "+" + s
	}
	if pct := 100 * diff / math.Abs(old); old != 0 && math.Abs(pct) >= 0.01 {
		s += fmt.Sprintf(" (%+.2f%%)", pct)
	}
	return s
}

// rounded reports whether a value was probably rounded when it was printed: the testing package prints four significant
// digits below 1000, so a fraction there has lost what an exact comparison needs.
func rounded(v float64) bool {
	return v != math.Trunc(v) && math.Abs(v) < 1000
}
