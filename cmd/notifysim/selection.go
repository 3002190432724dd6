package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/notifier"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// A selection is which runs of which files the user asks for.
type selection struct {
	run      string
	releases []string
	seeds    string
}

func (s *selection) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.run, "run", "", "only the tests whose names match this regular expression")
	cmd.Flags().StringSliceVar(&s.releases, "release", nil, "these Prometheus releases instead of the files' own, such as v2.5,v3.15")
	cmd.Flags().StringVar(&s.seeds, "seeds", "", "these seeds instead of the tests' own, such as 1-20")
}

// A job is one run that is asked for.
type job struct {
	file    *scenarios.File
	test    *scenarios.Test
	release *notifier.Release
	seed    uint64
}

// jobs reads the files, the library's if there are none, and returns the runs in the order of files, tests, releases and seeds.
// Nothing runs before all files are read and without error.
func (s *selection) jobs(paths []string) ([]job, error) {
	pattern, err := regexp.Compile(s.run)
	if err != nil {
		return nil, codedError{exitUsage, fmt.Errorf("--run %q: %w", s.run, err)}
	}
	var releases []*notifier.Release
	for _, name := range s.releases {
		rel, err := notifier.ParseRelease(name)
		if err != nil {
			return nil, codedError{exitUsage, fmt.Errorf("--release: %w", err)}
		}
		releases = append(releases, rel)
	}
	var seeds *scenarios.Seeds
	if s.seeds != "" {
		given, err := scenarios.ParseSeeds(s.seeds)
		if err != nil {
			return nil, codedError{exitUsage, fmt.Errorf("--seeds: %w", err)}
		}
		seeds = &given
	}
	files, err := load(paths)
	if err != nil {
		return nil, err
	}
	var jobs []job
	var names []string
	for _, f := range files {
		rels := f.Releases
		if releases != nil {
			rels = releases
		}
		for _, t := range f.Tests {
			names = append(names, t.Name)
			if !pattern.MatchString(t.Name) {
				continue
			}
			from, to := t.Seeds.From, t.Seeds.To
			if seeds != nil {
				from, to = seeds.From, seeds.To
			}
			for _, rel := range rels {
				if !t.For(rel) {
					continue
				}
				for seed := from; ; seed++ {
					jobs = append(jobs, job{f, t, rel, seed})
					if seed == to {
						break
					}
				}
			}
		}
	}
	if len(jobs) == 0 {
		return nil, codedError{exitUsage, fmt.Errorf("--run %q matches none of the tests: %s", s.run, strings.Join(names, ", "))}
	}
	return jobs, nil
}

// load reads scenario files. A path that does not exist may name a scenario of the library.
func load(paths []string) ([]*scenarios.File, error) {
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

// runAll runs jobs on all processors and hands each outcome to done, in the order of the jobs. It ends at done's first error.
func runAll(jobs []job, o sim.Options, done func(job, *sim.Result) error) error {
	type outcome struct {
		res *sim.Result
		err error
	}
	outcomes := make([]chan outcome, len(jobs))
	for i := range outcomes {
		outcomes[i] = make(chan outcome, 1)
	}
	quit := make(chan struct{})
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(jobs)) {
		workers.Go(func() {
			for i := range next {
				j := jobs[i]
				res, err := sim.Run(j.file, j.test, j.release, j.seed, o)
				outcomes[i] <- outcome{res, err}
			}
		})
	}
	go func() {
		defer close(next)
		for i := range jobs {
			select {
			case next <- i:
			case <-quit:
				return
			}
		}
	}()
	defer workers.Wait()
	defer close(quit)
	for i, j := range jobs {
		out := <-outcomes[i]
		if out.err != nil {
			return codedError{exitHarness, out.err}
		}
		if err := done(j, out.res); err != nil {
			return err
		}
	}
	return nil
}
