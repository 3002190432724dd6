package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/fuzz"
)

// A knownBreak is an invariant that a file of the library says a release breaks.
type knownBreak struct{ file, invariant, excuse, line string }

// fuzzKnown is knownBreaks; a test knows nothing.
var fuzzKnown = knownBreaks

// knownBreaks reads them off the library.
func knownBreaks() ([]knownBreak, error) {
	var list []knownBreak
	for _, name := range scenarios.Library() {
		f, err := scenarios.LoadEmbedded(name)
		if err != nil {
			return nil, err
		}
		for _, t := range f.Tests {
			for _, v := range t.Invariants {
				for _, k := range v.FailsOn {
					rel, err := core.ParseRelease(k.Release)
					if err != nil {
						return nil, err
					}
					for _, excuse := range sim.Excuses(v.Name, rel) {
						list = append(list, knownBreak{name, v.Name, excuse, rel.Line})
					}
				}
			}
		}
	}
	return list, nil
}

// whereKnown returns the file of the library that shows what a finding is about: the same invariant, broken for the same reason.
func (s *search) whereKnown(f *fuzz.Finding) string {
	for _, k := range s.known {
		if f.Kind == fuzz.FoundInvariant && f.Detail == k.invariant && f.Excuse != "" && f.Excuse == k.excuse {
			return k.file
		}
	}
	return ""
}

// report searches and tells what it finds.
func (s *search) report(ctx context.Context, out, errs io.Writer) error {
	t := tally{began: time.Now()}
	watch := isTerminal(errs)
	shown := time.Now()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s.search(ctx, func(f fuzz.Result) {
		if s.first && t.fresh > 0 {
			return
		}
		t.runs++
		t.alerts += f.Alerts
		if f.Unobservable {
			t.unobservable++
		}
		for i := range f.Findings {
			s.note(&t, &f.Findings[i], errs)
		}
		if s.first && t.fresh > 0 {
			stop()
		}
		if watch && time.Since(shown) > 300*time.Millisecond {
			shown = time.Now()
			fmt.Fprintf(errs, "\r\x1b[K%s", t.line())
		}
	})
	if watch {
		fmt.Fprint(errs, "\r\x1b[K")
	}
	for _, f := range t.findings {
		f.write(out)
	}
	fmt.Fprintf(out, "%s\n", t.line())
	if t.runs == 0 {
		return codedError{exitHarness, fmt.Errorf("notifysim: no scenario was run in the time given")}
	}
	if t.fresh > 0 {
		return errFailed
	}
	return nil
}

// note adds a finding. The first of its kind is shrunk, unless it is known.
func (s *search) note(t *tally, f *fuzz.Finding, errs io.Writer) {
	for _, o := range t.findings {
		if o.Same(f) {
			o.count++
			return
		}
	}
	n := &found{Finding: *f, count: 1, known: s.whereKnown(f)}
	t.findings = append(t.findings, n)
	if n.known != "" {
		return
	}
	if t.fresh++; t.fresh == 1 {
		t.firstAfter, t.firstRun = time.Since(t.began), t.runs
	}
	if !s.first {
		n.Finding = f.Shrink(&s.children)
	}
	if s.save != "" {
		n.file = filepath.Join(s.save, n.name()+".yml")
		if err := os.WriteFile(n.file, n.text(s.engine, n.file), 0o666); err != nil {
			fmt.Fprintf(errs, "notifysim: %v\n", err)
			n.file = ""
		}
	}
}

// name is that of the finding's file, without its ending.
func (f *found) name() string {
	words := regexp.MustCompile(`[a-z0-9]+`).FindAllString(strings.ToLower(string(f.Kind)+" "+f.Detail), 8)
	return strings.Join(append(words, strings.ReplaceAll(f.Release, ".", "_")), "_")
}

// text is the scenario file, ready to join the library.
func (f *found) text(e sim.Engine, path string) []byte {
	d := *f.Draft
	d.Name = strings.ReplaceAll(f.name(), "_", " ")
	replay := "notifysim test " + quote(path)
	if f.Kind != fuzz.FoundInvariant {
		replay = fmt.Sprintf("notifysim test --engine %s %s", e, quote(path))
	} else if f.Excuse != "" {
		d.Breaks = map[string]string{f.Detail: f.Excuse}
	}
	d.Comment = fmt.Sprintf("Found by notifysim fuzz --engine %s --release %s --seed %d: %s %s.\n%s\nReplay: %s", e, f.Release, f.Seed, f.Kind, f.Detail, f.Message, replay)
	return d.Text()
}

// write tells a finding.
func (f *found) write(w io.Writer) {
	times := "once"
	if f.count > 1 {
		times = fmt.Sprintf("%d times", f.count)
	}
	fmt.Fprintf(w, "%s: %s, %s, first on %s by seed %d\n", f.Kind, f.Detail, times, f.Release, f.Seed)
	if f.known != "" {
		fmt.Fprintf(w, "    known: %s\n\n", f.known)
		return
	}
	fmt.Fprintf(w, "    %s\n", strings.ReplaceAll(strings.TrimRight(f.Message, "\n"), "\n", "\n    "))
	if f.Excuse != "" {
		fmt.Fprintf(w, "    not promised: %s\n", f.Excuse)
	}
	if f.file != "" {
		fmt.Fprintf(w, "    %s\n", f.file)
	} else {
		fmt.Fprintf(w, "        %s\n", strings.ReplaceAll(strings.TrimRight(string(f.Draft.Text()), "\n"), "\n", "\n        "))
	}
	fmt.Fprintln(w)
}

// line sums a search up.
func (t *tally) line() string {
	known, times := 0, 0
	for _, f := range t.findings {
		times += f.count
		if f.known != "" {
			known++
		}
	}
	s := fmt.Sprintf("%d scenarios with %d alerts in %v: %d findings, %d of them known", t.runs, t.alerts, time.Since(t.began).Round(100*time.Millisecond), len(t.findings), known)
	if t.fresh > 0 {
		s += fmt.Sprintf("; the first new one after %d scenarios, %v", t.firstRun, t.firstAfter.Round(10*time.Millisecond))
	}
	if t.unobservable > 0 {
		s += fmt.Sprintf("; %d the engine cannot show", t.unobservable)
	}
	return s
}
