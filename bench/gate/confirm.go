package gate

import (
	"fmt"
	"slices"
)

// retries is in how many more rounds a row is measured again because noise might hide a change: the noise may be
// temporary.
const retries = 2

// screen is the p-value up to which a timing of the first pairs is suspected. It is high on purpose, since fresh pairs
// decide.
const screen = 0.20

// freshPairs returns how many pairs a round of confirmation has; first is the number of pairs of the first round. There
// are many, because they alone decide and only a few rows need them.
func freshPairs(first int) int { return min(3*first, maxPairs) }

// suspect reports whether a row must be measured again in a round. That is so for a row that looks bad, until fresh
// pairs refute it or have confirmed it in all rounds, and for some rounds for a row in which noise might hide a change.
func (r *Row) suspect(round, rounds int, th Thresholds) bool {
	switch {
	case r.Timing == nil:
		return false
	case r.Status == Worse:
		return r.Timing.Confirmed < rounds
	case round > 1+retries:
		return false
	case r.Status == Inconclusive || r.Timing.Upper > th.Resolve && !r.hasCPU:
		return true
	}
	return r.Timing.Confirmed == 0 && r.looksBad()
}

// looksBad reports whether the change of a row is suspicious. The criterion is weak on purpose, and ignores noise.
func (r *Row) looksBad() bool {
	return r.Status == Worse || !r.hasCPU && r.Timing.P <= screen && r.Timing.worse() >= r.Rule.MinEffect/2
}

// replace judges rows again, by the fresh pairs in t.
func (report *Report) replace(rows []*Row, t *Table, th Thresholds) {
	var fresh, judged []*Row
	for _, r := range rows {
		i := slices.IndexFunc(t.Rows, func(f *Row) bool {
			return f.Package == r.Package && f.Benchmark == r.Benchmark && f.tidy == r.tidy && f.Status == ""
		})
		if i < 0 { // the benchmark failed in this round
			r.Status, r.Why = Undecided, "it could not be measured again"
			continue
		}
		fresh, judged = append(fresh, t.Rows[i]), append(judged, r)
	}
	for _, f := range t.Rows {
		if f.Status == FailedNow {
			report.Rows = append(report.Rows, f)
		}
	}
	judgeTimings(fresh, t, th)
	for i, r := range judged {
		before, bad := r.Timing, r.looksBad()
		r.Status, r.Why, r.Timing = fresh[i].Status, fresh[i].Why, fresh[i].Timing
		r.Old, r.New = fresh[i].Old, fresh[i].New
		switch {
		case r.Timing == nil || !bad:
		case r.Status == Worse:
			r.Timing.Confirmed = max(before.Confirmed, 0) + 1
		case r.Status == Unchanged && r.Why == "":
			r.Timing.Confirmed = -1
			r.Why = fmt.Sprintf("it looked %s worse in the first pairs, but %d fresh pairs did not confirm that",
				percent(before.worse()), r.Timing.Pairs)
		}
	}
}
