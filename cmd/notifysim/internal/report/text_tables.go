package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	prettytext "github.com/jedib0t/go-pretty/v6/text"

	"github.com/notifysim/notifysim/scenarios"
)

// The widths of the table of tests, in columns, and the limit of its rows.
const (
	nameWidth  = 49  // the column of names
	dropWidth  = 42  // the last column: why copies were not delivered
	leastWidth = 12  // both columns, on a narrow terminal
	pathWidth  = 100 // the title of a section: the path of a file
	maxTargets = 12  // Alertmanagers shown for a test; further ones are only counted

	testColumns = 7
)

// writeTestTable writes the table with a section for each file and a row for each test and release.
func (r *textReporter) writeTestTable(b *strings.Builder, summaries bool) {
	fmt.Fprintln(b, fit(r.width, func(narrower int) string { return r.testTable(summaries, narrower).Render() }))
}

// testTable returns the table of tests. The columns that can wrap are narrower than usual by that many characters.
func (r *textReporter) testTable(summaries bool, narrower int) table.Writer {
	t := NewTable()
	undelivered := "dropped or waiting"
	if narrower > 0 {
		undelivered = "dropped, waiting" // a header that can wrap

	}
	t.AppendHeader(table.Row{"test", "release", "offered", "delivered", "lost", "verdict", undelivered})
	columns := []table.ColumnConfig{
		{Number: 1, WidthMax: max(nameWidth-narrower, leastWidth), WidthMaxEnforcer: wrapName},
		{Number: 7, WidthMax: max(dropWidth-narrower, leastWidth), WidthMaxEnforcer: wrapList},
	}
	for n := 3; n <= 5; n++ {
		columns = append(columns, rightAligned(n))
	}
	t.SetColumnConfigs(columns)
	var file *scenarios.File
	for _, w := range r.rows {
		if file != w.run.File {
			file = w.run.File
			mergedRow(t, r.paint.bold(cutLeft(file.Path, limited(pathWidth, r.width))))
		}
		r.appendTest(t, w)
		if summaries && w.runs == 1 {
			for _, line := range wrapped(w.summary, limited(summaryWidth, r.width-summaryIndent)) {
				mergedRow(t, strings.Repeat(" ", summaryIndent)+line)
			}
		}
	}
	return t
}

// appendTest adds the row of a test and release, then the rows of its replicas and Alertmanagers.
func (r *textReporter) appendTest(t table.Writer, w *row) {
	total := w.total
	t.AppendRow(table.Row{
		"  " + w.run.Test.Name, w.run.Release.Name, total.offered, total.delivered, total.lost, w.verdict(r.paint),
		total.undelivered(),
	})
	for i, a := range w.replicas {
		undelivered := a.undelivered()
		if i == 0 { // this count is for all replicas together, so it is shown once
			lost := "delivered by no replica " + w.lostByAll.String()
			undelivered = strings.TrimPrefix(undelivered+", "+lost, ", ")
		}
		t.AppendRow(table.Row{fmt.Sprintf("    replica %d", i+1), "", a.offered, a.delivered, a.lost, "", undelivered})
	}
	addresses := slices.Sorted(maps.Keys(w.targets))
	for i, address := range addresses {
		if i == maxTargets {
			t.AppendRow(table.Row{fmt.Sprintf("    and %d more Alertmanagers", len(addresses)-maxTargets)})
			break
		}
		a := w.targets[address]
		t.AppendRow(table.Row{"    " + address, "", a.offered, a.delivered, "", "", a.undelivered()})
	}
}

// writeFileTable writes the table with a row for each file.
func (r *textReporter) writeFileTable(b *strings.Builder) {
	longest := 0
	for _, w := range r.rows {
		longest = max(longest, len([]rune(w.run.File.Path)))
	}
	path := min(longest, pathWidth)
	fmt.Fprintln(b, fit(r.width, func(narrower int) string {
		return r.fileTable(r.paint, max(path-narrower, leastWidth)).Render()
	}))
}

// fileTable returns the table with a row for each file. A path has at most path columns.
func (t *tally) fileTable(paint painter, path int) table.Writer {
	files := NewTable()
	files.AppendHeader(table.Row{"file", "releases", "runs", "lost", "verdict"})
	files.SetColumnConfigs([]table.ColumnConfig{rightAligned(3), rightAligned(4)})
	for rest := t.rows; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].run.File == rest[0].run.File {
			n++
		}
		f := fileRow(rest[:n])
		files.AppendRow(table.Row{
			cutLeft(rest[0].run.File.Path, path), f.releases(), f.runs(), f.lost(), f.verdict(paint),
		})
		rest = rest[n:]
	}
	return files
}

// mergedRow adds a row to the table of tests whose only cell spans all columns.
func mergedRow(t table.Writer, cell string) {
	config := table.RowConfig{AutoMerge: true, AutoMergeAlign: prettytext.AlignLeft}
	t.AppendRow(slices.Repeat(table.Row{cell}, testColumns), config)
}

// cutLeft replaces the beginning of a path by … if the path is longer than width.
func cutLeft(path string, width int) string {
	title := []rune(path)
	if n := len(title) - width; n > 0 {
		title = append([]rune("…"), title[n+1:]...)
	}
	return string(title)
}
