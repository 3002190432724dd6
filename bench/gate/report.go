package gate

import (
	"fmt"
	"slices"
	"strings"
)

// badStatuses are the statuses that a reader must see first, the worst first.
var badStatuses = []Status{Worse, FailedNow, Missing, Nondeterministic, Undecided, Inconclusive}

// shownStatuses are the statuses of the rows that every report shows.
var shownStatuses = append(slices.Clone(badStatuses), Improved, Added)

// headline returns a line with the verdict and its reasons.
func (r *Report) headline() string {
	var parts []string
	for _, s := range badStatuses {
		if n := r.count(s); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	if n := len(r.Problems); n == 1 {
		parts = append(parts, "1 problem")
	} else if n > 1 {
		parts = append(parts, fmt.Sprintf("%d problems", n))
	}
	if len(parts) == 0 {
		return fmt.Sprintf("%s   %s", r.Verdict, rows(r.compared()))
	}
	return fmt.Sprintf("%s   %s   (%s)", r.Verdict, strings.Join(parts, ", "), rows(r.compared()))
}

// rows returns "1 row compared" or "2 rows compared".
func rows(n int) string {
	if n == 1 {
		return "1 row compared"
	}
	return fmt.Sprintf("%d rows compared", n)
}

func (r *Report) compared() int {
	n := 0
	for _, row := range r.Rows {
		if row.Status.compared() {
			n++
		}
	}
	return n
}

// rest returns a line that counts the rows that the table does not show.
func (r *Report) rest() string {
	var parts []string
	for _, s := range []Status{Unchanged, Ignored, NotJudged} {
		n := r.count(s)
		if n == 0 {
			continue
		}
		part := fmt.Sprintf("%d %s", n, s)
		if s == Unchanged {
			exact := 0
			for _, row := range r.Rows {
				if row.Status == s && row.Lane == LaneExact {
					exact++
				}
			}
			part += fmt.Sprintf(" (%d exact, %d timing)", exact, n-exact)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

// sorted returns the rows to show, the worst first. Rows with the same status stay in the order of the files.
func (r *Report) sorted(all bool) []*Row {
	statuses := shownStatuses
	if all {
		statuses = append(slices.Clone(shownStatuses), Unchanged, Ignored, NotJudged)
	}
	var out []*Row
	for _, s := range statuses {
		for _, row := range r.Rows {
			if row.Status == s {
				out = append(out, row)
			}
		}
	}
	return out
}

// label returns the name of the row's benchmark, with the package if the report has several packages.
func (r *Report) label(row *Row) string {
	for _, other := range r.Rows {
		if row.Package != "" && other.Package != "" && other.Package != row.Package {
			return row.Package[strings.LastIndexByte(row.Package, '/')+1:] + "." + row.Benchmark
		}
	}
	return row.Benchmark
}

// values formats the values of both sides of a row, or "-" for a side without values.
func (r *Row) values() (old, new string) {
	old, new = "-", "-"
	a, b := r.Old.Values, r.New.Values
	switch {
	case r.Lane == LaneExact:
		if len(a) > 0 {
			old = formatExact(lowerMedian(a))
		}
		if len(b) > 0 {
			new = formatExact(lowerMedian(b))
		}
	case len(a) > 0 && len(b) > 0:
		return formatPair(lowerMedian(a), lowerMedian(b), r.tidy)
	case len(a) > 0:
		old, _ = formatPair(lowerMedian(a), lowerMedian(a), r.tidy)
	case len(b) > 0:
		_, new = formatPair(lowerMedian(b), lowerMedian(b), r.tidy)
	}
	return old, new
}

// evidence describes the test result of a timing, such as "p=0.0004, 30 pairs, confirmed".
func (r *Row) evidence() string {
	t := r.Timing
	if t == nil {
		return ""
	}
	p := t.Adjusted
	if r.Status == Improved {
		p = t.Improved
	}
	s := fmt.Sprintf("p=%.2g, %d pairs", p, t.Pairs)
	if t.Confirmed > 0 {
		s += ", confirmed"
	}
	return s
}

// brief returns the reason in the length that fits the table; cut says that the full reason must be shown below the
// table.
func (r *Row) brief() (text string, cut bool) {
	text = r.Why
	if r.Status == Worse || r.Status == Improved {
		if e := r.evidence(); e != "" {
			text += "   " + e
		}
		return text, false
	}
	if first, _, more := strings.Cut(text, "\n"); more || len(first) > 60 {
		return "see below", true
	}
	return text, false
}

// advice returns what the user can do next, one line for each suggestion.
func (r *Report) advice() []string {
	var out []string
	if slices.ContainsFunc(r.Rows, func(row *Row) bool {
		return row.Lane == LaneExact && (row.Status == Worse || row.Status == Improved)
	}) {
		out = append(out, "to accept an intended change of exact values, commit the new values as the old side: "+
			"notifysim gate --accept OLD NEW")
	}
	for i := 0; i+1 < len(r.Profiles); i++ {
		old := r.Profiles[i]
		if new := strings.Replace(old, ".old.", ".new.", 1); new != old && slices.Contains(r.Profiles, new) {
			out = append(out, fmt.Sprintf("go tool pprof -http=: -diff_base %s %s", old, new))
		}
	}
	return out
}

// notes returns the notes of the report, and the reasons of rows that the table does not show.
func (r *Report) notes(all bool) []string {
	out := slices.Clone(r.Notes)
	for _, row := range r.Rows {
		if !all && row.Status == Unchanged && row.Timing != nil && row.Why != "" {
			out = append(out, fmt.Sprintf("%s %s: %s", r.label(row), row.Unit, row.Why))
		}
	}
	return out
}
