package main

import (
	"bufio"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/sim"
)

func traceCommand() *cobra.Command {
	var sel selection
	var output string
	cmd := &cobra.Command{
		Use:   "trace FILE",
		Short: "Show every event of a scenario's runs, in order, each with what caused it",
		Long: `Show every event of a scenario's runs, in order. Times are virtual, from the start of the run; "<- #6" says
that event 6 led to this one. Expectations are not judged: the exit code is 0 whether they hold or not.`,
		Example: `  notifysim trace --run 'peer hangs' --release v3.15 peer_hangs.yml
  notifysim trace --output json peer_hangs.yml | jq 'select(.event == "drop")'`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("trace takes one file; write such as notifysim trace peer_hangs.yml")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkOutput(output); err != nil {
				return err
			}
			jobs, err := sel.jobs(args)
			if err != nil {
				return err
			}
			if output == "json" && len(jobs) > 1 {
				return codedError{exitUsage, fmt.Errorf("the file has %d runs, and a trace as JSON is of one; choose it with --run, --release and --seeds", len(jobs))}
			}
			live, stop, err := sel.live.options(cmd, jobs)
			if err != nil {
				return err
			}
			defer stop()
			out := bufio.NewWriter(cmd.OutOrStdout())
			for i, j := range jobs {
				o := sim.Options{Trace: out, Live: live}
				if output == "text" {
					if i > 0 {
						fmt.Fprintln(out)
					}
					fmt.Fprintf(out, "%s  %s, seed %d\n", j.test.Name, j.release.Name, j.seed)
					o = sim.Options{Live: live, Events: func(e *sim.Event) { fmt.Fprintln(out, e) }}
				}
				if _, err := j.run(o); err != nil {
					return err
				}
			}
			return out.Flush()
		},
	}
	sel.flags(cmd)
	sel.complete(cmd, 1)
	sel.live.flags(cmd)
	cmd.Flags().StringVar(&output, "output", "text", "text for people, or json: one event a line")
	return cmd
}
