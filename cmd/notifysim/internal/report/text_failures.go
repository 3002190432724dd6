package report

import (
	"fmt"
	"io"
	"slices"

	"github.com/notifysim/notifysim/sim"
)

// writeFailures writes the failures of a run, each with its alerts and the events that explain it. Then it writes the
// summary of the run, if summary is true, and the command that repeats the run.
func writeFailures(out io.Writer, paint painter, run Run, res *sim.Result, summary bool) {
	which := "release " + res.Release
	if run.hasSeeds() {
		which += fmt.Sprintf(", seed %d", res.Seed)
	}
	for i, f := range res.Failures {
		fmt.Fprintf(out, "\n%v: %s   (%s)\n", f.Pos, paint.red(f.Message), which)
		if i > 0 && slices.Equal(f.Trace, res.Failures[i-1].Trace) && slices.Equal(f.Alerts, res.Failures[i-1].Alerts) {
			fmt.Fprintf(out, "    as above\n")
			continue
		}
		for _, line := range f.Alerts {
			fmt.Fprintf(out, "    %s\n", line)
		}
		for _, line := range outdent(f.Trace) {
			fmt.Fprintf(out, "        %s\n", paint.dim(line))
		}
	}
	if summary {
		for _, line := range wrapped(run.summary(res), summaryWidth) {
			fmt.Fprintf(out, "    %s\n", line)
		}
	}
	fmt.Fprintf(out, "    reproduce: %s\n", run.reproduce())
}

// writeKnown writes the known failures of a run. Failures with the same reason are listed below that reason.
func writeKnown(out io.Writer, paint painter, res *sim.Result) {
	for i, f := range res.Known {
		if i == 0 || f.Known != res.Known[i-1].Known {
			fmt.Fprintf(out, "known on %s: %s\n", res.Release, paint.yellow(f.Known))
		}
		fmt.Fprintf(out, "    %v: %s\n", f.Pos, f.Message)
	}
}
