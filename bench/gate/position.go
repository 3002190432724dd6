package gate

import (
	"fmt"
	"os"
	"strings"
)

// A Position is a place in a file. Line 0 means the whole file, column 0 the whole line.
type Position struct {
	File string `json:"file"`
	Line int    `json:"line,omitempty"`
	Col  int    `json:"column,omitempty"`
}

func (p Position) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Col == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// A Problem is a reason why the gate cannot decide.
type Problem struct {
	Position
	Message string `json:"message"`
}

func (p Problem) Error() string {
	if p.File == "" {
		return p.Message
	}
	return p.Position.String() + ": " + p.Message
}

// plainError returns the message of err without the path, which the Position already contains.
func plainError(err error) string {
	if pe, ok := err.(*os.PathError); ok {
		return pe.Err.Error()
	}
	return strings.TrimSpace(err.Error())
}
