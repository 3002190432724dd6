package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	prettytext "github.com/jedib0t/go-pretty/v6/text"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// A TextOptions says how much a report for people shows.
type TextOptions struct {
	// Details shows each Alertmanager and replica, why alerts were dropped, notes about the files, and known failures.
	Details bool
	// Summaries describes under each test in a sentence or two what happened.
	Summaries bool
}

// A textReporter prints a table with a section for each file and a row for each test and release, then the failures.
type textReporter struct {
	w     io.Writer
	paint painter
	TextOptions
	table table.Writer
	file  *scenarios.File // of the last section
	row   *row            // of the last run; not yet in the table

	failures, known, notes  strings.Builder
	files, tests            map[any]bool
	runs, failed, unchecked int
	crossed                 int // of the failed: those that only crossed thresholds
	withKnown               int // runs that pass with known failures
}

const (
	nameWidth  = 49  // of the column of names; longer ones take two lines
	dropWidth  = 42  // of the last column
	pathWidth  = 100 // of a section's title
	maxTargets = 12  // Alertmanagers shown of a row

	briefColumns, detailColumns = 6, 7
)

// NewText returns a reporter for people.
func NewText(w io.Writer, o TextOptions) Reporter { return newText(w, o, painter(useColours(w))) }

func newText(w io.Writer, o TextOptions, paint painter) *textReporter {
	t := NewTable()
	header := table.Row{"test", "release", "offered", "delivered", "lost", "verdict"}
	if o.Details {
		header = append(header, "dropped or waiting")
	}
	t.AppendHeader(header)
	columns := []table.ColumnConfig{
		{Number: 1, WidthMax: nameWidth, WidthMaxEnforcer: wrapName},
		{Number: 7, WidthMax: dropWidth, WidthMaxEnforcer: wrapList},
	}
	for n := 3; n <= 5; n++ {
		columns = append(columns, rightAligned(n))
	}
	t.SetColumnConfigs(columns)
	return &textReporter{w: w, paint: paint, TextOptions: o, table: t, files: map[any]bool{}, tests: map[any]bool{}}
}

// Result implements Reporter.
func (r *textReporter) Result(run Run, res *sim.Result) error {
	if r.row == nil || r.row.run.File != run.File || r.row.run.Test != run.Test || r.row.run.Release != run.Release {
		r.flush()
		r.row = &row{run: run, targets: map[string]*account{}, summary: run.summary(res)}
	}
	r.runs++
	r.files[run.File], r.tests[run.Test] = true, true
	r.row.add(&res.Ledger)
	switch {
	case !res.Pass && r.row.failed == 0: // of several seeds that fail, the first is shown in detail
		oneSeed := run.Test.Seeds.From == run.Test.Seeds.To
		writeFailures(&r.failures, r.paint, run, res, !r.Summaries || !oneSeed)
	case !res.Pass:
		r.row.seeds = append(r.row.seeds, run.Seed)
	case run.Checks() == 0:
		r.unchecked++
	}
	if !res.Pass {
		r.failed++
		if r.row.failed++; CrossedOnly(res) {
			r.crossed++
			r.row.crossed++
		}
	} else if len(res.Known) > 0 {
		r.withKnown++
	}
	if len(res.Known) > 0 {
		if r.row.known++; r.row.known == 1 {
			writeKnown(&r.known, r.paint, res)
		}
	}
	return nil
}

// flush adds the rows of the last test and release to the table.
func (r *textReporter) flush() {
	w := r.row
	if w == nil {
		return
	}
	if r.file != w.run.File {
		r.section(w.run.File)
	}
	if len(w.seeds) > 0 {
		var seeds []string
		for _, s := range w.seeds {
			seeds = append(seeds, fmt.Sprint(s))
		}
		fmt.Fprintf(&r.failures, "    failed with these seeds too: %s\n", text.List(seeds, 20))
	}
	total := w.total
	cells := table.Row{
		"  " + w.run.Test.Name, w.run.Release.Name, total.offered, total.delivered, total.lost, w.verdict(r.paint),
	}
	if !r.Details {
		r.table.AppendRow(cells)
		return
	}
	r.table.AppendRow(append(cells, total.undelivered()))
	for i, a := range w.replicas {
		undelivered := a.undelivered()
		if i == 0 { // shown once, beside the first replica
			lost := "delivered by no replica " + w.lostByAll.String()
			undelivered = strings.TrimPrefix(undelivered+", "+lost, ", ")
		}
		r.table.AppendRow(table.Row{fmt.Sprintf("    replica %d", i+1), "", a.offered, a.delivered, a.lost, "", undelivered})
	}
	addresses := slices.Sorted(maps.Keys(w.targets))
	for i, address := range addresses {
		if i == maxTargets {
			r.table.AppendRow(table.Row{fmt.Sprintf("    and %d more Alertmanagers", len(addresses)-maxTargets)})
			break
		}
		a := w.targets[address]
		r.table.AppendRow(table.Row{"    " + address, "", a.offered, a.delivered, "", "", a.undelivered()})
	}
	if r.Summaries && w.runs == 1 {
		for _, line := range wrapped(w.summary) {
			r.mergedRow(detailColumns, strings.Repeat(" ", summaryIndent)+line)
		}
	}
}

// section begins the rows of a file.
func (r *textReporter) section(f *scenarios.File) {
	r.file = f
	title := []rune(f.Path)
	if n := len(title) - pathWidth; n > 0 {
		title = append([]rune("…"), title[n+1:]...)
	}
	columns := briefColumns
	if r.Details {
		columns = detailColumns
		for _, note := range f.Notes() {
			fmt.Fprintf(&r.notes, "note: %s\n", note)
		}
	}
	r.mergedRow(columns, r.paint.bold(string(title)))
}

// mergedRow adds a row with one cell over all columns.
func (r *textReporter) mergedRow(columns int, cell string) {
	config := table.RowConfig{AutoMerge: true, AutoMergeAlign: prettytext.AlignLeft}
	r.table.AppendRow(slices.Repeat(table.Row{cell}, columns), config)
}

// Close implements Reporter: it prints the report.
func (r *textReporter) Close(took time.Duration) error {
	r.flush()
	_, err := fmt.Fprintf(r.w, "%s\n", r.table.Render())
	known := r.known.String()
	if !r.Details { // their number in the last line is enough
		known = ""
	}
	for _, part := range []string{r.notes.String(), known, r.failures.String()} {
		if part != "" && err == nil {
			_, err = fmt.Fprintf(r.w, "\n%s", strings.TrimPrefix(part, "\n"))
		}
	}
	if err == nil {
		_, err = fmt.Fprintf(r.w, "\n%s, in %v\n", r.counts(), took.Round(time.Millisecond))
	}
	return err
}

// counts is the last line: how many runs there were, and how they ended.
func (r *textReporter) counts() string {
	all := fmt.Sprintf("%s of %s in %s",
		text.Count(r.runs, "run"), text.Count(len(r.tests), "test"), text.Count(len(r.files), "file"))
	var parts []string
	add := func(n int, what string, colour func(string) string) {
		if n > 0 {
			parts = append(parts, colour(fmt.Sprintf("%d %s", n, what)))
		}
	}
	add(r.failed-r.crossed, "failed", r.paint.red)
	add(r.crossed, "crossed thresholds", r.paint.red)
	passed := "passed"
	if r.withKnown > 0 {
		passed = fmt.Sprintf("passed (%d with known failures)", r.withKnown)
	}
	add(r.runs-r.failed-r.unchecked, passed, r.paint.green)
	add(r.unchecked, "unchecked", r.paint.yellow)
	return all + ": " + strings.Join(parts, ", ")
}
