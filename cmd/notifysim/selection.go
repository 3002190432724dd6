package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/cmd/notifysim/internal/report"
	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// maxRuns is the largest number of runs of one command.
const maxRuns = 1_000_000

// A selection has the flags that say which runs of the scenario files to make.
type selection struct {
	pattern  string // a regular expression for the names of tests
	releases []string
	seeds    string
	engine   string
	settings []string // values of --flag, such as alertmanager.notification-queue-capacity=5000
	strict   bool
	notifier string // the folder of a checkout of Prometheus, "" for none
	folders  bool   // a path may be a folder with scenario files

	// skipped counts, by release, the runs that the files ask for but the engine cannot make.
	skipped map[string]int
}

func (s *selection) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&s.pattern, "run", "", "run only the tests whose names match this regular expression")
	flags.StringSliceVar(&s.releases, "release", nil,
		"simulate these Prometheus releases instead of those of the files, such as v2.5,v3.16")
	flags.StringVar(&s.engine, "engine", string(sim.EngineModel),
		"what runs the notifier: model; manager or prometheus (the real notifier), whose runs are compared with the "+
			"model; or live (HTTP, real time)")
	flags.BoolVar(&s.strict, "strict", false, "treat notes about a file as errors")
	flags.StringArrayVar(&s.settings, "flag", nil,
		"set a flag of prometheus, such as alertmanager.notification-queue-capacity=5000, instead of the value in the "+
			"files; may be repeated")
	flags.StringVar(&s.seeds, "seeds", "", "use these seeds instead of those of the tests, such as 1-20")
}

// selects reports whether the command line has a flag that chooses runs or changes them.
func (s *selection) selects(cmd *cobra.Command) bool {
	return slices.ContainsFunc([]string{"run", "release", "engine", "flag", "seeds", "notifier"}, cmd.Flags().Changed)
}

// A filter has the parsed values of a selection's flags.
type filter struct {
	pattern  *regexp.Regexp
	releases []*core.Release  // nil means the releases of each file
	seeds    *scenarios.Seeds // nil means the seeds of each test
	engine   sim.Engine
}

func (s *selection) parse() (*filter, error) {
	var f filter
	var err error
	if f.pattern, err = regexp.Compile(s.pattern); err != nil {
		return nil, usageErrorf("--run %q: %w", s.pattern, err)
	}
	if f.releases, err = parseReleases(s.releases); err != nil {
		return nil, err
	}
	for _, rel := range f.releases {
		if newest, known := rel.NewestPatch(); s.strict && !known {
			return nil, usageErrorf("--release: the newest known release of its line is %s, so there may be no %s; write %[1]s",
				newest, rel.Name)
		}
	}
	if s.seeds != "" {
		seeds, err := scenarios.ParseSeeds(s.seeds)
		if err != nil {
			return nil, usageErrorf("--seeds: %w", err)
		}
		f.seeds = &seeds
	}
	if s.notifier != "" {
		f.engine = sim.EnginePrometheus
		f.releases, err = checkoutReleases(s.notifier, s.engine, f.releases)
		return &f, err
	}
	f.engine, err = parseEngine(s.engine, f.releases)
	return &f, err
}

// parseReleases parses the values of --release. It returns nil if there are none.
func parseReleases(names []string) ([]*core.Release, error) {
	var releases []*core.Release
	for _, name := range names {
		rel, err := core.ParseRelease(name)
		if err != nil {
			return nil, usageErrorf("--release: %w", err)
		}
		if !slices.ContainsFunc(releases, func(r *core.Release) bool { return r.Name == rel.Name }) {
			releases = append(releases, rel)
		}
	}
	return releases, nil
}

// parseEngine parses the value of --engine. It returns an error if the engine cannot run one of the releases.
func parseEngine(name string, releases []*core.Release) (sim.Engine, error) {
	engine, err := sim.ParseEngine(name)
	if err != nil {
		return "", usageErrorf("--engine: %w", err)
	}
	for _, rel := range releases {
		if err := engine.Runs(rel); err != nil {
			return "", usageErrorf("--release %s: %w", rel.Name, err)
		}
	}
	return engine, nil
}

// runs reads the files, or the library if there are no paths, and returns the selected runs in the order of files,
// tests, releases and seeds. It returns an error if any file has one, so nothing runs in that case.
func (s *selection) runs(cmd *cobra.Command, paths []string, children *sim.Children) ([]report.Run, error) {
	filter, err := s.parse()
	if err != nil {
		return nil, err
	}
	files, err := load(cmd, paths, s.folders, s.strict)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		for _, setting := range s.settings {
			if err := f.Flags.Set(setting); err != nil {
				return nil, usageErrorf("--flag: %w", err)
			}
		}
	}
	s.skipped = map[string]int{}
	var runs []report.Run
	for _, f := range files {
		for _, t := range f.Tests {
			if !filter.pattern.MatchString(t.Name) {
				continue
			}
			if runs, err = s.appendRuns(runs, f, t, filter); err != nil {
				return nil, err
			}
		}
	}
	if len(runs) == 0 {
		return nil, s.noRuns(files, filter.pattern)
	}
	return runs, compileCheckout(children, s.notifier)
}

// appendRuns appends the runs of a test for each release and seed that the filter selects.
func (s *selection) appendRuns(
	runs []report.Run, f *scenarios.File, t *scenarios.Test, filter *filter,
) ([]report.Run, error) {
	releases, seeds := filter.releases, filter.seeds
	if releases == nil {
		releases = f.Releases
	}
	if seeds == nil {
		seeds = &t.Seeds
	}
	for _, rel := range releases {
		if !t.For(rel) {
			continue
		}
		if err := f.CheckRelease(t, rel); err != nil {
			return nil, usageErrorf("%s", err)
		}
		if s.notifier == "" && filter.engine.Runs(rel) != nil {
			s.skipped[rel.Name]++
			continue
		}
		if n := uint64(len(runs)) + seeds.To - seeds.From + 1; n > maxRuns {
			return nil, usageErrorf("these are more runs than the limit of %d; choose fewer with --run, --release or --seeds",
				maxRuns)
		}
		for seed := seeds.From; ; seed++ {
			runs = append(runs, report.Run{
				File: f, Test: t, Release: rel, Seed: seed, Engine: filter.engine, Notifier: s.notifier, Settings: s.settings,
			})
			if seed == seeds.To {
				break
			}
		}
	}
	return runs, nil
}

// noRuns returns an error that says why no run is selected.
func (s *selection) noRuns(files []*scenarios.File, pattern *regexp.Regexp) error {
	const most = 8
	var names, only []string
	for _, f := range files {
		for _, t := range f.Tests {
			names = append(names, fmt.Sprintf("%q", t.Name))
			if pattern.MatchString(t.Name) {
				only = append(only, fmt.Sprintf("%q is for %s", t.Name, strings.Join(t.Only, ", ")))
			}
		}
	}
	if len(only) > 0 {
		return usageErrorf("--release %s: no test applies to it; %s", strings.Join(s.releases, ","), text.List(only, most))
	}
	return usageErrorf("--run %q matches no test; the tests are %s", s.pattern, text.List(names, most))
}

// skippedLine describes the runs that the engine cannot make. It returns "" if there are none.
func (s *selection) skippedLine() string {
	if len(s.skipped) == 0 {
		return ""
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(s.skipped)) {
		parts = append(parts, fmt.Sprintf("%d of %s", s.skipped[name], name))
	}
	return fmt.Sprintf("skipped runs of releases that engine %s does not run: %s", s.engine, strings.Join(parts, ", "))
}
