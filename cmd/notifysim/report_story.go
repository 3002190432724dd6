package main

import (
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// storyIndent tells the lines of a story from other rows.
const storyIndent = 6

// tellStory says under a row what happened, if it is of one run.
func (r *textReporter) tellStory(w *row) {
	if !r.story || w.runs > 1 {
		return
	}
	for _, line := range strings.Split(text.WrapSoft(w.story, storyWidth), "\n") {
		line = strings.Repeat(" ", storyIndent) + strings.TrimSpace(line)
		r.table.AppendRow(table.Row{line, line, line, line, line, line, line}, table.RowConfig{AutoMerge: true, AutoMergeAlign: text.AlignLeft})
	}
}
