package gate

import (
	"context"
	"math"
	"time"

	"golang.org/x/perf/benchfmt"
)

// startups is how often the gate times a process of each side that runs no benchmark.
const startups = 5

// measureStartup measures the processor time that processes use before they run a benchmark. It takes the least of all
// runs of both sides. Both sides must have the same value, because an error in it affects every pair in the same
// direction: with an error of 2 ms, samples of 10 ms of identical code differed by 18 %.
func (r *runner) measureStartup(ctx context.Context, sides ...*side) error {
	for pkg := range sides[0].bins {
		least := time.Duration(math.MaxInt64)
		for range startups {
			for _, sd := range sides {
				f, err := r.run(ctx, sd.bins[pkg], "^$", "1x")
				if err != nil {
					return err
				}
				least = min(least, f.cpu)
			}
		}
		for _, sd := range sides {
			sd.bins[pkg].startup = least
		}
	}
	return nil
}

// addCPU adds the processor time of a run to its only result, if that result has a time. It subtracts startup, but at
// most three quarters of the processor time, so that the value of a very short run stays above 0.
func (f *File) addCPU(startup time.Duration) {
	if len(f.Results) != 1 || f.cpu == 0 {
		return
	}
	res := f.Results[0]
	if _, timed := res.Value("sec/op"); !timed {
		return
	}
	used := max(f.cpu-startup, f.cpu/4)
	res.Values = append(res.Values, benchfmt.Value{Value: used.Seconds() / float64(res.Iters), Unit: cpuUnit})
	f.declare(cpuUnit, "better", string(Lower))
}
