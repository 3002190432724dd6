package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// String returns the place as "file:line:col", or the file alone when it is the whole file that is meant.
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// An Error is one thing wrong with a scenario file. Msg says what it is and, after a semicolon, what to write instead.
type Error struct {
	Pos Pos
	Msg string

	source []byte // the file's text, if it is known
}

// Error returns the place and the message: "file:line:col: what is wrong; what to write".
func (e *Error) Error() string { return e.Pos.String() + ": " + e.Msg }

// Errors are all that is wrong with a scenario, in the order of their places.
type Errors []*Error

// Error returns one line an error.
func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// report collects the errors of one scenario, those of the files it names included.
type report struct {
	path    string
	errs    Errors
	seen    map[complaint]bool
	sources map[string][]byte // the files read, by path
	// wrong counts errors, those that are not kept too: it tells whether a check found any.
	wrong int
}

// A complaint tells errors apart.
type complaint struct {
	pos Pos
	msg string
}

func (r *report) errorf(pos Pos, format string, args ...any) {
	if r.wrong++; len(r.errs) >= maxErrors {
		return // to name more would help nobody, and cost
	}
	e := complaint{pos, fmt.Sprintf(format, args...)}
	if r.seen[e] {
		return // what an alias repeats is wrong once
	}
	if r.seen == nil {
		r.seen = map[complaint]bool{}
	}
	r.seen[e] = true
	r.errs = append(r.errs, &Error{Pos: e.pos, Msg: e.msg, source: r.sources[pos.File]})
}

// keep remembers the text of a file, for excerpts.
func (r *report) keep(path string, text []byte) {
	if r.sources == nil {
		r.sources = map[string][]byte{}
	}
	r.sources[path] = text
}

// err returns what was collected, the scenario's own errors before those of other files, or nil.
func (r *report) err() error {
	if len(r.errs) == 0 {
		return nil
	}
	r.sort()
	return r.errs
}

func (r *report) sort() {
	slices.SortStableFunc(r.errs, func(a, b *Error) int {
		return cmp.Or(
			-compareBool(a.Pos.File == r.path, b.Pos.File == r.path),
			cmp.Compare(a.Pos.File, b.Pos.File),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Col, b.Pos.Col),
		)
	})
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
