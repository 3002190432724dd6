package gate

import (
	"context"
	"math"
	"time"

	"golang.org/x/perf/benchfmt"
)

// startups is how often a process of each side that runs no benchmark is timed.
const startups = 5

// measureStartup measures the processor time of processes before they run a benchmark: the least of all runs, of both
// sides. It is the same for both sides because an error in it is in every pair, always on the same side: with an error
// of 2 ms, samples of 10 ms of the same code differed by 18 %.
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

// addCPU adds the processor time of a run to its only result, if that has a time. Of a very short run at least a
// quarter counts, so that the value is above 0.
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
