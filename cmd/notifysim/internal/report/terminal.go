package report

import (
	"io"
	"os"
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
	if e, ok := w.(*ErrWriter); ok {
		w = e.W
	}
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// useColours reports whether output to w has colours.
func useColours(w io.Writer) bool {
	return IsTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
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
