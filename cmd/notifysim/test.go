package main

import (
	"fmt"
	"io"
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

// example is the scenario that notifysim test shows in full if the command line chooses no runs.
var example = report.Example{
	File:  "peer_hangs.yml",
	About: "One of two Alertmanagers accepts connections and never answers. What becomes of 20,000 alerts?",
}

// testOutputs are the allowed values of --output.
var testOutputs = []string{"text", "markdown", "json"}

func testCommand(rn *runner) *cobra.Command {
	var f testFlags
	f.folders = true
	cmd := &cobra.Command{
		Use:   "test [FILES]",
		Short: "Run scenario files, or without files the library, and check their expectations",
		Long: `Run every test of the scenario files, once for each release and seed, and check its expectations.
A folder stands for all scenario files in it and its subfolders: .yml and .yaml files with tests: and with config: or
config_file:. Folders named testdata and hidden folders are left out. The file - is the standard input. Without files
the command runs the library, which is part of the program.

For a single file, and with --verbose, the report describes what happened in every test. For more than 20 files it has
one line for each file. Failures are always shown in full.

On a terminal the table is coloured. The environment variable NO_COLOR turns colours off, and FORCE_COLOR turns them on.
With GITHUB_ACTIONS=true, failures and errors in files are also written as annotations.`,
		Example: `  notifysim test
  notifysim test .
  notifysim test --release v2.5,v3.16 peer_hangs.yml
  notifysim test --output json peer_hangs.yml
  notifysim test --output markdown . >> "$GITHUB_STEP_SUMMARY"
  notifysim test --notifier ../prometheus peer_hangs.yml`,
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args, rn) },
	}
	f.selection.flags(cmd)
	f.export.flags(cmd)
	completeSelection(cmd, math.MaxInt)
	f.live.flags(cmd)
	cmd.Flags().StringVar(&f.notifier, "notifier", "",
		"run the notifier of the checkout of Prometheus in this folder, with the expectations for --release or for the "+
			"release in its file VERSION")
	cmd.Flags().StringVar(&f.output, "output", "text",
		"text or markdown for people, or json: one record for each run, one on each line")
	cmd.RegisterFlagCompletionFunc("output", completeWords(testOutputs...))
	cmd.Flags().StringVar(&f.junit, "junit", "",
		"also write the results to this file as JUnit XML, with a suite for each file and a test case for each run; "+
			"- is the standard output")
	cmd.Flags().BoolVarP(&f.verbose, "verbose", "v", false,
		"describe what happened in every test, not only in tests that fail")
	return cmd
}

func (f *testFlags) run(cmd *cobra.Command, args []string, rn *runner) error {
	if err := checkOutput(f.output, testOutputs...); err != nil {
		return err
	}
	to := outputs{cmd: cmd}
	xml, err := to.open("--junit", f.junit)
	if err != nil {
		return err
	}
	if err := f.export.open(&to); err != nil {
		return err
	}
	runs, err := f.runs(cmd, args, rn.children)
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
	rep := f.reporter(to.report(), len(args) == 0 && !f.selects(cmd))
	if xml != nil {
		rep = report.NewJUnit(xml.write, rep)
	}
	return f.runAndReport(cmd, rn, runs, live, rep)
}

// reporter returns the reporter for the flags. firstLook means that the command line has no files and no flags that
// choose runs; then the text report begins with an example.
func (f *testFlags) reporter(out io.Writer, firstLook bool) report.Reporter {
	switch {
	case f.output == "json":
		return report.NewJSON(out)
	case f.output == "markdown":
		return report.NewMarkdown(out, f.verbose)
	case firstLook && !f.verbose:
		return report.NewOverview(out, example)
	}
	return report.NewText(out, f.verbose)
}

// runAndReport makes the runs and reports them.
func (f *testFlags) runAndReport(
	cmd *cobra.Command, rn *runner, runs []report.Run, live sim.LiveOptions, rep report.Reporter,
) error {
	errs := cmd.ErrOrStderr()
	progress := report.NewProgress(errs, len(runs), false)
	rn.progress = progress
	start := time.Now()
	failed, crossed := false, false
	o := sim.Options{Monitor: f.export.wanted(), Hash: f.output == "json", Live: live}
	err := rn.runAll(runs, o, func(r report.Run, out outcome) error {
		progress.Step()
		report.CheckoutDiffers(errs, r, out.difference)
		report.AnnotateFailures(errs, out.res)
		if report.CrossedOnly(out.res) {
			crossed = true
		} else if !out.res.Pass {
			failed = true
		}
		if err := f.export.write(r.Release, out.res); err != nil {
			return err
		}
		return rep.Result(r, out.res, out.took)
	})
	progress.Clear()
	if err != nil {
		return err
	}
	if line := f.skippedLine(); line != "" {
		fmt.Fprintln(errs, line)
	}
	if err := rep.Close(time.Since(start)); err != nil {
		return err
	}
	switch {
	case failed:
		return errFailed
	case crossed:
		return errCrossed
	}
	return nil
}
