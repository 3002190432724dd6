package report

import (
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
)

const (
	summaryWidth  = 90 // the longest line of a summary
	summaryIndent = 6  // the indentation of a summary in a table, by which wrapName recognises it
)

// wrapName wraps an indented name to width and keeps its indentation. It does not change titles of sections and
// summaries.
func wrapName(s string, width int) string {
	indent := len(s) - len(strings.TrimLeft(s, " "))
	if indent == 0 || indent == summaryIndent {
		return s
	}
	margin := strings.Repeat(" ", indent)
	name := strings.TrimRight(text.WrapSoft(s[indent:], width-indent), " ")
	return margin + strings.ReplaceAll(name, "\n", "\n"+margin)
}

// wrapList wraps a comma-separated list to width, between its items. It does not change summaries, which are indented.
func wrapList(s string, width int) string {
	if strings.HasPrefix(s, " ") {
		return s
	}
	var b strings.Builder
	room := width
	for i, item := range strings.Split(s, ", ") {
		if i > 0 {
			b.WriteByte(',')
			if len([]rune(item))+2 <= room {
				b.WriteByte(' ')
				room -= 2
			} else {
				b.WriteByte('\n')
				room = width
			}
		}
		b.WriteString(item)
		room -= len([]rune(item))
	}
	return b.String()
}

// wrapped returns the summary as lines of at most width columns.
func wrapped(summary string, width int) []string {
	lines := strings.Split(text.WrapSoft(summary, width), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return lines
}

// limited returns the smaller of width and limit. A limit of 0 or below means no limit.
func limited(width, limit int) int {
	if limit <= 0 {
		return width
	}
	return min(width, limit)
}

// Fit renders a table for w. If w is a terminal, no line is longer than the terminal is wide, if that is possible: Fit
// calls render with a larger and larger narrower, by which the columns that can wrap must be narrower.
func Fit(w io.Writer, render func(narrower int) string) string { return fit(TerminalWidth(w), render) }

// fit renders a table so that no line is longer than width, if that is possible. A width of 0 means no limit.
func fit(width int, render func(narrower int) string) string {
	const step, most = 4, 64
	for narrower := 0; ; narrower += step {
		s := render(narrower)
		if width <= 0 || narrower >= most || widest(s) <= width {
			return s
		}
	}
}

// widest returns the width of the longest line of s, in columns.
func widest(s string) int {
	most := 0
	for line := range strings.Lines(s) {
		most = max(most, text.StringWidthWithoutEscSequences(strings.TrimRight(line, "\n")))
	}
	return most
}
