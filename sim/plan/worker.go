package plan

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// chunk is how many consecutive runs a worker takes at once. Consecutive runs are mostly of one point, and the worker
// keeps the scenario of the point.
const chunk = 8

// Run makes the runs with the given numbers on a number of workers (0: one for each processor). It passes each record
// to done, one at a time, in any order. It returns the first error, or that of ctx; the records passed before are
// valid.
func (s *Study) Run(ctx context.Context, runs []int, workers int, done func(Record) error) error {
	var mu sync.Mutex
	return s.parallel(ctx, len(runs), workers, func(w *worker, i int) error {
		r, err := w.run(runs[i])
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return done(r)
	})
}

// parallel calls do with each of 0 to n-1, on the given number of workers (0: one for each processor).
func (s *Study) parallel(ctx context.Context, n, workers int, do func(w *worker, i int) error) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var group sync.WaitGroup
	size := max(min(chunk, n/workers), 1)
	for range min(workers, n) {
		group.Go(func() {
			w := &worker{study: s, point: -1}
			for {
				from := int(next.Add(int64(size))) - size
				for i := from; i < min(from+size, n); i++ {
					if ctx.Err() != nil {
						return
					}
					if err := do(w, i); err != nil {
						cancel(err)
						return
					}
				}
				if from >= n {
					return
				}
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

// A worker makes runs, one after the other. It keeps the scenario of the last run's point, and the labels of its
// alerts, for the next run.
type worker struct {
	study  *Study
	point  int // -1 before the first run
	file   *scenarios.File
	test   *scenarios.Test
	labels sim.Cache
}

// prepare sets the scenario of the worker to that of a run's point, and returns the point and the seed.
func (w *worker) prepare(run int) (*point, uint64) {
	s := w.study
	if i := run / s.numSeeds(); w.point != i {
		w.point = i
		w.file, w.test = s.points[i].apply(s.file, s.test)
		w.labels = sim.Cache{}
	}
	return &s.points[w.point], s.seedOf(run)
}

// run makes the run with a number. All points run with the same seeds, so that their results do not differ by chance.
func (w *worker) run(run int) (r Record, err error) {
	s := w.study
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("internal error in run %d, %s, seed %d: %v\n%s",
				run, s.points[w.point].Variant, s.seedOf(run), x, debug.Stack())
		}
	}()
	p, seed := w.prepare(run)
	o := sim.Options{Unbounded: p.Capacity == 0, Queues: true, Labels: &w.labels}
	res, err := w.study.simulate(w.file, w.test, p.release, seed, o)
	if err != nil {
		return r, err
	}
	r = newRecord(run, res)
	if p.Capacity > 0 {
		r.Longest, r.Need = p.Capacity, p.Capacity
		return r, nil
	}
	r.Need = r.Longest
	if s.Tolerate > 0 && !r.Endless {
		r.Need, err = w.tolerated(p.release, seed, r.Longest)
	}
	return r, err
}

// tolerated returns a capacity with which no queue drops a larger share than is tolerated, while with one less a queue
// does. It searches by bisection: losses hardly ever rise with the capacity, and where they do, there may be a smaller
// such capacity.
func (w *worker) tolerated(rel *core.Release, seed uint64, longest int) (int, error) {
	enough := longest
	for low := 1; low < enough; {
		mid := (low + enough) / 2
		file := *w.file
		file.Flags.QueueCapacity = mid
		res, err := w.study.simulate(&file, w.test, rel, seed, sim.Options{Labels: &w.labels})
		if err != nil {
			return 0, err
		}
		if worstShare(&res.Ledger) <= w.study.Tolerate {
			enough = mid
		} else {
			low = mid + 1
		}
	}
	return enough, nil
}
