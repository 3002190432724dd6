package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/fuzz"
)

func fuzzCommand() *cobra.Command {
	var s search
	var releases []string
	var engine string
	cmd := &cobra.Command{
		Use:   "fuzz",
		Short: "Search for what goes wrong, in random scenarios",
		Long: `Run random scenarios on the model and on an engine, and tell what goes wrong: an invariant that does not hold, engines
that differ, a panic, a hang, a goroutine left behind. Each scenario first has a minute of trouble, of kinds and strengths that its
seed draws; then all faults end, and every queue must empty within a time that its configuration gives.

Of findings of one kind the first is shrunk to the smallest scenario that still shows it, written to a file with --save, and
the others are counted. What the library shows already, with fails_on, is known and no finding.

Exit codes: 0 nothing new, 1 findings, 2 usage, 3 a fault of notifysim itself.`,
		Example: `  notifysim fuzz --time 10m --save found
  notifysim fuzz --engine manager --runs 1000 --seed 7
  notifysim fuzz --release v2.53.3,v3.9`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			sel := selection{releases: releases}
			var err error
			if s.releases, err = sel.parseReleases(); err != nil {
				return codedError{exitUsage, fmt.Errorf("--release: %w", err)}
			}
			if len(s.releases) == 0 {
				s.releases = []*core.Release{core.Newest()}
			}
			if s.engine, err = sim.ParseEngine(engine); err != nil {
				return codedError{exitUsage, fmt.Errorf("--engine: %w", err)}
			}
			for _, rel := range s.releases {
				if err := s.engine.Runs(rel); err != nil {
					return codedError{exitUsage, fmt.Errorf("--release %s: %w", rel.Name, err)}
				}
			}
			if s.time <= 0 && s.runs == 0 || s.runs < 0 || s.runs > maxRuns {
				return codedError{exitUsage, fmt.Errorf("nothing to do: write --time such as 60s, or --runs from 1 to %d", maxRuns)}
			}
			if s.runs > 0 && !cmd.Flags().Changed("time") {
				s.time = 0
			}
			if s.save != "" {
				if err := os.MkdirAll(s.save, 0o777); err != nil {
					return codedError{exitUsage, fmt.Errorf("--save: %w", err)}
				}
			}
			if s.known, err = fuzzKnown(); err != nil {
				return codedError{exitHarness, err}
			}
			s.children.Progress = cmd.ErrOrStderr()
			defer s.children.Close()
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return s.report(ctx, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().DurationVar(&s.time, "time", time.Minute, "for how long to search")
	cmd.Flags().IntVar(&s.runs, "runs", 0, "how many scenarios to run, instead of --time: the same seed and number give the same findings")
	cmd.Flags().Uint64Var(&s.seed, "seed", 1, "the seed of the first scenario; the next one has the next seed")
	cmd.Flags().StringSliceVar(&releases, "release", nil, "Prometheus releases, in turn, such as v3.9,v3.15 (default the newest)")
	cmd.Flags().StringVar(&engine, "engine", string(sim.EnginePrometheus), "what is compared with the model: prometheus (the real notifier) or manager; model alone is quickest")
	cmd.Flags().BoolVar(&s.first, "first", false, "stop at the first new finding, and do not shrink it")
	cmd.Flags().StringVar(&s.save, "save", "", "write each new finding to a scenario file in this folder")
	return cmd
}

// A search is what fuzz is asked for.
type search struct {
	time     time.Duration
	runs     int
	seed     uint64
	releases []*core.Release
	engine   sim.Engine
	save     string
	first    bool
	known    []knownBreak
	children sim.Children
}

// A found is a finding and how often it was made.
type found struct {
	fuzz.Finding
	count int
	known string // where it is known from, "" if it is new
	file  string
}

// A tally is how far a search is.
type tally struct {
	runs, unobservable int
	alerts             int64
	began              time.Time
	findings           []*found
	fresh              int // of them, new
	firstAfter         time.Duration
	firstRun           int
}

// search runs scenarios on all processors and hands their outcomes to each in the order of their seeds, until the time is up, the runs
// are done, or ctx is.
func (s *search) search(ctx context.Context, each func(fuzz.Result)) {
	if s.time > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.time)
		defer cancel()
	}
	workers := runtime.GOMAXPROCS(0)
	type task struct {
		seed    uint64
		release *core.Release
		out     chan fuzz.Result
	}
	work, order := make(chan task), make(chan task, 4*workers)
	for range workers {
		go func() {
			for t := range work {
				t.out <- fuzz.Run(s.engine, &s.children, t.release, t.seed)
			}
		}()
	}
	go func() {
		defer close(order)
		defer close(work)
		for i := 0; s.runs == 0 || i < s.runs; i++ {
			t := task{s.seed + uint64(i), s.releases[i%len(s.releases)], make(chan fuzz.Result, 1)}
			select {
			case <-ctx.Done():
				return
			case order <- t:
				work <- t
			}
		}
	}()
	for t := range order {
		each(<-t.out)
	}
}
