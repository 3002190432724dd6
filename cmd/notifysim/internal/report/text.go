package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/notifysim/notifysim/sim"
)

// maxFilesByTest is the most files whose tests have rows of their own in the table. Of more files, each has one row.
const maxFilesByTest = 20

// A textReporter prints a table and the failures. The table has a section for each file and a row for each test and
// release, or of many files a row for each.
type textReporter struct {
	tally
	w       io.Writer
	width   int // of lines in columns, 0 for no limit
	paint   painter
	verbose bool
}

// NewText returns a reporter for people. It summarizes in a sentence or two what happened in the tests of a single
// file and in tests that fail. Verbose summarizes every test, however many files there are.
func NewText(w io.Writer, verbose bool) Reporter { return newText(w, verbose) }

func newText(w io.Writer, verbose bool) *textReporter {
	return &textReporter{newTally(), w, TerminalWidth(w), painter(useColours(w)), verbose}
}

// Result implements Reporter.
func (r *textReporter) Result(run Run, res *sim.Result, _ time.Duration) error {
	r.add(run, res)
	return nil
}

// Close implements Reporter: it prints the report.
func (r *textReporter) Close(took time.Duration) error {
	var b strings.Builder
	byFile := len(r.files) > maxFilesByTest && !r.verbose
	summaries := len(r.files) == 1 || r.verbose
	if byFile {
		r.writeFileTable(&b)
	} else {
		r.writeTestTable(&b, summaries)
		r.writeNotes(&b)
		r.writeKnown(&b)
	}
	r.writeFailures(&b, r.paint, func(w *row) bool { return !byFile && summaries && w.runs == 1 })
	fmt.Fprintf(&b, "\n%s, in %v\n", r.counts(r.paint), took.Round(time.Millisecond))
	_, err := io.WriteString(r.w, b.String())
	return err
}

// writeNotes writes the notes about the files, after an empty line.
func (r *textReporter) writeNotes(b *strings.Builder) {
	blank := "\n"
	for i, w := range r.rows {
		if i > 0 && r.rows[i-1].run.File == w.run.File {
			continue
		}
		for _, note := range w.run.File.Notes() {
			fmt.Fprintf(b, "%snote: %s\n", blank, note)
			blank = ""
		}
	}
}

// writeKnown writes the known failures of each test and release, after an empty line.
func (r *textReporter) writeKnown(b *strings.Builder) {
	blank := "\n"
	for _, w := range r.rows {
		if w.knownResult != nil {
			b.WriteString(blank)
			blank = ""
			writeKnown(b, r.paint, w.knownResult)
		}
	}
}
