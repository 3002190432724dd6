package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/compare"
)

// maxRuns bounds what one command may ask for.
const maxRuns = 1_000_000

// A selection is which runs of which files the user asks for.
type selection struct {
	run      string
	releases []string
	seeds    string
	engine   string
	settings []string // flags of prometheus
	strict   bool
	live     liveSelection
	notifier string // the folder of a checkout

	// children run the notifiers of other releases, for all jobs.
	children sim.Children
	// leftOut are runs of the files' own releases that the engine cannot run.
	leftOut map[string]int
}

func (s *selection) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.run, "run", "", "only the tests whose names match this regular expression")
	cmd.Flags().StringSliceVar(&s.releases, "release", nil, "these Prometheus releases instead of the files' own, such as v2.5,v3.15")
	cmd.Flags().StringVar(&s.engine, "engine", string(sim.EngineModel),
		"what runs the scenarios: model, manager or prometheus (the real notifier), both compared with the model, or live (over HTTP, on the wall clock)")
	cmd.Flags().BoolVar(&s.strict, "strict", false, "notes about a file, what may surprise in it, are errors")
	cmd.Flags().StringArrayVar(&s.settings, "flag", nil,
		"a flag of prometheus instead of the files' own, such as alertmanager.notification-queue-capacity=5000; may be repeated")
	cmd.Flags().StringVar(&s.seeds, "seeds", "", "these seeds instead of the tests' own, such as 1-20")
}

// A job is one run that is asked for.
type job struct {
	file    *scenarios.File
	test    *scenarios.Test
	release *core.Release
	seed    uint64
	engine  sim.Engine
	fork    *checkout // nil: none
	// children run the notifiers of other releases, for all jobs.
	children *sim.Children
}

// simulate is sim.Run; a test of exit code 3 puts something broken here.
var simulate = sim.Run

// run runs the job. Whatever goes wrong is a fault of the harness, a panic too.
func (j job) run(o sim.Options) (res *sim.Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = codedError{exitHarness, fmt.Errorf("notifysim: a fault of its own in %s, %q, release %s, seed %d: %v\n%s",
				j.file.Path, j.test.Name, j.release.Name, j.seed, p, debug.Stack())}
		}
	}()
	switch j.engine {
	case sim.EngineLive:
		o.Engine = j.engine
		if res, err = simulate(j.file, j.test, j.release, j.seed, o); err != nil {
			err = liveError(err)
		}
		return res, err
	case sim.EngineManager, sim.EnginePrometheus:
		return j.compared(o)
	}
	if res, err = simulate(j.file, j.test, j.release, j.seed, o); err != nil {
		err = codedError{exitHarness, fmt.Errorf("notifysim: a fault of its own: %w", err)}
	}
	return res, err
}

// compared runs the job on its engine and on the model. That they differ is a fault, ours or a finding about the engine.
func (j job) compared(o sim.Options) (*sim.Result, error) {
	o.Children = j.children
	if j.fork != nil {
		o.Notifier = j.fork.dir
	}
	res, shown, err := compare.Observe(j.engine, j.file, j.test, j.release, j.seed, o)
	if err != nil {
		return nil, codedError{exitHarness, fmt.Errorf("notifysim: %w", err)}
	}
	_, model, err := compare.Observe(sim.EngineModel, j.file, j.test, j.release, j.seed, sim.Options{Orders: shown.Orders})
	if err != nil {
		return nil, codedError{exitHarness, fmt.Errorf("notifysim: a fault of its own: %w", err)}
	}
	d := compare.Differ(model, shown)
	if j.fork != nil {
		j.fork.differs = d
	} else if d != nil {
		return nil, codedError{exitHarness, fmt.Errorf("%s: %q at %s, seed %d: engines model and %s: %v",
			j.file.Path, j.test.Name, j.release.Name, j.seed, j.engine, d)}
	}
	return res, nil
}

// checks counts the expectations that are for the job's release; that an invariant breaks is one too.
func (j job) checks() int {
	n := 0
	for i := range j.test.Ledger {
		if j.test.Ledger[i].For(j.release) {
			n++
		}
	}
	for i := range j.test.Receipts {
		if j.test.Receipts[i].For(j.release) {
			n++
		}
	}
	for i := range j.test.PromQL {
		if j.test.PromQL[i].For(j.release) {
			n++
		}
	}
	for i := range j.test.AlertRules {
		if j.test.AlertRules[i].For(j.release) {
			n++
		}
	}
	for i := range j.test.Thresholds {
		if j.test.Thresholds[i].For(j.release) {
			n++
		}
	}
	for i := range j.test.Invariants {
		if j.test.Invariants[i].FailsOn.At(j.release) != nil {
			n++
		}
	}
	return n
}

// jobs reads the files, the library's if there are none, and returns the runs in the order of files, tests, releases and seeds.
// Nothing runs before all files are read and without error.
func (s *selection) jobs(paths []string) ([]job, error) {
	pattern, err := regexp.Compile(s.run)
	if err != nil {
		return nil, codedError{exitUsage, fmt.Errorf("--run %q: %w", s.run, err)}
	}
	releases, err := s.parseReleases()
	if err != nil {
		return nil, codedError{exitUsage, fmt.Errorf("--release: %w", err)}
	}
	var seeds *scenarios.Seeds
	if s.seeds != "" {
		given, err := scenarios.ParseSeeds(s.seeds)
		if err != nil {
			return nil, codedError{exitUsage, fmt.Errorf("--seeds: %w", err)}
		}
		seeds = &given
	}
	if s.notifier != "" {
		if releases, err = s.adopt(releases); err != nil {
			return nil, err
		}
	}
	engine, err := sim.ParseEngine(s.engine)
	if err != nil {
		return nil, codedError{exitUsage, fmt.Errorf("--engine: %w", err)}
	}
	for _, rel := range releases {
		if err := engine.Runs(rel); err != nil && s.notifier == "" {
			return nil, codedError{exitUsage, fmt.Errorf("--release %s: %w", rel.Name, err)}
		}
	}
	files, err := load(paths, s.strict)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		for _, setting := range s.settings {
			if err := f.Flags.Set(setting); err != nil {
				return nil, codedError{exitUsage, fmt.Errorf("--flag: %w", err)}
			}
		}
	}
	s.leftOut = map[string]int{}
	s.children.Progress = os.Stderr
	var jobs []job
	for _, f := range files {
		for _, t := range f.Tests {
			if !pattern.MatchString(t.Name) {
				continue
			}
			if jobs, err = s.appendRuns(jobs, f, t, releases, seeds, engine); err != nil {
				return nil, err
			}
		}
	}
	if len(jobs) == 0 {
		return nil, codedError{exitUsage, s.nothing(files, pattern)}
	}
	return jobs, compile(&s.children, s.notifier)
}

func (s *selection) parseReleases() ([]*core.Release, error) {
	var releases []*core.Release
	for _, name := range s.releases {
		rel, err := core.ParseRelease(name)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(releases, func(r *core.Release) bool { return r.Name == rel.Name }) {
			releases = append(releases, rel)
		}
	}
	return releases, nil
}

// appendRuns adds the runs of a test. Without releases or seeds they are the file's own.
func (s *selection) appendRuns(jobs []job, f *scenarios.File, t *scenarios.Test, releases []*core.Release,
	seeds *scenarios.Seeds, engine sim.Engine,
) ([]job, error) {
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
		if s.notifier == "" && engine.Runs(rel) != nil {
			s.leftOut[rel.Name]++
			continue
		}
		if n := uint64(len(jobs)) + seeds.To - seeds.From + 1; n > maxRuns {
			return nil, codedError{exitUsage, fmt.Errorf("these are more runs than the limit of %d; choose fewer with --run, --release or --seeds", maxRuns)}
		}
		for seed := seeds.From; ; seed++ {
			j := job{file: f, test: t, release: rel, seed: seed, engine: engine, children: &s.children}
			if s.notifier != "" {
				j.fork = &checkout{dir: s.notifier}
			}
			jobs = append(jobs, j)
			if seed == seeds.To {
				break
			}
		}
	}
	return jobs, nil
}

// nothing says why there is no run.
func (s *selection) nothing(files []*scenarios.File, pattern *regexp.Regexp) error {
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
		return fmt.Errorf("--release %s: no test is for it; %s", strings.Join(s.releases, ","), list(only, most))
	}
	return fmt.Errorf("--run %q matches no test; there are %s", s.run, list(names, most))
}

// list joins the first words of many.
func list(words []string, most int) string {
	if n := len(words) - most; n > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(words[:most], ", "), n)
	}
	return strings.Join(words, ", ")
}

// load reads scenario files. A path that does not exist may name a scenario of the library. Strict takes what may surprise in a
// file for an error.
func load(paths []string, strict bool) ([]*scenarios.File, error) {
	library := scenarios.Library()
	read := scenarios.Load
	if len(paths) == 0 {
		paths, read = library, scenarios.LoadEmbedded
	}
	var files []*scenarios.File
	var errs []error
	for _, path := range paths {
		from := read
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && slices.Contains(library, path) {
			from = scenarios.LoadEmbedded
		}
		f, err := from(path)
		if err == nil && strict && len(f.Warnings()) > 0 {
			err = f.Warnings()
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		files = append(files, f)
	}
	if len(errs) > 0 {
		return nil, codedError{exitUsage, errors.Join(errs...)}
	}
	return files, nil
}
