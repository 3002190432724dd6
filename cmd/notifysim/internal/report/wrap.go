package report

import (
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

// wrapped returns the lines of a summary.
func wrapped(summary string) []string {
	lines := strings.Split(text.WrapSoft(summary, summaryWidth), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return lines
}
