package report

import (
	"io"
	"os"

	"golang.org/x/term"
)

// An ErrWriter writes to W until a write fails. It keeps that error, so that callers need not check every write.
type ErrWriter struct {
	W   io.Writer
	Err error // of the first write that failed
}

// Write implements io.Writer.
func (w *ErrWriter) Write(p []byte) (int, error) {
	if w.Err != nil {
		return 0, w.Err
	}
	n, err := w.W.Write(p)
	w.Err = err
	return n, err
}

// IsTerminal reports whether w, or what an ErrWriter writes to, is a terminal.
func IsTerminal(w io.Writer) bool {
	f := fileOf(w)
	return f != nil && term.IsTerminal(int(f.Fd()))
}

// TerminalWidth returns the width of w in columns, 0 if it is no terminal or does not say its width.
func TerminalWidth(w io.Writer) int {
	if !IsTerminal(w) {
		return 0
	}
	width, _, err := term.GetSize(int(fileOf(w).Fd()))
	if err != nil {
		return 0
	}
	return width
}

// fileOf returns the file that w, or an ErrWriter, writes to; nil if it is none.
func fileOf(w io.Writer) *os.File {
	if e, ok := w.(*ErrWriter); ok {
		w = e.W
	}
	f, _ := w.(*os.File)
	return f
}

// useColours reports whether output to w has colours: NO_COLOR turns them off, FORCE_COLOR on, and otherwise a terminal
// has them. A variable that is empty is not set; NO_COLOR is asked first.
func useColours(w io.Writer) bool {
	switch {
	case os.Getenv("NO_COLOR") != "":
		return false
	case os.Getenv("FORCE_COLOR") != "":
		return true
	}
	return IsTerminal(w) && os.Getenv("TERM") != "dumb"
}

// A painter colours text for a terminal. The zero painter leaves text as it is.
type painter bool

func (p painter) paint(code, s string) string {
	if !p {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p painter) red(s string) string    { return p.paint("31;1", s) }
func (p painter) green(s string) string  { return p.paint("32", s) }
func (p painter) yellow(s string) string { return p.paint("33", s) }
func (p painter) bold(s string) string   { return p.paint("1", s) }
func (p painter) dim(s string) string    { return p.paint("2", s) }
