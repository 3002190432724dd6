package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/notifysim/notifysim/sim/fuzz"
)

// A Finding is what a search found, and how often.
type Finding struct {
	fuzz.Finding
	Count int
	Known string // the file of the library that shows it, "" if it is new
	File  string // the scenario file that it was written to, "" if none
}

// WriteText writes a finding for people.
func (f *Finding) WriteText(w io.Writer) {
	times := "once"
	if f.Count > 1 {
		times = fmt.Sprintf("%d times", f.Count)
	}
	fmt.Fprintf(w, "%s: %s, %s, first on %s by seed %d\n", f.Kind, f.Detail, times, f.Release, f.Seed)
	if f.Known != "" {
		fmt.Fprintf(w, "    known: %s\n\n", f.Known)
		return
	}
	fmt.Fprintf(w, "    %s\n", indentBlock(f.Message, "    "))
	if f.Excuse != "" {
		fmt.Fprintf(w, "    not promised: %s\n", f.Excuse)
	}
	if f.File != "" {
		fmt.Fprintf(w, "    %s\n", f.File)
	} else {
		fmt.Fprintf(w, "        %s\n", indentBlock(string(f.Draft.Text()), "        "))
	}
	fmt.Fprintln(w)
}

// indentBlock indents all lines but the first, and cuts empty lines at the end.
func indentBlock(s, indent string) string {
	return strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n"+indent)
}

// A FuzzStatus is how far a search is, and what it found.
type FuzzStatus struct {
	Runs, Unobservable int // scenarios; of them, those that the engine cannot show
	Alerts             int64
	Start              time.Time
	Findings           []*Finding
	New                int           // of the findings
	FirstAfter         time.Duration // the first new one: after this time,
	FirstRun           int           // and this many scenarios
}

// Line sums up the search in a line.
func (s *FuzzStatus) Line() string {
	known := len(s.Findings) - s.New
	line := fmt.Sprintf("%d scenarios with %d alerts in %v: %d findings, %d of them known",
		s.Runs, s.Alerts, time.Since(s.Start).Round(100*time.Millisecond), len(s.Findings), known)
	if s.New > 0 {
		line += fmt.Sprintf("; the first new one after %d scenarios, %v", s.FirstRun, s.FirstAfter.Round(10*time.Millisecond))
	}
	if s.Unobservable > 0 {
		line += fmt.Sprintf("; %d the engine cannot show", s.Unobservable)
	}
	return line
}
