package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/notifysim/notifysim/sim/fuzz"
)

// WriteFinding writes a finding of notifysim fuzz as text. file is the scenario file to which it was saved; without
// one, "", the text contains the scenario.
func WriteFinding(w io.Writer, k *fuzz.KindFound, file string) {
	times := "once"
	if k.Count > 1 {
		times = fmt.Sprintf("%d times", k.Count)
	}
	fmt.Fprintf(w, "%s: %s, %s, first on %s by seed %d\n", k.Kind, k.Detail, times, k.Release, k.Seed)
	if k.Known != "" {
		fmt.Fprintf(w, "    known: %s\n\n", k.Known)
		return
	}
	fmt.Fprintf(w, "    %s\n", indentBlock(k.Message, "    "))
	if k.Excuse != "" {
		fmt.Fprintf(w, "    not promised: %s\n", k.Excuse)
	}
	if file != "" {
		fmt.Fprintf(w, "    %s\n", file)
	} else {
		fmt.Fprintf(w, "        %s\n", indentBlock(string(k.Draft.Text()), "        "))
	}
	fmt.Fprintln(w)
}

// indentBlock indents all lines of s except the first, and removes empty lines at the end.
func indentBlock(s, indent string) string {
	return strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n"+indent)
}

// FuzzLine returns one line that summarizes a search.
func FuzzLine(r *fuzz.Report) string {
	known := len(r.Kinds) - r.New
	line := fmt.Sprintf("%d scenarios with %d copies of alerts in %v: %d findings, %d of them known",
		r.Runs, r.Alerts, r.Took.Round(100*time.Millisecond), len(r.Kinds), known)
	if r.New > 0 {
		line += fmt.Sprintf("; the first new one after %d scenarios, %v", r.FirstRun, r.FirstAfter.Round(10*time.Millisecond))
	}
	if r.Unobservable > 0 {
		line += fmt.Sprintf("; %d the engine cannot show", r.Unobservable)
	}
	return line
}
