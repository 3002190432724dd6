package main

import (
	"bufio"
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
		Example: `  notifysim trace --run 'peer hangs' --release v3.15 peer_hangs.yml
  notifysim trace --output json peer_hangs.yml | jq 'select(.event == "drop")'`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if output != "text" && output != "json" {
				return fmt.Errorf("--output %q: write text or json", output)
			}
			jobs, err := sel.jobs(args)
			if err != nil {
				return err
			}
			if output == "json" && len(jobs) > 1 {
				return codedError{exitUsage, fmt.Errorf("the file has %d runs, and a trace as JSON is of one: choose with --run, --release and --seeds", len(jobs))}
			}
			out := bufio.NewWriter(cmd.OutOrStdout())
			defer out.Flush()
			for i, j := range jobs {
				o := sim.Options{Trace: out}
				if output == "text" {
					if i > 0 {
						fmt.Fprintln(out)
					}
					fmt.Fprintf(out, "%s  %s, seed %d\n", j.test.Name, j.release.Name, j.seed)
					o = sim.Options{Events: func(e *sim.Event) { fmt.Fprintln(out, e) }}
				}
				if _, err := sim.Run(j.file, j.test, j.release, j.seed, o); err != nil {
					return codedError{exitHarness, err}
				}
			}
			return nil
		},
	}
	sel.flags(cmd)
	cmd.Flags().StringVar(&output, "output", "text", "text for people, or json: one event a line")
	return cmd
}
