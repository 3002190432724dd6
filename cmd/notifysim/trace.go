package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/internal/timeline"
	"github.com/notifysim/notifysim/sim"
)

// A traceView is how a trace is shown.
type traceView struct {
	output, html string
	width        int
	step         time.Duration
}

// The columns that a timeline may have.
const leastWidth, mostWidth = 60, 1000

func traceCommand() *cobra.Command {
	var sel selection
	var view traceView
	cmd := &cobra.Command{
		Use:   "trace FILE",
		Short: "Show what happens in a scenario's runs, on a time axis, event by event, or as a page of HTML",
		Long: `Show what happens in a scenario's runs. Times are virtual, from the start of the run. Expectations are not
judged: the exit code is 0 whether they hold or not.

The timeline has a column for the sender and each Alertmanager, after the queue that old releases have for all of them.
+5 enter the queue, −5 are dropped, "post 5" is a request; a thick line is a fault.

--output events shows every event, each with what caused it: "<- #6" says that event 6 led to this one. --output json
is the same for programs, an object a line. --html writes a page with queue lengths, requests in flight, drops,
delays and faults, and each alert's story; it stands alone, and no request leaves it.`,
		Example: `  notifysim trace --run 'peer hangs' --release v3.15 peer_hangs.yml
  notifysim trace --html run.html --release v3.15 peer_hangs.yml
  notifysim trace --output json peer_hangs.yml | jq 'select(.event == "drop")'`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("trace takes one file; write such as notifysim trace peer_hangs.yml")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := view.check(); err != nil {
				return err
			}
			jobs, err := sel.jobs(args)
			if err != nil {
				return err
			}
			if one := view.one(); one != "" && len(jobs) > 1 {
				return codedError{exitUsage, fmt.Errorf("the file has %d runs, and %s is of one; choose it with --run, --release and --seeds", len(jobs), one)}
			}
			out := bufio.NewWriter(cmd.OutOrStdout())
			for i, j := range jobs {
				if i > 0 {
					fmt.Fprintln(out)
				}
				if err := view.show(out, j); err != nil {
					return err
				}
			}
			return out.Flush()
		},
	}
	sel.flags(cmd)
	sel.complete(cmd, 1)
	cmd.Flags().StringVar(&view.output, "output", "text", "text is a timeline, events every event, and json one event a line")
	cmd.Flags().StringVar(&view.html, "html", "", "write the timeline to this file as a page of HTML")
	cmd.Flags().IntVar(&view.width, "width", 120, "the most characters of a timeline's line")
	cmd.Flags().DurationVar(&view.step, "step", 0, "what a row of the timeline is, such as 10s (default: what makes at most 40 rows)")
	cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"text", "events", "json"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (v *traceView) check() error {
	switch {
	case v.output != "text" && v.output != "events" && v.output != "json":
		return fmt.Errorf("--output %q: write text, events or json", v.output)
	case v.width < leastWidth || v.width > mostWidth:
		return fmt.Errorf("--width %d: write %d to %d", v.width, leastWidth, mostWidth)
	case v.step < 0:
		return fmt.Errorf("--step %v: write a duration that is not negative", v.step)
	}
	return nil
}

// one is what shows a single run, "" if it is none.
func (v *traceView) one() string {
	switch {
	case v.html != "":
		return "a page"
	case v.output == "json":
		return "a trace as JSON"
	}
	return ""
}

// show runs a job and shows it.
func (v *traceView) show(out io.Writer, j job) error {
	if v.html == "" && v.output == "json" {
		_, err := j.run(sim.Options{Trace: out})
		return err
	}
	var rec timeline.Recorder
	o := sim.Options{Events: rec.Event}
	if v.html == "" {
		fmt.Fprintf(out, "%s  %s, seed %d\n", j.test.Name, j.release.Name, j.seed)
		if v.output == "events" {
			o.Events = func(e *sim.Event) { fmt.Fprintln(out, e) }
		}
	}
	res, err := j.run(o)
	switch {
	case err != nil || v.html == "" && v.output == "events":
		return err
	case v.html == "":
		return rec.Timeline(j.file, j.test, j.release, res).Text(out, v.width, v.step)
	}
	return writePage(v.html, rec.Timeline(j.file, j.test, j.release, res))
}

// writePage writes a timeline as HTML.
func writePage(path string, t *timeline.Timeline) error {
	f, err := os.Create(path)
	if err == nil {
		if err = t.HTML(f); err == nil {
			err = f.Close()
		} else {
			f.Close()
		}
	}
	if err != nil {
		return codedError{exitHarness, fmt.Errorf("notifysim: --html: %w", err)}
	}
	return nil
}
