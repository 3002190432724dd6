package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/plan"
)

// choose reads a scenario and finds the one test that the plan is for.
func (req *planRequest) choose(q *plan.Question, path string) error {
	pattern, err := regexp.Compile(req.run)
	if err != nil {
		return codedError{exitUsage, fmt.Errorf("--run %q: %w", req.run, err)}
	}
	file, err := req.load(q, path)
	if err != nil {
		return codedError{exitUsage, err}
	}
	q.File = file.Path
	var names []string
	for _, t := range file.Tests {
		if pattern.MatchString(t.Name) {
			names = append(names, fmt.Sprintf("%q", t.Name))
			q.Test = t.Name
		}
	}
	switch {
	case len(names) == 0:
		return codedError{exitUsage, fmt.Errorf("--run %q matches no test of %s", req.run, path)}
	case len(names) > 1:
		return codedError{exitUsage, fmt.Errorf("a plan is for one test, and %s has %s; choose with --run", path, list(names, 8))}
	}
	return nil
}

// load reads a scenario, from the library if there is no such file.
func (req *planRequest) load(q *plan.Question, path string) (*scenarios.File, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && slices.Contains(scenarios.Library(), path) {
		text, err := scenarios.LibraryText(path)
		if err != nil {
			return nil, err
		}
		q.Sources = scenarios.Sources{path: text}
		return q.Sources.Parse(path)
	}
	file, sources, err := scenarios.LoadSources(path)
	q.Sources = sources
	return file, err
}

// make makes a scenario of a few numbers.
func (req *planRequest) make(q *plan.Question) error {
	text, err := req.short.Scenario()
	if err != nil {
		return codedError{exitUsage, err}
	}
	q.File = "plan.yml"
	if req.save != "" {
		q.File = req.save
		if err := os.WriteFile(req.save, []byte(text), 0o644); err != nil {
			return codedError{exitUsage, fmt.Errorf("--write: %w", err)}
		}
	}
	q.Sources = scenarios.Sources{q.File: text}
	q.Test, req.scenario = "short", text
	return nil
}
