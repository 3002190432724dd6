package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/cmd/notifysim/internal/report"
	"github.com/notifysim/notifysim/internal/timeline"
	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/sim"
)

// traceFlags are the flags of notifysim trace.
type traceFlags struct {
	selection
	output, html string
	width        int // of the timeline, in characters; 0 means that of the terminal
	step         time.Duration
}

// traceOutputs are the allowed values of --output.
var traceOutputs = []string{"text", "events", "json"}

// The limits of the width of a timeline, and its width if the output is not a terminal, in characters.
const minWidth, defaultWidth, maxWidth = 60, 120, 1000

func traceCommand(rn *runner) *cobra.Command {
	var f traceFlags
	cmd := &cobra.Command{
		Use:   "trace FILE",
		Short: "Show what happens in the runs of a scenario: on a time axis, event by event, or as an HTML page",
		Long: `Show what happens in the runs of a scenario. Times are virtual, counted from the start of the run. The exit
code is 0 whether the expectations hold or not.

The timeline has a column for the sender, one for the shared queue of releases before v3.10, and one for each
Alertmanager. "+5" means that 5 alerts enter the queue, "−5" that 5 are dropped, and "post 5" is a request with 5
alerts. A thick line means that a fault is active.

--output events shows every event with its cause: "<- #6" says that event 6 caused this one. --output json prints the
same for programs, one object on each line. --html writes a page with queue lengths, requests in flight, drops, delays
and faults, the alerts that are uncovered or falsely resolved, the expectations that did not hold, and everything that
happened to each alert. The page is one file and loads no others.`,
		Example: `  notifysim trace --run 'peer hangs' --release v3.16 peer_hangs.yml
  notifysim trace --html run.html --release v3.16 peer_hangs.yml
  notifysim trace --output json peer_hangs.yml | jq 'select(.event == "drop")'`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("trace takes one file, such as notifysim trace peer_hangs.yml")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args, rn) },
	}
	f.selection.flags(cmd)
	completeSelection(cmd, 1)
	cmd.Flags().StringVar(&f.output, "output", "text",
		"text (a timeline), events (every event) or json (every event, one on each line)")
	cmd.Flags().StringVar(&f.html, "html", "", "write the timeline to this file as an HTML page; - is the standard output")
	cmd.Flags().IntVar(&f.width, "width", 0,
		"the width of the timeline, in characters (default: the terminal's, or 120)")
	cmd.Flags().DurationVar(&f.step, "step", 0,
		"how much time a row of the timeline covers, such as 10s (default: so much that there are at most 40 rows)")
	cmd.RegisterFlagCompletionFunc("output", completeWords(traceOutputs...))
	return cmd
}

func (f *traceFlags) run(cmd *cobra.Command, args []string, rn *runner) error {
	if err := f.check(); err != nil {
		return err
	}
	runs, err := f.runs(cmd, args, rn.children)
	if err != nil {
		return err
	}
	if one := f.singleRun(); one != "" && len(runs) > 1 {
		return usageErrorf("the file has %d runs, but %s shows only one; choose one with --run, --release and --seeds",
			len(runs), one)
	}
	to := outputs{cmd: cmd}
	page, err := to.open("--html", f.html)
	if err != nil {
		return err
	}
	if f.width == 0 {
		f.width = defaultWidth
		if w := report.TerminalWidth(to.report()); w > 0 {
			f.width = min(max(w, minWidth), maxWidth)
		}
	}
	out := bufio.NewWriter(to.report())
	if f.output == "text" || page != nil { // the other outputs are written during the run
		rn.progress = report.NewProgress(cmd.ErrOrStderr(), 0, false)
	}
	defer rn.progress.Clear()
	for i, r := range runs {
		if i > 0 {
			fmt.Fprintln(out)
		}
		if err := f.show(out, page, r, rn); err != nil {
			return err
		}
	}
	rn.progress.Clear()
	return out.Flush()
}

func (f *traceFlags) check() error {
	if err := checkOutput(f.output, traceOutputs...); err != nil {
		return err
	}
	switch {
	case f.width != 0 && (f.width < minWidth || f.width > maxWidth):
		return fmt.Errorf("--width %d: write a width from %d to %d", f.width, minWidth, maxWidth)
	case f.step < 0:
		return fmt.Errorf("--step %v: write a duration that is not negative", f.step)
	}
	return nil
}

// singleRun describes the output that the flags ask for if it can show only one run; otherwise it returns "".
func (f *traceFlags) singleRun() string {
	switch {
	case f.html != "":
		return "an HTML page"
	case f.output == "json":
		return "a JSON trace"
	}
	return ""
}

// show makes a run and writes its trace or timeline: to page if it is not nil, otherwise to out.
func (f *traceFlags) show(out io.Writer, page *output, r report.Run, rn *runner) error {
	if page == nil && f.output == "json" {
		_, err := rn.run(r, sim.Options{Trace: out})
		return err
	}
	var rec timeline.Recorder
	o := sim.Options{Events: rec.Event, Uncovered: page != nil}
	if page == nil {
		fmt.Fprintf(out, "%s  %s, seed %d\n", r.Test.Name, r.Release.Name, r.Seed)
		if f.output == "events" {
			o.Events = func(e *trace.Event) { fmt.Fprintln(out, e) }
		}
	}
	got, err := rn.run(r, o)
	if err != nil || page == nil && f.output == "events" {
		return err
	}
	t := rec.Timeline(r.File, r.Test, r.Release, got.res)
	if page == nil {
		return t.Text(out, f.width, f.step)
	}
	return page.write(t.HTML)
}
