package plan

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// chunk is how many cells in a row a worker takes: those of one point share its scenario.
const chunk = 8

// Run runs cells on so many workers (0: one for each processor) and hands each record to done, one at a time, in no order. It ends
// at the first error, or when ctx does, with that error; what was handed over is good.
func (s *Study) Run(ctx context.Context, cells []int, workers int, done func(Record) error) error {
	var mu sync.Mutex
	return s.work(ctx, len(cells), workers, func(b *bench, i int) error {
		r, err := b.cell(cells[i])
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

// work calls do for 0 to n-1 on so many workers.
func (s *Study) work(ctx context.Context, n, workers int, do func(b *bench, i int) error) error {
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
			b := s.bench()
			for {
				from := int(next.Add(int64(size))) - size
				for i := from; i < min(from+size, n); i++ {
					if ctx.Err() != nil {
						return
					}
					if err := do(b, i); err != nil {
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
