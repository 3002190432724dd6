package promqlcheck

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// Parser returns Prometheus' PromQL parser.
func Parser() parser.Parser { return parser.NewParser(parser.Options{}) }

// An Expression is a PromQL expression with its position in a file.
type Expression struct {
	Text   string
	Pos    strictyaml.Pos
	Source []byte        // the text of the file
	Step   time.Duration // step of subqueries without one
}

// At returns the position in the file of the byte offset of the expression. It is exact if the expression is written
// literally, on one line or in a literal block. Otherwise it is the position of the whole expression.
func (e *Expression) At(offset int) strictyaml.Pos {
	offset = max(0, min(offset, len(e.Text)))
	before := e.Text[:offset]
	row := strings.Count(before, "\n")
	inRow := before[strings.LastIndexByte(before, '\n')+1:]
	text := strings.Split(e.Text, "\n")[row]
	pos := e.Pos
	if row == 0 && !strings.Contains(strings.TrimRight(e.Text, "\n"), "\n") {
		line := []rune(strictyaml.Line(e.Source, pos.Line))
		if from := pos.Col - 1; from >= 0 && from < len(line) {
			rest := string(line[from:])
			for quote := range 2 { // the text may begin after a quotation mark
				if len(rest) > quote && strings.HasPrefix(rest[quote:], text) {
					pos.Col += quote + utf8.RuneCountInString(inRow)
					return pos
				}
			}
		}
	}
	line := strictyaml.Line(e.Source, pos.Line+1+row)
	if text != "" && strings.TrimLeft(line, " ") == strings.TrimLeft(text, " ") {
		pos.Line += 1 + row
		pos.Col = len(line) - len(text) + utf8.RuneCountInString(inRow) + 1
	}
	return pos
}

// AtWord returns the position of a word within the node n of the expression, or of n itself if it does not contain the
// word.
func (e *Expression) AtWord(n parser.Node, word string) strictyaml.Pos {
	r := n.PositionRange()
	start, end := max(0, int(r.Start)), min(len(e.Text), int(r.End))
	if start >= end {
		return e.At(start)
	}
	whole := regexp.MustCompile(`(^|[^a-zA-Z0-9_:])` + regexp.QuoteMeta(word) + `($|[^a-zA-Z0-9_:])`)
	if at := whole.FindStringIndex(e.Text[start:end]); at != nil {
		start += at[0] + strings.Index(e.Text[start+at[0]:end], word)
	}
	return e.At(start)
}

// Message returns the message of an error of Prometheus' parser, without its position, which users would misunderstand.
func Message(err error) string {
	var errs parser.ParseErrors
	if errors.As(err, &errs) && len(errs) > 0 {
		return errs[0].Err.Error()
	}
	return fmt.Sprint(err)
}

// OneLine replaces each sequence of white space by one space.
func OneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
