package report

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// onGitHub reports whether the command runs in a GitHub workflow, which reads annotations from its output.
func onGitHub() bool { return os.Getenv("GITHUB_ACTIONS") == "true" }

// AnnotateFailures writes an annotation for each failure of a run. Outside of a GitHub workflow it writes nothing.
func AnnotateFailures(w io.Writer, res *sim.Result) {
	if !onGitHub() {
		return
	}
	for _, f := range res.Failures {
		title := fmt.Sprintf("%s (release %s, seed %d)", res.Test, res.Release, res.Seed)
		annotate(w, f.Pos, title, strings.Join(append([]string{f.Message}, f.Alerts...), "\n"))
	}
}

// annotateErrors writes an annotation for each error in a scenario file. Outside of a GitHub workflow it writes
// nothing.
func annotateErrors(w io.Writer, err error) {
	if !onGitHub() {
		return
	}
	switch e := err.(type) {
	case scenarios.Errors:
		for _, one := range e {
			annotate(w, one.Pos, "bad scenario", one.Msg)
		}
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			annotateErrors(w, one)
		}
	}
}

// Workflow commands of GitHub need their own special characters escaped, in the text and in the values before it.
var (
	annotationText  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	annotationValue = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func annotate(w io.Writer, pos scenarios.Pos, title, msg string) {
	fmt.Fprintf(w, "::error file=%s,line=%d,col=%d,title=%s::%s\n",
		annotationValue.Replace(pos.File), max(pos.Line, 1), max(pos.Col, 1),
		annotationValue.Replace(title), annotationText.Replace(msg))
}
