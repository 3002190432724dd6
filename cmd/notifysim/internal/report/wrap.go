package report

import (
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
)

const (
	summaryWidth  = 90 // of the lines of a summary
	summaryIndent = 6  // of a summary in a table; wrapName recognises a summary by it
)

// wrapName breaks a name that is too long and keeps its indentation. Titles of sections and summaries stay whole.
func wrapName(s string, width int) string {
	indent := len(s) - len(strings.TrimLeft(s, " "))
	if indent == 0 || indent == summaryIndent {
		return s
	}
	margin := strings.Repeat(" ", indent)
	name := strings.TrimRight(text.WrapSoft(s[indent:], width-indent), " ")
	return margin + strings.ReplaceAll(name, "\n", "\n"+margin)
}

// wrapList breaks a list between its items. Summaries stay whole.
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

// wrapped returns the lines of a summary, of at most a number of columns.
func wrapped(summary string, width int) []string {
	lines := strings.Split(text.WrapSoft(summary, width), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return lines
}

// limited returns the smaller of two widths, of which the second is no limit if it is not positive.
func limited(width, limit int) int {
	if limit <= 0 {
		return width
	}
	return min(width, limit)
}

// Fit renders a table for w: if w is a terminal, so that no line is longer than that, if that is possible. It calls
// render until what wraps in the table is narrow enough.
func Fit(w io.Writer, render func(narrower int) string) string { return fit(TerminalWidth(w), render) }

// fit renders a table so that no line is longer than width, if that is possible; 0 is no limit.
func fit(width int, render func(narrower int) string) string {
	const step, most = 4, 64
	for narrower := 0; ; narrower += step {
		s := render(narrower)
		if width <= 0 || narrower >= most || widest(s) <= width {
			return s
		}
	}
}

// widest returns the columns of the longest line of s.
func widest(s string) int {
	most := 0
	for line := range strings.Lines(s) {
		most = max(most, text.StringWidthWithoutEscSequences(strings.TrimRight(line, "\n")))
	}
	return most
}
