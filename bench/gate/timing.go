package gate

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// maxPairs is the largest number of pairs of a row. The time and memory of the estimate grow with its square.
const maxPairs = 2000

// judgeTimings judges the rows of the timing lane. It needs all of them, because Holm's correction covers all rows.
func judgeTimings(rows []*Row, t *Table, th Thresholds) {
	var tested []*Row
	for _, r := range rows {
		if why := incomparable(r, t); why != "" {
			r.Status, r.Why = Undecided, why
			continue
		}
		r.Timing = pair(r, th.Alpha)
		tested = append(tested, r)
	}
	var worse, improved []float64
	for _, r := range tested {
		worse = append(worse, r.Timing.P)
		improved = append(improved, r.Timing.Improved)
	}
	worse, improved = Holm(worse), Holm(improved)
	for i, r := range tested {
		r.Timing.Adjusted, r.Timing.Improved = worse[i], improved[i]
		r.judge(len(tested), t.Interleaved, th)
	}
}

// pair runs the paired test on one row.
func pair(r *Row, alpha float64) *Timing {
	diffs := make([]float64, len(r.Old.Values))
	flipped := make([]float64, len(diffs))
	for i := range diffs {
		diffs[i] = r.Better.sign() * math.Log(r.New.Values[i]/r.Old.Values[i])
		flipped[i] = -diffs[i]
	}
	shift, upper := Shift(diffs, alpha)
	return &Timing{
		Pairs: len(diffs), P: SignedRank(diffs), Improved: SignedRank(flipped),
		Change: math.Expm1(r.Better.sign() * shift), Upper: math.Expm1(upper), shift: shift,
	}
}

// judge sets the status of a row from the result of its test.
func (r *Row) judge(tested int, interleaved bool, th Thresholds) {
	t := r.Timing
	needed := max(th.MinPairs, int(math.Ceil(math.Log2(float64(tested)/th.Alpha))))
	smallest := r.Rule.MinEffect
	switch {
	case t.Pairs < needed:
		r.Status = Inconclusive
		r.Why = fmt.Sprintf("pairs of samples: %d, needed: %d (timings tested: %d, alpha %v)",
			t.Pairs, needed, tested, th.Alpha)
	case t.Adjusted <= th.Alpha && t.worse() >= smallest && !interleaved && t.worse() < th.Drift:
		r.Status = Inconclusive
		r.Why = fmt.Sprintf("%s, but the sides did not run in turn, and below %s the machine may be the cause: "+
			"use gate --base", r.amount(), percent(th.Drift))
	case t.Adjusted <= th.Alpha && t.worse() >= smallest:
		r.Status, r.Why = Worse, r.amount()
	case t.Upper > th.MaxHidden && r.hasCPU:
		r.Status = Unchanged
		r.Why = fmt.Sprintf("too noisy to detect even a change of %s; the processor time is judged instead",
			percent(t.Upper))
	case t.Upper > th.MaxHidden:
		r.Status = Inconclusive
		r.Why = fmt.Sprintf("too noisy to detect even a change of %s (limit %s); use more pairs or a quieter machine",
			percent(t.Upper), percent(th.MaxHidden))
	case t.Improved <= th.Alpha && -t.worse() >= smallest:
		r.Status, r.Why = Improved, r.amount()
	default:
		r.Status = Unchanged
		if t.Adjusted <= th.Alpha {
			r.Why = fmt.Sprintf("%s, below the minimum effect of %s", r.amount(), percent(smallest))
		}
	}
}

// amount returns how much a timing changed, such as "12.0% slower".
func (r *Row) amount() string {
	word := "worse"
	if r.Timing.shift < 0 {
		word = "better"
	}
	if strings.HasPrefix(r.tidy, "sec/") || r.tidy == cpuUnit {
		word = map[string]string{"worse": "slower", "better": "faster"}[word]
	}
	return percent(math.Abs(r.Timing.Change)) + " " + word
}

// incomparable returns why the samples of a row cannot be compared, or "".
func incomparable(r *Row, t *Table) string {
	old, new := r.Old.Values, r.New.Values
	switch {
	case len(t.machine) > 0:
		return "timings of different machines cannot be compared (" + strings.Join(t.machine, "; ") + "); " +
			"use --lane exact to compare the other rows"
	case r.Better == Same:
		return "better=same is for exact values; add assume=exact to the Unit line"
	case len(old) != len(new):
		return fmt.Sprintf("%d old and %d new samples cannot be paired; both sides need the same number", len(old), len(new))
	case len(old) > maxPairs:
		return fmt.Sprintf("%d pairs are too many; at most %d can be compared", len(old), maxPairs)
	}
	for i, s := range []Samples{r.Old, r.New} {
		side := [...]string{"old", "new"}[i]
		for j, v := range s.Values {
			if v <= 0 {
				return fmt.Sprintf("%v: the %s value is %v, and a ratio needs values above 0; if the unit is not a measurement, "+
					"declare assume=exact", s.At[j], side, v)
			}
		}
		half := len(s.Values) / 2
		if len(s.Values)%2 == 0 && distinct(s.Values) > 2 && slices.Equal(s.Values[:half], s.Values[half:]) {
			return "the " + side + " side contains the same runs twice"
		}
	}
	if distinct(old) > 2 && slices.Equal(old, new) {
		return "the samples of both sides are equal to the last digit: one file is a copy of the other"
	}
	return ""
}

// distinct returns the number of distinct values.
func distinct(values []float64) int {
	return len(slices.Compact(slices.Sorted(slices.Values(values))))
}

// percent formats a fraction as a percentage.
func percent(v float64) string {
	if math.IsInf(v, 0) {
		return "any change"
	}
	if a := math.Abs(v); a >= 10 {
		return fmt.Sprintf("%.0f%%", 100*v)
	}
	return fmt.Sprintf("%.1f%%", 100*v)
}
