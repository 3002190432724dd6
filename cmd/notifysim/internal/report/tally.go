package report

import (
	"fmt"
	"strings"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/sim"
)

// A tally collects results: in a row for each test and release, and in totals over all runs.
type tally struct {
	rows                    []*row
	files, tests            map[any]bool
	runs, failed, unchecked int
	crossed                 int // failed runs that only crossed thresholds
	withKnown               int // runs that pass with known failures
}

func newTally() tally { return tally{files: map[any]bool{}, tests: map[any]bool{}} }

// add adds the result of a run. Runs of the same test and release must be added one after the other.
func (t *tally) add(run Run, res *sim.Result) {
	var w *row
	if n := len(t.rows); n > 0 {
		w = t.rows[n-1]
	}
	if w == nil || w.run.File != run.File || w.run.Test != run.Test || w.run.Release != run.Release {
		w = &row{run: run, targets: map[string]*account{}, summary: run.summary(res)}
		t.rows = append(t.rows, w)
	}
	t.runs++
	t.files[run.File], t.tests[run.Test] = true, true
	w.add(&res.Ledger)
	switch {
	case !res.Pass && w.failed == 0: // the report explains only the first seed that fails
		w.failedRun, w.failure = run, res
	case !res.Pass:
		w.seeds = append(w.seeds, run.Seed)
	case run.Checks() == 0:
		t.unchecked++
	}
	if !res.Pass {
		t.failed++
		if w.failed++; CrossedOnly(res) {
			t.crossed++
			w.crossed++
		}
	} else if len(res.Known) > 0 {
		t.withKnown++
	}
	if len(res.Known) > 0 {
		if w.known++; w.known == 1 {
			w.knownResult = res
		}
	}
}

// counts returns one line that says how many runs there were, and how many passed and failed.
func (t *tally) counts(paint painter) string {
	all := fmt.Sprintf("%s of %s in %s",
		text.Count(t.runs, "run"), text.Count(len(t.tests), "test"), text.Count(len(t.files), "file"))
	var parts []string
	add := func(n int, what string, colour func(string) string) {
		if n > 0 {
			parts = append(parts, colour(fmt.Sprintf("%d %s", n, what)))
		}
	}
	add(t.failed-t.crossed, "failed", paint.red)
	add(t.crossed, "crossed thresholds", paint.red)
	passed := "passed"
	if t.withKnown > 0 {
		passed = fmt.Sprintf("passed (%d with known failures)", t.withKnown)
	}
	add(t.runs-t.failed-t.unchecked, passed, paint.green)
	add(t.unchecked, "unchecked", paint.yellow)
	return all + ": " + strings.Join(parts, ", ")
}

// writeFailures writes, for each row, the failures of its first failed run and the other seeds that failed. If inTable
// reports that the table already shows the summary of a row, writeFailures leaves it out.
func (t *tally) writeFailures(b *strings.Builder, paint painter, inTable func(*row) bool) {
	for _, w := range t.rows {
		if w.failure == nil {
			continue
		}
		writeFailures(b, paint, w.failedRun, w.failure, !inTable(w))
		if len(w.seeds) > 0 {
			var seeds []string
			for _, s := range w.seeds {
				seeds = append(seeds, fmt.Sprint(s))
			}
			fmt.Fprintf(b, "    failed with these seeds too: %s\n", text.List(seeds, 20))
		}
	}
}
