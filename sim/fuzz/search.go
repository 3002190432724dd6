package fuzz

import (
	"context"
	"runtime"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// A Search runs random scenarios and collects findings. The same seed and number of runs give the same findings.
type Search struct {
	Time     time.Duration   // how long to search; 0 is no limit
	Runs     int             // how many scenarios to run; 0 is no limit
	Seed     uint64          // of the first scenario; each scenario has the next seed
	Releases []*core.Release // in turn; at least one
	Engine   sim.Engine
	Children *sim.Children    // run the notifiers of other releases than the newest
	Known    []KnownViolation // are no new findings
	// First ends the search at the first new finding, which is not shrunk.
	First bool
	// Progress is called after each scenario, and New with each new finding of another kind than those before. They may
	// be nil.
	Progress func(*Report)
	New      func(*KindFound)
}

// A Report is how far a search is, and what it found.
type Report struct {
	Runs, Unobservable int   // scenarios; of them, those that the engine cannot show
	Alerts             int64 // that were offered
	Kinds              []*KindFound
	New                int           // of the kinds
	FirstAfter         time.Duration // the first new one: after this time,
	FirstRun           int           // and this many scenarios
	Took               time.Duration
}

// A KindFound is a finding, shrunk if it is new, and how often the search made one of its kind and detail.
type KindFound struct {
	Finding
	Count int
	Known string // the file of the library that shows it, "" if it is new
}

// A KnownViolation is an invariant that, as a file of the library says, a release violates.
type KnownViolation struct{ File, Invariant, Excuse, Release string }

// KnownViolations returns those of the library.
func KnownViolations() ([]KnownViolation, error) {
	var list []KnownViolation
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
						list = append(list, KnownViolation{name, v.Name, excuse, rel.Line})
					}
				}
			}
		}
	}
	return list, nil
}

// known returns the file of the library that shows a finding: the same invariant, violated for the same reason.
func (s *Search) known(f *Finding) string {
	for _, k := range s.Known {
		if f.Kind == FoundInvariant && f.Detail == k.Invariant && f.Excuse != "" && f.Excuse == k.Excuse {
			return k.File
		}
	}
	return ""
}

// Run searches until the time is up, the runs are done, or ctx ends.
func (s *Search) Run(ctx context.Context) *Report {
	start := time.Now()
	r := &Report{}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s.each(ctx, func(res Result) {
		if s.First && r.New > 0 {
			return
		}
		r.Runs++
		r.Alerts += res.Alerts
		if res.Unobservable {
			r.Unobservable++
		}
		for i := range res.Findings {
			s.add(r, &res.Findings[i], start)
		}
		if s.First && r.New > 0 {
			stop()
		}
		if r.Took = time.Since(start); s.Progress != nil {
			s.Progress(r)
		}
	})
	r.Took = time.Since(start)
	return r
}

// add adds a finding. The first of its kind is shrunk, unless it is known.
func (s *Search) add(r *Report, f *Finding, start time.Time) {
	for _, k := range r.Kinds {
		if k.Same(f) {
			k.Count++
			return
		}
	}
	k := &KindFound{Finding: *f, Count: 1, Known: s.known(f)}
	r.Kinds = append(r.Kinds, k)
	if k.Known != "" {
		return
	}
	if r.New++; r.New == 1 {
		r.FirstAfter, r.FirstRun = time.Since(start), r.Runs
	}
	if !s.First {
		k.Finding = f.Shrink(s.Children)
	}
	if s.New != nil {
		s.New(k)
	}
}

// each runs scenarios on all processors and calls do with their results in the order of the seeds.
func (s *Search) each(ctx context.Context, do func(Result)) {
	if s.Time > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.Time)
		defer cancel()
	}
	workers := runtime.GOMAXPROCS(0)
	type task struct {
		seed    uint64
		release *core.Release
		result  chan Result
	}
	work, order := make(chan task), make(chan task, 4*workers)
	for range workers {
		go func() {
			for t := range work {
				t.result <- Run(s.Engine, s.Children, t.release, t.seed)
			}
		}()
	}
	go func() {
		defer close(order)
		defer close(work)
		for i := 0; ctx.Err() == nil && (s.Runs == 0 || i < s.Runs); i++ {
			t := task{s.Seed + uint64(i), s.Releases[i%len(s.Releases)], make(chan Result, 1)}
			select {
			case <-ctx.Done():
				return
			case order <- t:
				work <- t
			}
		}
	}()
	for t := range order {
		do(<-t.result)
	}
}
