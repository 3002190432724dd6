package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/sim"
)

func testCommand() *cobra.Command {
	var sel selection
	var output string
	cmd := &cobra.Command{
		Use:   "test [FILES]",
		Short: "Run scenario files and judge what they expect (without files: the library)",
		Long: `Run every test of the scenario files, once for each release and seed, and judge what they expect.
Without files it runs the library that comes with notifysim.

Exit codes: 0 all held, 1 an expectation failed, 2 a bad file or usage, 3 a fault of notifysim itself.`,
		Example: `  notifysim test
  notifysim test --release v2.5,v3.15 peer_hangs.yml
  notifysim test --output json peer_hangs.yml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			var rep reporter
			out := cmd.OutOrStdout()
			switch output {
			case "text":
				rep = newTextReporter(out, len(args) > 0)
			case "json":
				rep = newJSONReporter(out)
			default:
				return fmt.Errorf("--output %q: write text or json", output)
			}
			jobs, err := sel.jobs(args)
			if err != nil {
				return err
			}
			start := time.Now()
			passed := true
			err = runAll(jobs, sim.Options{Hash: output == "json"}, func(j job, res *sim.Result) error {
				passed = passed && res.Pass
				return rep.result(j, res)
			})
			if err != nil {
				return err
			}
			if err := rep.close(time.Since(start)); err != nil {
				return err
			}
			if !passed {
				return errFailed
			}
			return nil
		},
	}
	sel.flags(cmd)
	cmd.Flags().StringVar(&output, "output", "text", "text for people, or json: one record a run, a line each")
	return cmd
}
