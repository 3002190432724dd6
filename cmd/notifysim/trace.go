package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
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
	width        int // of a timeline, in characters
	step         time.Duration
}

// minWidth and maxWidth bound the width of a timeline, in columns.
const minWidth, maxWidth = 60, 1000

func traceCommand(rn *runner) *cobra.Command {
	var f traceFlags
	cmd := &cobra.Command{
		Use:   "trace FILE",
		Short: "Show what happens in the runs of a scenario: on a time axis, event by event, or as an HTML page",
		Long: `Show what happens in the runs of a scenario. Times are virtual, from the start of the run. Expectations are
not checked: the exit code is 0 whether they hold or not.

The timeline has a column for the sender, for the shared queue of old releases, and for each Alertmanager. "+5" means
that 5 alerts enter the queue, "−5" that 5 are dropped, "post 5" is a request; a thick line is a fault.

--output events shows every event with its cause: "<- #6" says that event 6 caused this one. --output json is the same
for programs, one object a line. --html writes a page with queue lengths, requests in flight, drops, delays and faults,
and the story of each alert. The page is one file and loads nothing.`,
		Example: `  notifysim trace --run 'peer hangs' --release v3.15 peer_hangs.yml
  notifysim trace --html run.html --release v3.15 peer_hangs.yml
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
		"text (a timeline), events (every event) or json (every event, one a line)")
	cmd.Flags().StringVar(&f.html, "html", "", "write the timeline to this file as an HTML page")
	cmd.Flags().IntVar(&f.width, "width", 120, "the width of the timeline, in characters")
	cmd.Flags().DurationVar(&f.step, "step", 0,
		"the time of a row of the timeline, such as 10s (default: at most 40 rows)")
	outputs := []string{"text", "events", "json"}
	cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(outputs, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (f *traceFlags) run(cmd *cobra.Command, args []string, rn *runner) error {
	if err := f.check(); err != nil {
		return err
	}
	runs, err := f.runs(args, rn.children)
	if err != nil {
		return err
	}
	if one := f.singleRun(); one != "" && len(runs) > 1 {
		return usageErrorf("the file has %d runs, and %s shows one; choose it with --run, --release and --seeds",
			len(runs), one)
	}
	out := bufio.NewWriter(cmd.OutOrStdout())
	for i, r := range runs {
		if i > 0 {
			fmt.Fprintln(out)
		}
		if err := f.show(out, r, rn); err != nil {
			return err
		}
	}
	return out.Flush()
}

func (f *traceFlags) check() error {
	switch {
	case f.output != "text" && f.output != "events" && f.output != "json":
		return fmt.Errorf("--output %q: write text, events or json", f.output)
	case f.width < minWidth || f.width > maxWidth:
		return fmt.Errorf("--width %d: write %d to %d", f.width, minWidth, maxWidth)
	case f.step < 0:
		return fmt.Errorf("--step %v: write a duration that is not negative", f.step)
	}
	return nil
}

// singleRun names an output that can show only one run, "" if the flags ask for none.
func (f *traceFlags) singleRun() string {
	switch {
	case f.html != "":
		return "an HTML page"
	case f.output == "json":
		return "a JSON trace"
	}
	return ""
}

// show makes a run and shows it.
func (f *traceFlags) show(out io.Writer, r report.Run, rn *runner) error {
	if f.html == "" && f.output == "json" {
		_, err := rn.run(r, sim.Options{Trace: out})
		return err
	}
	var rec timeline.Recorder
	o := sim.Options{Events: rec.Event}
	if f.html == "" {
		fmt.Fprintf(out, "%s  %s, seed %d\n", r.Test.Name, r.Release.Name, r.Seed)
		if f.output == "events" {
			o.Events = func(e *trace.Event) { fmt.Fprintln(out, e) }
		}
	}
	got, err := rn.run(r, o)
	if err != nil || f.html == "" && f.output == "events" {
		return err
	}
	t := rec.Timeline(r.File, r.Test, r.Release, got.res)
	if f.html == "" {
		return t.Text(out, f.width, f.step)
	}
	return writePage(f.html, t)
}

// writePage writes a timeline to a file as HTML.
func writePage(path string, t *timeline.Timeline) error {
	f, err := os.Create(path)
	if err == nil {
		err = t.HTML(f)
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
	}
	if err != nil {
		return internalErrorf("notifysim: --html: %w", err)
	}
	return nil
}
