package report

import (
	"errors"
	"fmt"
	"io"

	"github.com/notifysim/notifysim/scenarios"
)

// Error writes err to w. For an error in a scenario file it writes "file:line:col: message" on a line of its own, so
// that editors and scripts can read it, and then the line of the file with a caret under the column. In a GitHub
// workflow it also writes annotations.
func Error(w io.Writer, err error) {
	showError(w, painter(useColours(w)), err)
	annotateErrors(w, err)
}

func showError(w io.Writer, paint painter, err error) {
	switch e := err.(type) {
	case scenarios.Errors:
		for _, one := range e {
			showOne(w, paint, one)
		}
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			showError(w, paint, one)
		}
	default:
		showOne(w, paint, err)
	}
}

func showOne(w io.Writer, paint painter, err error) {
	var inFile *scenarios.Error
	if !errors.As(err, &inFile) {
		fmt.Fprintln(w, err)
		return
	}
	fmt.Fprintf(w, "%v: %s\n", inFile.Pos, paint.red(inFile.Msg))
	if line, caret := inFile.Excerpt(); line != "" {
		fmt.Fprintf(w, "    %s\n    %s\n", paint.dim(line), paint.red(caret))
	}
}
