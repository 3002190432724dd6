package gate

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Exact judges a row of the exact lane. It compares values by their difference, so that an old value of 0 needs no
// special case: an increase from 0 to 1 allocations is worse, and so is one from 7 to 8.
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

// suspectIterations notes that a change may be caused by different numbers of iterations, over which allocations that a
// benchmark makes only once are spread.
func (r *Row) suspectIterations() {
	all := append(slices.Clone(r.Old.iters), r.New.iters...)
	if lo, hi := slices.Min(all), slices.Max(all); lo != hi && r.Status != Unchanged && strings.HasSuffix(r.Unit, "/op") {
		r.Why += fmt.Sprintf("; the numbers of iterations differ (%d to %d): use -benchtime=%dx", lo, hi, hi)
	}
}

// change formats the difference between two exact values.
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

// rounded reports whether a value was probably rounded when it was printed. The testing package prints four significant
// digits below 1000, so a fraction there is not exact.
func rounded(v float64) bool {
	return v != math.Trunc(v) && math.Abs(v) < 1000
}
