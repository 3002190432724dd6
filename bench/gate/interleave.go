package gate

import (
	"context"
	"fmt"
	"regexp"
)

// An interleaver runs the benchmarks of the two sides in turn.
type interleaver struct {
	*runner
	old, new  *side
	benchtime string // see Session.Benchtime
	cpu       bool   // whether to measure processor time
	progress  func(string)
}

// run runs the benchmarks in pairs of one sample of each side. The side that runs first changes with every pair. A
// benchmark that failed is not run again.
func (il *interleaver) run(ctx context.Context, benchmarks []benchmark, pairs int) (old, new *File, err error) {
	files := [2]*File{{Name: il.old.name}, {Name: il.new.name}}
	failed := map[int]bool{}
	for pair := range pairs {
		il.progress(fmt.Sprintf("pair %d of %d, %d benchmarks", pair+1, pairs, len(benchmarks)))
		for i, b := range benchmarks {
			if failed[i] {
				continue
			}
			for turn := range 2 {
				which := (turn + pair + i) % 2
				bin := [2]*side{il.old, il.new}[which].bins[b.pkg]
				f, err := il.runner.run(ctx, bin, exactly(b.name), il.iterations(b))
				if err != nil {
					return nil, nil, err
				}
				if il.cpu {
					f.addCPU(bin.startup)
				}
				files[which].add(f)
				failed[i] = failed[i] || len(f.Failed) > 0 || len(f.Problems) > 0
			}
		}
	}
	return files[0], files[1], nil
}

var fixedIterations = regexp.MustCompile(`^[1-9][0-9]*x$`)

// iterations returns the -benchtime of a benchmark as a number of iterations, so that both sides do the same work.
func (il *interleaver) iterations(b benchmark) string {
	if fixedIterations.MatchString(il.benchtime) {
		return il.benchtime
	}
	return fmt.Sprintf("%dx", b.iters)
}
