package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/notifysim/notifysim/cmd/notifysim/internal/report"
	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/fuzz"
)

// A search runs random scenarios and collects findings.
type search struct {
	time     time.Duration // 0: no limit
	runs     int           // 0: no limit
	seed     uint64        // of the first scenario
	releases []*core.Release
	engine   sim.Engine
	save     string // the folder for new findings, "" for none
	first    bool   // end at the first new finding
	known    []knownViolation
	children *sim.Children // run the notifiers of other releases
}

// A knownViolation is an invariant that, as a file of the library says, a release violates.
type knownViolation struct{ file, invariant, excuse, line string }

// knownViolations returns those of the library.
func knownViolations() ([]knownViolation, error) {
	var list []knownViolation
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
						list = append(list, knownViolation{name, v.Name, excuse, rel.Line})
					}
				}
			}
		}
	}
	return list, nil
}

// fileOf returns the file of the library that shows a finding: the same invariant, violated for the same reason.
func (s *search) fileOf(f *fuzz.Finding) string {
	for _, k := range s.known {
		if f.Kind == fuzz.FoundInvariant && f.Detail == k.invariant && f.Excuse != "" && f.Excuse == k.excuse {
			return k.file
		}
	}
	return ""
}

// report runs the search and writes what it finds: progress to errs, findings to out.
func (s *search) report(ctx context.Context, out, errs io.Writer) error {
	status := report.FuzzStatus{Start: time.Now()}
	line := report.NewStatusLine(errs)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s.each(ctx, func(f fuzz.Result) {
		if s.first && status.New > 0 {
			return
		}
		status.Runs++
		status.Alerts += f.Alerts
		if f.Unobservable {
			status.Unobservable++
		}
		for i := range f.Findings {
			s.add(&status, &f.Findings[i], errs)
		}
		if s.first && status.New > 0 {
			stop()
		}
		line.Update(status.Line)
	})
	line.Clear()
	for _, f := range status.Findings {
		f.WriteText(out)
	}
	fmt.Fprintf(out, "%s\n", status.Line())
	if status.Runs == 0 {
		return internalErrorf("notifysim: no scenario was run in the time given")
	}
	if status.New > 0 {
		return errFailed
	}
	return nil
}

// add adds a finding. The first of its kind is shrunk, unless it is known.
func (s *search) add(status *report.FuzzStatus, f *fuzz.Finding, errs io.Writer) {
	for _, o := range status.Findings {
		if o.Same(f) {
			o.Count++
			return
		}
	}
	n := &report.Finding{Finding: *f, Count: 1, Known: s.fileOf(f)}
	status.Findings = append(status.Findings, n)
	if n.Known != "" {
		return
	}
	if status.New++; status.New == 1 {
		status.FirstAfter, status.FirstRun = time.Since(status.Start), status.Runs
	}
	if !s.first {
		n.Finding = f.Shrink(s.children)
	}
	if s.save != "" {
		path := filepath.Join(s.save, findingName(&n.Finding)+".yml")
		if err := os.WriteFile(path, findingText(&n.Finding, s.engine, path), 0o666); err != nil {
			fmt.Fprintf(errs, "notifysim: %v\n", err)
		} else {
			n.File = path
		}
	}
}

// findingName returns the name of a finding's file, without its extension.
func findingName(f *fuzz.Finding) string {
	words := regexp.MustCompile(`[a-z0-9]+`).FindAllString(strings.ToLower(string(f.Kind)+" "+f.Detail), 8)
	return strings.Join(append(words, strings.ReplaceAll(f.Release, ".", "_")), "_")
}

// findingText returns the scenario file of a finding, as the library would have it.
func findingText(f *fuzz.Finding, e sim.Engine, path string) []byte {
	d := *f.Draft
	d.Name = strings.ReplaceAll(findingName(f), "_", " ")
	replay := "notifysim test " + text.ShellQuote(path)
	if f.Kind != fuzz.FoundInvariant {
		replay = fmt.Sprintf("notifysim test --engine %s %s", e, text.ShellQuote(path))
	} else if f.Excuse != "" {
		d.Breaks = map[string]string{f.Detail: f.Excuse}
	}
	d.Comment = fmt.Sprintf("Found by notifysim fuzz --engine %s --release %s --seed %d: %s %s.\n%s\nReplay: %s",
		e, f.Release, f.Seed, f.Kind, f.Detail, f.Message, replay)
	return d.Text()
}

// each runs scenarios on all processors and calls do with their outcomes in the order of the seeds, until the time is
// up, the runs are done, or ctx ends.
func (s *search) each(ctx context.Context, do func(fuzz.Result)) {
	if s.time > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.time)
		defer cancel()
	}
	workers := runtime.GOMAXPROCS(0)
	type task struct {
		seed    uint64
		release *core.Release
		out     chan fuzz.Result
	}
	work, order := make(chan task), make(chan task, 4*workers)
	for range workers {
		go func() {
			for t := range work {
				t.out <- fuzz.Run(s.engine, s.children, t.release, t.seed)
			}
		}()
	}
	go func() {
		defer close(order)
		defer close(work)
		for i := 0; s.runs == 0 || i < s.runs; i++ {
			t := task{s.seed + uint64(i), s.releases[i%len(s.releases)], make(chan fuzz.Result, 1)}
			select {
			case <-ctx.Done():
				return
			case order <- t:
				work <- t
			}
		}
	}()
	for t := range order {
		do(<-t.out)
	}
}
