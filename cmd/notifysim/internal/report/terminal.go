package report

import (
	"io"
	"os"

	"golang.org/x/term"
)

// An ErrWriter writes to W until a write fails, and keeps that error, so that callers need not check every write.
type ErrWriter struct {
	W   io.Writer
	Err error // the error of the first write that failed
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

// IsTerminal reports whether w is a terminal, or an ErrWriter that writes to one.
func IsTerminal(w io.Writer) bool {
	f := fileOf(w)
	return f != nil && term.IsTerminal(int(f.Fd()))
}

// TerminalWidth returns the width of the terminal w in columns. It is 0 if w is not a terminal or its width is not
// known.
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

// fileOf returns the file behind w, which may be an ErrWriter. It returns nil if w does not write to a file.
func fileOf(w io.Writer) *os.File {
	if e, ok := w.(*ErrWriter); ok {
		w = e.W
	}
	f, _ := w.(*os.File)
	return f
}

// useColours reports whether output to w has colours. The environment variable NO_COLOR turns colours off; otherwise
// FORCE_COLOR turns them on; otherwise a terminal has colours. An empty variable counts as not set.
func useColours(w io.Writer) bool {
	switch {
	case os.Getenv("NO_COLOR") != "":
		return false
	case os.Getenv("FORCE_COLOR") != "":
		return true
	}
	return IsTerminal(w) && os.Getenv("TERM") != "dumb"
}

// A painter colours text for a terminal. If it is false, it returns text without colours.
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
