package strictyaml

import (
	"fmt"
	"strings"
)

// A Pos is a position in a file. Lines and columns count from 1. A Pos without a line is the file as a whole; the zero
// Pos is no position.
type Pos struct {
	File string
	Line int
	Col  int
}

// String returns the position as "file:line:col", or only the file if the position has no line.
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// An Error is an error in a file. Msg says what is wrong and, after a semicolon, what to write instead.
type Error struct {
	Pos Pos
	Msg string

	source []byte // the text of the file, or nil if it is not known
}

// Error returns the position and the message: "file:line:col: what is wrong; what to write".
func (e *Error) Error() string { return e.Pos.String() + ": " + e.Msg }

// Errors are all errors in a file and in the files that it names, sorted by position.
type Errors []*Error

// Error returns all errors, one per line.
func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}
