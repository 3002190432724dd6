package strictyaml

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/text"
)

// excerptWidth is the largest number of characters of a line in an excerpt.
const excerptWidth = 110

// Excerpt returns the line of the file with the error, and a second line with a caret under the position:
//
//	4 |     duration: 10
//	  |               ^
//
// Both are empty if the error is about the file as a whole or if the line is blank. They have no line ends. A long line
// is shortened around the position, and characters that a terminal would interpret are replaced.
func (e *Error) Excerpt() (line, caret string) {
	if e.source == nil || e.Pos.Line < 1 || e.Pos.Col < 1 {
		return "", ""
	}
	runes := []rune(strings.ToValidUTF8(Line(e.source, e.Pos.Line), string(utf8.RuneError)))
	if strings.TrimSpace(string(runes)) == "" {
		return "", ""
	}
	at := min(e.Pos.Col-1, len(runes))
	from, to := excerptWindow(runes, at)
	shown := slices.Clone(runes[from:to])
	for i, r := range shown {
		if r == '\t' {
			shown[i] = ' '
		} else if !unicode.IsPrint(r) {
			shown[i] = '·'
		}
	}
	before := string(shown[:at-from])
	after := string(shown[at-from:])
	if from > 0 {
		before = "…" + before
	}
	if to < len(runes) {
		after += "…"
	}
	number := fmt.Sprint(e.Pos.Line)
	margin := strings.Repeat(" ", len(number))
	return strings.TrimRight(number+" | "+before+after, " "),
		margin + " | " + strings.Repeat(" ", text.StringWidthWithoutEscSequences(before)) + "^"
}

// excerptWindow returns which characters of a line to show around the index at.
func excerptWindow(line []rune, at int) (from, to int) {
	if len(line) <= excerptWidth {
		return 0, len(line)
	}
	from = max(0, min(at-excerptWidth/2, len(line)-excerptWidth))
	return from, from + excerptWidth
}

// Line returns a line of a text without its line end. Lines count from 1.
func Line(source []byte, line int) string {
	line = max(line, 1)
	lines := bytes.SplitN(source, []byte("\n"), line+1)
	if len(lines) < line {
		return ""
	}
	return strings.TrimPrefix(strings.TrimRight(string(lines[line-1]), "\r"), "\ufeff")
}
