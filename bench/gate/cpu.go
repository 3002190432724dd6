package gate

import (
	"context"
	"os/exec"
	"slices"
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

// startups is how often a process that runs no benchmark is timed, to take its share off.
const startups = 5

// cpuTime is what a process that has ended used.
func cpuTime(cmd *exec.Cmd) time.Duration {
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

// measureStartup finds out what processes of both sides use before they run a benchmark.
func (s *Session) measureStartup(ctx context.Context, sides ...*side) error {
	for pkg := range sides[0].bins {
		samples := make([][]time.Duration, len(sides))
		for i := range startups {
			for turn := range sides {
				at := (turn + i) % len(sides)
				f, err := s.run(ctx, sides[at].bins[pkg], "^$", "1x")
				if err != nil {
					return err
				}
				samples[at] = append(samples[at], f.cpu)
			}
		}
		for at, list := range samples {
			slices.Sort(list)
			sides[at].bins[pkg].startup = list[len(list)/2]
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
