package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/notifysim/notifysim/scenarios"
)

// showError writes an error for people: of one in a scenario file its line too, with a caret at the place. What editors and
// scripts read, "file:line:col: message", is a line of its own.
func showError(w io.Writer, err error) {
	paint := painter(colours(w))
	each := func(one error) {
		var wrong *scenarios.Error
		if !errors.As(one, &wrong) {
			fmt.Fprintln(w, one)
			return
		}
		fmt.Fprintf(w, "%v: %s\n", wrong.Pos, paint.red(wrong.Msg))
		if line, caret := wrong.Excerpt(); line != "" {
			fmt.Fprintf(w, "    %s\n    %s\n", paint.dim(line), paint.red(caret))
		}
	}
	switch e := err.(type) {
	case scenarios.Errors:
		for _, one := range e {
			each(one)
		}
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			showError(w, one)
		}
	default:
		each(err)
	}
}
