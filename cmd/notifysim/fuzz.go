package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/cmd/notifysim/internal/report"
	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/fuzz"
)

// fuzzFlags are the flags of notifysim fuzz.
type fuzzFlags struct {
	search   fuzz.Search
	releases []string
	engine   string
	save     string // the folder for new findings, "" for none
}

func fuzzCommand(children *sim.Children) *cobra.Command {
	f := fuzzFlags{search: fuzz.Search{Children: children}}
	cmd := &cobra.Command{
		Use:   "fuzz",
		Short: "Search for failures with random scenarios",
		Long: `Run random scenarios on the model and on another engine, and report violated invariants, differences between
the engines, panics, deadlocks and leaked goroutines. Each scenario begins with a minute of random faults. Then all
faults end, and every queue must become empty within a time that follows from the configuration.

The first finding of each kind is shrunk to a small scenario that still shows it; --save writes that scenario to a file.
Further findings of the kind are only counted. A failure that the library declares with fails_on is known, and does not
count as a new finding.

The exit code is 1 if all new findings are violated invariants, and 3 if there is any other new finding. notifysim test
exits with the same code on the files of the findings. If no scenario was run in the time given, the exit code is 2.
Ctrl-C ends the search with a report and exit code 130.`,
		Example: `  notifysim fuzz --time 10m --save found
  notifysim fuzz --engine manager --runs 1000 --seed 7
  notifysim fuzz --release v2.53.3,v3.9`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if f.search.Known, err = fuzz.KnownViolations(); err != nil {
				return internalErrorf("notifysim: internal error: %w", err)
			}
			return f.run(cmd)
		},
	}
	flags := cmd.Flags()
	flags.DurationVar(&f.search.Time, "time", time.Minute, "how long to search")
	flags.IntVar(&f.search.Runs, "runs", 0,
		"run this number of scenarios instead of using --time; the same seed and number give the same findings")
	flags.Uint64Var(&f.search.Seed, "seed", 1, "the seed of the first scenario; each further scenario has the next seed")
	flags.StringSliceVar(&f.releases, "release", nil,
		"simulate these Prometheus releases in turn, such as v3.9,v3.16 (default: that of notifysim version)")
	cmd.RegisterFlagCompletionFunc("release", completeReleases)
	flags.StringVar(&f.engine, "engine", string(sim.EnginePrometheus),
		"the engine to compare with the model: prometheus (the real notifier) or manager; model runs only the model")
	cmd.RegisterFlagCompletionFunc("engine", completeWords(
		string(sim.EnginePrometheus), string(sim.EngineManager), string(sim.EngineModel)))
	flags.BoolVar(&f.search.First, "first", false, "stop at the first new finding, and do not shrink it")
	flags.StringVar(&f.save, "save", "", "write each new finding to a scenario file in this folder")
	return cmd
}

func (f *fuzzFlags) run(cmd *cobra.Command) error {
	s := &f.search
	if err := f.parse(cmd.Flags().Changed("time")); err != nil {
		return err
	}
	ctx, stop := interruptible(cmd)
	defer stop()
	out, errs := cmd.OutOrStdout(), cmd.ErrOrStderr()
	line := report.NewStatusLine(errs)
	s.Progress = func(r *fuzz.Report) { line.Update(func() string { return report.FuzzLine(r) }) }
	files := map[*fuzz.KindFound]string{}
	var cannotWrite error
	s.New = func(k *fuzz.KindFound) {
		if f.save == "" {
			return
		}
		path := filepath.Join(f.save, findingName(&k.Finding)+".yml")
		if err := os.WriteFile(path, findingText(&k.Finding, s.Engine, path), 0o666); err != nil {
			cannotWrite = err
			return
		}
		files[k] = path
	}
	found := s.Run(ctx)
	line.Clear()
	for _, k := range found.Kinds {
		report.WriteFinding(out, k, files[k])
	}
	fmt.Fprintf(out, "%s\n", report.FuzzLine(found))
	switch {
	case cannotWrite != nil:
		return internalErrorf("notifysim: --save: %w", cannotWrite)
	case ctx.Err() != nil:
		return interruptedErrorf("notifysim fuzz: interrupted")
	case found.Runs == 0:
		return usageErrorf("notifysim fuzz: no scenario was run in the time given; write a longer --time")
	}
	return foundError(found)
}

// parse checks the flags and sets the releases and the engine of the search. timed reports whether --time was given.
func (f *fuzzFlags) parse(timed bool) error {
	s := &f.search
	var err error
	if s.Releases, err = parseReleases(f.releases); err != nil {
		return err
	}
	if len(s.Releases) == 0 {
		s.Releases = []*core.Release{core.Newest()}
	}
	if s.Engine, err = parseEngine(f.engine, s.Releases); err != nil {
		return err
	}
	if s.Engine == sim.EngineLive {
		return usageErrorf("--engine live runs in real time; write prometheus, manager or model")
	}
	if s.Time <= 0 && s.Runs == 0 || s.Runs < 0 || s.Runs > maxRuns {
		return usageErrorf("nothing to do: write --time such as 60s, or --runs from 1 to %d", maxRuns)
	}
	if s.Runs > 0 && !timed {
		s.Time = 0
	}
	if f.save != "" {
		if err := os.MkdirAll(f.save, 0o777); err != nil {
			return usageErrorf("--save: %w", err)
		}
	}
	return nil
}

// foundError returns nil if a search has no new findings. Otherwise it returns an error with the exit code of notifysim
// test on the files of the findings.
func foundError(r *fuzz.Report) error {
	var err error
	for _, k := range r.Kinds {
		switch {
		case k.Known != "":
		case k.Kind != fuzz.FoundInvariant:
			return internalErrorf("notifysim fuzz: the engines differ, or one of them failed")
		default:
			err = errFailed
		}
	}
	return err
}

// findingName returns the name of the scenario file for a finding, without the extension.
func findingName(f *fuzz.Finding) string {
	words := regexp.MustCompile(`[a-z0-9]+`).FindAllString(strings.ToLower(string(f.Kind)+" "+f.Detail), 8)
	return strings.Join(append(words, strings.ReplaceAll(f.Release, ".", "_")), "_")
}

// findingText returns the text of the scenario file for a finding: a comment that says how it was found, then the
// scenario. A violation that the release does not promise to avoid is declared with fails_on.
func findingText(f *fuzz.Finding, e sim.Engine, path string) []byte {
	d := *f.Draft
	d.Name = strings.ReplaceAll(findingName(f), "_", " ")
	replay := "notifysim test " + text.ShellQuote(path)
	if f.Kind != fuzz.FoundInvariant {
		replay = fmt.Sprintf("notifysim test --engine %s %s", e, text.ShellQuote(path))
	} else if f.Excuse != "" {
		d.Breaks = map[string]string{f.Detail: f.Excuse}
	}
	d.Comment = fmt.Sprintf("Found by notifysim fuzz --engine %s --release %s --seed %d: %s %s.\n%s\nReplay: %s",
		e, f.Release, f.Seed, f.Kind, f.Detail, f.Message, replay)
	return d.Text()
}
