package main

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim"
)

// fuzzFlags are the flags of notifysim fuzz.
type fuzzFlags struct {
	search
	releases []string
	engine   string
}

func fuzzCommand(children *sim.Children) *cobra.Command {
	f := fuzzFlags{search: search{children: children}}
	cmd := &cobra.Command{
		Use:   "fuzz",
		Short: "Search for failures with random scenarios",
		Long: `Run random scenarios on the model and on an engine, and report violated invariants, differences between the
engines, panics, deadlocks and leaked goroutines. Each scenario begins with a minute of faults, of kinds and intensities
that its seed draws. Then all faults end, and every queue must become empty within a time that follows from the
configuration.

The first finding of a kind is shrunk to the smallest scenario that still shows it, and with --save written to a file;
the others are counted. A failure that the library declares with fails_on is known, and is not a new finding.

Exit codes: 0 nothing new, 1 new findings, 2 usage, 3 an internal error.`,
		Example: `  notifysim fuzz --time 10m --save found
  notifysim fuzz --engine manager --runs 1000 --seed 7
  notifysim fuzz --release v2.53.3,v3.9`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	flags := cmd.Flags()
	flags.DurationVar(&f.time, "time", time.Minute, "how long to search")
	flags.IntVar(&f.runs, "runs", 0,
		"how many scenarios to run, instead of --time; the same seed and number give the same findings")
	flags.Uint64Var(&f.seed, "seed", 1, "the seed of the first scenario; each scenario has the next seed")
	flags.StringSliceVar(&f.releases, "release", nil,
		"Prometheus releases, in turn, such as v3.9,v3.15 (default the newest)")
	flags.StringVar(&f.engine, "engine", string(sim.EnginePrometheus),
		"the engine to compare with the model: prometheus (the real notifier) or manager; with model, only the model runs")
	flags.BoolVar(&f.first, "first", false, "stop at the first new finding, and do not shrink it")
	flags.StringVar(&f.save, "save", "", "write each new finding to a scenario file in this folder")
	return cmd
}

func (f *fuzzFlags) run(cmd *cobra.Command) error {
	s := &f.search
	var err error
	if s.releases, err = parseReleases(f.releases); err != nil {
		return err
	}
	if len(s.releases) == 0 {
		s.releases = []*core.Release{core.Newest()}
	}
	if s.engine, err = parseEngine(f.engine, s.releases); err != nil {
		return err
	}
	if s.time <= 0 && s.runs == 0 || s.runs < 0 || s.runs > maxRuns {
		return usageErrorf("nothing to do: write --time such as 60s, or --runs from 1 to %d", maxRuns)
	}
	if s.runs > 0 && !cmd.Flags().Changed("time") {
		s.time = 0
	}
	if s.save != "" {
		if err := os.MkdirAll(s.save, 0o777); err != nil {
			return usageErrorf("--save: %w", err)
		}
	}
	if s.known, err = knownViolations(); err != nil {
		return codedError{exitInternal, err}
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return s.report(ctx, cmd.OutOrStdout(), cmd.ErrOrStderr())
}
