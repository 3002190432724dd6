package gate

import (
	"fmt"
	"slices"
)

// A Verdict is the result of the gate.
type Verdict string

// The verdicts.
const (
	Pass         Verdict = "PASS"
	Fail         Verdict = "FAIL"
	CannotDecide Verdict = "CANNOT DECIDE" // something could not be read, run or compared
	NoConclusion Verdict = "INCONCLUSIVE"  // too few samples, or too much noise
)

// ExitCode returns 0 for a pass, 1 for a failure, and 2 if nothing could be decided.
func (v Verdict) ExitCode() int {
	switch v {
	case Pass:
		return 0
	case Fail:
		return 1
	}
	return 2
}

// A Report is the result of a comparison.
type Report struct {
	Verdict  Verdict
	Old, New string // the names of the sides
	Rows     []*Row
	Problems []Problem // why the gate cannot decide
	Notes    []string
	Profiles []string // the files of the profiles
}

// Options select what [Compare] judges. The zero value selects everything.
type Options struct {
	Thresholds  *Thresholds // nil means the defaults
	Filter      string      // in the language of benchstat's -filter
	Lane        Lane        // judge only this lane; "" judges both
	Interleaved bool        // the sides ran in turn, even if the files do not say so
}

// Compare judges the file new against the file old. Errors in the files are in the report; it returns an error only for
// a bad filter.
func Compare(old, new *File, o Options) (*Report, error) {
	th := o.Thresholds.withDefaults()
	t, err := Match(old, new, &th, o.Filter)
	if err != nil {
		return nil, err
	}
	t.Interleaved = t.Interleaved || o.Interleaved
	r := &Report{Old: old.Name, New: new.Name, Rows: t.Rows, Problems: t.Problems, Notes: t.Notes}
	var timings []*Row
	for _, row := range t.Rows {
		switch {
		case o.Lane != "" && row.Lane != "" && row.Lane != o.Lane:
			row.Status, row.Why = NotJudged, ""
		case row.Status != "":
		case row.Lane == LaneExact:
			Exact(row)
		default:
			timings = append(timings, row)
		}
	}
	judgeTimings(timings, t, th)
	r.note(t, timings)
	if o.Filter == "" && o.Lane == "" {
		r.Notes = append(r.Notes, o.Thresholds.unused()...)
	}
	r.decide()
	return r, nil
}

// decide derives the verdict from the rows and the problems.
func (r *Report) decide() {
	compared, failed := 0, false
	r.Verdict = Pass
	for _, row := range r.Rows {
		if row.Status.compared() {
			compared++
		}
		failed = failed || row.Status == FailedNow
		if row.Status == Inconclusive && r.Verdict == Pass {
			r.Verdict = NoConclusion
		}
		if row.Status.fails() {
			r.Verdict = Fail
		}
	}
	undecided := slices.ContainsFunc(r.Rows, func(row *Row) bool { return row.Status == Undecided })
	if compared == 0 && !failed && !undecided && len(r.Problems) == 0 {
		const msg = "nothing was compared: no benchmark has a judged unit on both sides"
		r.Problems = append(r.Problems, Problem{Message: msg})
	}
	if undecided || len(r.Problems) > 0 {
		r.Verdict = CannotDecide
	}
}

// note adds notes that do not affect the verdict.
func (r *Report) note(t *Table, timings []*Row) {
	if len(t.machine) > 0 && len(timings) == 0 {
		for _, m := range t.machine {
			r.Notes = append(r.Notes, "the machines differ in "+m)
		}
	}
	if len(timings) > 0 && !t.Interleaved && len(t.machine) == 0 {
		r.Notes = append(r.Notes, "the files do not say that both sides ran in turn, so the machine may have changed "+
			"between them")
	}
	for _, row := range r.Rows {
		if row.Lane == LaneExact && slices.ContainsFunc(slices.Concat(row.Old.Values, row.New.Values), rounded) {
			r.Notes = append(r.Notes, fmt.Sprintf("%v: go test prints four digits of a fraction; report an integer, "+
				"or smaller changes are not seen", row))
		}
	}
}

// Failure returns a report of problems that kept the gate from comparing.
func Failure(old, new string, problems ...Problem) *Report {
	return &Report{Verdict: CannotDecide, Old: old, New: new, Problems: problems}
}

// count returns the number of rows with one of the statuses.
func (r *Report) count(statuses ...Status) int {
	n := 0
	for _, row := range r.Rows {
		if slices.Contains(statuses, row.Status) {
			n++
		}
	}
	return n
}
