package main

import (
	"runtime"
	"sync"

	"github.com/notifysim/notifysim/sim"
)

type outcome struct {
	res *sim.Result
	err error
}

// runAll runs jobs on all processors and hands each outcome to done, in the order of the jobs. It ends at the first error,
// a run's or done's.
func runAll(jobs []job, o sim.Options, done func(job, *sim.Result) error) error {
	type task struct {
		job     job
		outcome chan outcome
	}
	n := min(runtime.GOMAXPROCS(0), len(jobs))
	work := make(chan task)
	order := make(chan task, 16*n) // how far a run may be ahead of those before it
	quit := make(chan struct{})
	var workers sync.WaitGroup
	for range n {
		workers.Go(func() {
			for t := range work {
				res, err := t.job.run(o)
				t.outcome <- outcome{res, err}
			}
		})
	}
	workers.Go(func() {
		defer close(work)
		for _, j := range jobs {
			t := task{j, make(chan outcome, 1)}
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
	for range jobs {
		t := <-order
		out := <-t.outcome
		if out.err != nil {
			return out.err
		}
		if err := done(t.job, out.res); err != nil {
			return err
		}
	}
	return nil
}
