package gate

import (
	"context"
	"math"
	"os/exec"
	"time"

	"golang.org/x/perf/benchfmt"
)

// cpuUnit is the processor time of a sample: what its process used, in user and kernel mode, an iteration. Unlike the time on
// the clock it hardly grows when other processes keep the processors busy: on a machine with six runnable processes a
// processor, pairs of runs of the same code differed by 2 % in it, and by 20 % on the clock (medians).
//
// A session measures it from outside, for any benchmark that has a time. It decides what is slower; the clock still shows what
// waits longer, but may be too noisy to tell.
const cpuUnit = "cpu-sec/op"

// startups is how often a process of each side that runs no benchmark is timed, to take its share off.
const startups = 5

// cpuTime is what a process that has ended used.
func cpuTime(cmd *exec.Cmd) time.Duration {
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

// measureStartup finds out what processes use before they run a benchmark: the least of all runs, of both sides. It is the same
// for both because an error in it would be in every pair, always to the same side; with one of 2 ms, samples of 10 ms of
// the same code differed by 18 %.
func (s *Session) measureStartup(ctx context.Context, sides ...*side) error {
	for pkg := range sides[0].bins {
		least := time.Duration(math.MaxInt64)
		for range startups {
			for _, sd := range sides {
				f, err := s.run(ctx, sd.bins[pkg], "^$", "1x")
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

// addCPU adds the processor time of a run to its only result, if that has a time. Of a run that is over too soon at
// least a quarter counts, so that there is something to divide by.
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
