package main

import (
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/notifysim/notifysim/cmd/notifysim/internal/report"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/compare"
)

// A runner makes the runs that commands ask for.
type runner struct {
	// simulate runs a test, as sim.Run does.
	simulate func(*scenarios.File, *scenarios.Test, *core.Release, uint64, sim.Options) (*sim.Result, error)
	// children runs the notifiers of releases other than the newest, and those of checkouts, in child processes.
	children *sim.Children
	// progress, if not nil, is told the virtual time that runs have reached, from several goroutines.
	progress *report.Progress
}

// An outcome is the result of a run, with what only the command needs to know about it.
type outcome struct {
	res *sim.Result
	// difference is the first difference of the notifier of a checkout from the model of the release; nil if there is
	// none.
	difference *compare.Difference
	// took is how long the run took on the wall clock.
	took time.Duration
}

// run makes a run. It turns a panic into an error. Every error that it returns has an exit code.
func (rn *runner) run(r report.Run, o sim.Options) (out outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = internalErrorf("notifysim: internal error in %s, %q, release %s, seed %d: %v\n%s",
				r.File.Path, r.Test.Name, r.Release.Name, r.Seed, p, debug.Stack())
		}
	}()
	o.Progress = rn.reached(r.Test)
	switch r.Engine {
	case sim.EngineManager, sim.EnginePrometheus:
		return rn.compared(r, o)
	case sim.EngineLive:
		o.Engine = r.Engine
	}
	if out.res, err = rn.simulate(r.File, r.Test, r.Release, r.Seed, o); err != nil {
		err = runError(r.Engine, err)
	}
	return out, err
}

// reached returns what is called with the virtual time that a run of a test has reached, nil if nothing shows it.
func (rn *runner) reached(t *scenarios.Test) func(time.Duration) {
	if rn.progress == nil {
		return nil
	}
	return func(at time.Duration) { rn.progress.Reached(at, t.Duration) }
}

// compared makes a run on its engine and again on the model. If they differ, it returns an error or, for the notifier
// of a checkout, the difference.
func (rn *runner) compared(r report.Run, o sim.Options) (outcome, error) {
	o.Notifier, o.Children = r.Notifier, rn.children
	res, observed, err := compare.Observe(r.Engine, r.File, r.Test, r.Release, r.Seed, o)
	if err != nil {
		return outcome{}, runError(r.Engine, err)
	}
	same := sim.Options{Orders: observed.Orders}
	_, model, err := compare.Observe(sim.EngineModel, r.File, r.Test, r.Release, r.Seed, same)
	if err != nil {
		return outcome{}, runError(sim.EngineModel, err)
	}
	d := compare.Differ(model, observed)
	if d != nil && r.Notifier == "" {
		return outcome{}, internalErrorf("%s: test %q, release %s, seed %d: the engines model and %s differ: %v",
			r.File.Path, r.Test.Name, r.Release.Name, r.Seed, r.Engine, d)
	}
	return outcome{res: res, difference: d}, nil
}

// runAll makes runs in parallel on all processors and passes each outcome to done, in the order of the runs. It stops
// at the first error of a run or of done.
func (rn *runner) runAll(runs []report.Run, o sim.Options, done func(report.Run, outcome) error) error {
	type result struct {
		outcome
		err error
	}
	type task struct {
		run    report.Run
		result chan result
	}
	n := min(runtime.GOMAXPROCS(0), len(runs))
	work := make(chan task)
	order := make(chan task, 16*n) // its size limits how far runs can be ahead of the oldest unfinished run
	quit := make(chan struct{})
	var workers sync.WaitGroup
	for range n {
		workers.Go(func() {
			for t := range work {
				start := time.Now()
				out, err := rn.run(t.run, o)
				out.took = time.Since(start)
				t.result <- result{out, err}
			}
		})
	}
	workers.Go(func() {
		defer close(work)
		for _, r := range runs {
			t := task{r, make(chan result, 1)}
			select {
			case order <- t:
			case <-quit:
				return
			}
			work <- t
		}
	})
	defer workers.Wait()
	defer close(quit)
	for range runs {
		t := <-order
		r := <-t.result
		if r.err != nil {
			return r.err
		}
		if err := done(t.run, r.outcome); err != nil {
			return err
		}
	}
	return nil
}
