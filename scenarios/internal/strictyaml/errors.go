package strictyaml

import (
	"fmt"
	"strings"
)

// A Pos is a position in a file; lines and columns count from 1. The zero Pos is none, and without a line it is the
// file as a whole.
type Pos struct {
	File string
	Line int
	Col  int
}

// String returns the position as "file:line:col", or the file alone if the position has no line.
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// An Error is one thing that is wrong with a file. Msg says what it is and, after a semicolon, what to write instead.
type Error struct {
	Pos Pos
	Msg string

	source []byte // the file's text, if it is known
}

// Error returns the position and the message: "file:line:col: what is wrong; what to write".
func (e *Error) Error() string { return e.Pos.String() + ": " + e.Msg }

// Errors are all that is wrong with a file and the files that it names, in the order of their positions.
type Errors []*Error

// Error returns one line an error.
func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}
