package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/notifysim/notifysim/sim"
)

// A markdownReporter writes a table and the failures as Markdown, for a comment on a pull request or for the summary of
// a CI job.
type markdownReporter struct {
	tally
	w       io.Writer
	verbose bool
}

// NewMarkdown returns a reporter that writes a table and then the failures as Markdown. The table has a row for each
// test and release. If there are many files and verbose is false, it has a row for each file.
func NewMarkdown(w io.Writer, verbose bool) Reporter {
	return &markdownReporter{newTally(), w, verbose}
}

// Result implements Reporter.
func (r *markdownReporter) Result(run Run, res *sim.Result, _ time.Duration) error {
	r.add(run, res)
	return nil
}

// Close implements Reporter: it writes the report.
func (r *markdownReporter) Close(took time.Duration) error {
	verdict := "pass"
	if r.failed > 0 {
		verdict = "FAIL"
	}
	t := r.testTable()
	if len(r.files) > maxFilesByTest && !r.verbose {
		t = r.fileTable(false, pathWidth)
	}
	var failures strings.Builder
	r.writeFailures(&failures, false, func(*row) bool { return false })
	var b strings.Builder
	fmt.Fprintf(&b, "### notifysim: %s\n\n%s\n", verdict, t.RenderMarkdown())
	if text := strings.TrimPrefix(failures.String(), "\n"); text != "" {
		fence := fenceFor(text)
		fmt.Fprintf(&b, "\n%s\n%s%s\n", fence, text, fence)
	}
	fmt.Fprintf(&b, "\n%s, in %v\n", r.counts(false), took.Round(time.Millisecond))
	_, err := io.WriteString(r.w, b.String())
	return err
}

// testTable returns the table with a row for each test and release.
func (r *markdownReporter) testTable() table.Writer {
	t := NewTable()
	t.AppendHeader(table.Row{"file", "test", "release", "offered", "delivered", "lost", "verdict"})
	t.SetColumnConfigs([]table.ColumnConfig{rightAligned(4), rightAligned(5), rightAligned(6)})
	for _, w := range r.rows {
		t.AppendRow(table.Row{
			w.run.File.Path, w.run.Test.Name, w.run.Release.Name, w.total.offered, w.total.delivered, w.total.lost,
			w.verdict(false),
		})
	}
	return t
}

// fenceFor returns a fence for a code block with this text: backquotes that do not occur in the text.
func fenceFor(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence
}
