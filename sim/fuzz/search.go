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
	Seed     uint64          // the seed of the first scenario; each further scenario has the next seed
	Releases []*core.Release // the scenarios take turns with these releases; at least one
	Engine   sim.Engine
	Children *sim.Children    // the processes that run notifiers of other releases
	Known    []KnownViolation // violations that are not new findings
	// First ends the search at the first new finding. That finding is not shrunk.
	First bool
	// Progress is called after each scenario, New with each new finding whose kind and detail no earlier one has. Both
	// may be nil.
	Progress func(*Report)
	New      func(*KindFound)
}

// A Report is the progress of a search, and what it has found.
type Report struct {
	Runs, Unobservable int   // the scenarios, and those of them whose outcome the engine could not determine
	Alerts             int64 // the offered alerts
	Kinds              []*KindFound
	New                int           // how many of Kinds are new
	FirstAfter         time.Duration // how much time had passed at the first new finding,
	FirstRun           int           // and how many scenarios had run
	Took               time.Duration
}

// A KindFound is a finding, shrunk if it is new, and how many findings of its kind and detail the search made.
type KindFound struct {
	Finding
	Count int
	Known string // the file of the library that shows the finding, "" if it is new
}

// A KnownViolation is an invariant that a release violates, as a file of the library documents.
type KnownViolation struct{ File, Invariant, Excuse, Release string }

// KnownViolations returns the known violations in the library.
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

// known returns the file of the library that shows the same invariant violated for the same reason, or "".
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

// add adds a finding. The first of its kind and detail is shrunk, unless it is known.
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

// each runs scenarios on all processors and calls do with their results, in the order of the seeds.
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
