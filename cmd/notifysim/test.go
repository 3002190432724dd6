package main

import (
	"fmt"
	"math"
	"time"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/cmd/notifysim/internal/report"
	"github.com/notifysim/notifysim/sim"
)

// testFlags are the flags of notifysim test.
type testFlags struct {
	selection
	live          liveFlags
	export        seriesFlags
	output, junit string
	verbose       bool
}

func testCommand(rn *runner) *cobra.Command {
	var f testFlags
	cmd := &cobra.Command{
		Use:   "test [FILES]",
		Short: "Run scenario files and check their expectations (without files: the library)",
		Long: `Run every test of the scenario files, once for each release and seed, and check its expectations.
Without files it runs the library that is part of notifysim.

Exit codes: 0 all expectations hold, 1 an expectation failed, 2 a bad file or usage, 3 an internal error,
99 thresholds were crossed and nothing else failed.
The table is coloured on a terminal, unless NO_COLOR is set. With GITHUB_ACTIONS=true, failures and
errors in files are also written as annotations.`,
		Example: `  notifysim test
  notifysim test --release v2.5,v3.15 peer_hangs.yml
  notifysim test --output json peer_hangs.yml
  notifysim test --notifier ../prometheus peer_hangs.yml`,
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args, rn) },
	}
	f.selection.flags(cmd)
	f.export.flags(cmd)
	completeSelection(cmd, math.MaxInt)
	f.live.flags(cmd)
	cmd.Flags().StringVar(&f.notifier, "notifier", "",
		"run the notifier of the checkout of Prometheus in this folder, by the rules of --release or of its file VERSION")
	cmd.Flags().StringVar(&f.output, "output", "text", "text for people, or json: one record for each run, a line each")
	cmd.Flags().StringVar(&f.junit, "junit", "",
		"also write the outcome to this file as JUnit XML, with a suite for each file and a test case for each run")
	cmd.Flags().BoolVarP(&f.verbose, "verbose", "v", false,
		"describe what happened in every test, as for a single file and for tests that fail")
	return cmd
}

func (f *testFlags) run(cmd *cobra.Command, args []string, rn *runner) error {
	if err := checkOutput(f.output); err != nil {
		return err
	}
	runs, err := f.runs(args, rn.children)
	if err != nil {
		return err
	}
	live, stop, err := f.live.options(cmd, runs)
	if err != nil {
		return err
	}
	defer stop()
	if err := f.export.check(runs); err != nil {
		return err
	}
	out, errs := cmd.OutOrStdout(), cmd.ErrOrStderr()
	rep := report.NewText(out, report.TextOptions{
		Details: len(args) > 0 || f.verbose, Summaries: len(args) == 1 || f.verbose,
	})
	if f.output == "json" {
		rep = report.NewJSON(out)
	}
	if f.junit != "" {
		rep = report.NewJUnit(f.junit, rep)
	}
	progress := report.NewProgress(errs, len(runs), false)
	start := time.Now()
	failed, crossed := false, false
	o := sim.Options{Monitor: f.export.wanted(), Hash: f.output == "json", Live: live}
	err = rn.runAll(runs, o, func(r report.Run, out outcome) error {
		progress.Step()
		report.CheckoutDiffers(errs, r, out.difference)
		report.AnnotateFailures(errs, out.res)
		if report.CrossedOnly(out.res) {
			crossed = true
		} else if !out.res.Pass {
			failed = true
		}
		if err := f.export.write(out.res); err != nil {
			return err
		}
		return rep.Result(r, out.res)
	})
	progress.Clear()
	if err != nil {
		return err
	}
	if line := f.skippedLine(); line != "" {
		fmt.Fprintln(errs, line)
	}
	if err := rep.Close(time.Since(start)); err != nil {
		return internalErrorf("notifysim: %w", err)
	}
	switch {
	case failed:
		return errFailed
	case crossed:
		return errCrossed
	}
	return nil
}

// checkOutput checks the flag --output of commands that write text or JSON.
func checkOutput(output string) error {
	if output != "text" && output != "json" {
		return fmt.Errorf("--output %q: write text or json", output)
	}
	return nil
}
