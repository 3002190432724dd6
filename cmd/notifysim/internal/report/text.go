package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/notifysim/notifysim/sim"
)

// maxFilesByTest is the largest number of files for which the table has a row for each test. With more files it has a
// row for each file.
const maxFilesByTest = 20

// A textReporter prints a table and the failures. The table has a section for each file and a row for each test and
// release. With more than maxFilesByTest files it has a row for each file.
type textReporter struct {
	tally
	w       io.Writer
	width   int // the longest line in columns, 0 for no limit
	paint   painter
	verbose bool
}

// NewText returns a reporter that prints text for people. It describes in a sentence or two what happened in every test
// of a single file, and in tests that fail. With verbose it describes every test of all files.
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

// writeNotes writes an empty line and the notes about the files. Without notes it writes nothing.
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

// writeKnown writes an empty line and the known failures of each test and release. Without such failures it writes
// nothing.
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
