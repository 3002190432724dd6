package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/compare"
)

// A checkout is a folder with Prometheus' source, whose notifier runs in the place of a release's.
type checkout struct {
	dir string
	// differs is how it parts from the model of the release; of one run.
	differs *compare.Difference
}

func (s *selection) checkoutFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.notifier, "notifier", "",
		"run the notifier of a checkout of Prometheus in this folder, judged as the release that its file VERSION says, or --release")
}

// adopt makes the selection one of runs of a checkout, of the release that it says it is of.
func (s *selection) adopt(releases []*core.Release) ([]*core.Release, error) {
	switch sim.Engine(s.engine) {
	case sim.EngineModel, sim.EnginePrometheus:
		s.engine = string(sim.EnginePrometheus)
	default:
		return nil, codedError{exitUsage, fmt.Errorf("--notifier and --engine %s: the notifier of a checkout runs with engine prometheus; leave --engine out", s.engine)}
	}
	if _, err := os.Stat(filepath.Join(s.notifier, "go.mod")); err != nil {
		return nil, codedError{exitUsage, fmt.Errorf("--notifier %s: there is no checkout of Prometheus; name the folder with its go.mod", s.notifier)}
	}
	if releases == nil {
		rel, err := releaseOf(s.notifier)
		if err != nil {
			return nil, codedError{exitUsage, fmt.Errorf("--notifier %s: %w; name the release whose rules it should follow, such as --release %s",
				s.notifier, err, core.Newest().Name)}
		}
		releases = []*core.Release{rel}
	}
	return releases, nil
}

// compile compiles the notifier of a checkout, if there is one, before anything runs.
func compile(children *sim.Children, checkout string) error {
	if checkout == "" {
		return nil
	}
	if err := children.Prepare(checkout); err != nil {
		return codedError{exitUsage, fmt.Errorf("--notifier: %w", err)}
	}
	return nil
}

var leadingVersion = regexp.MustCompile(`^\d+\.\d+`)

// releaseOf is the release line that a checkout says it is of.
func releaseOf(dir string) (*core.Release, error) {
	text, err := os.ReadFile(filepath.Join(dir, "VERSION"))
	if err != nil {
		return nil, errors.New("there is no file VERSION")
	}
	line := leadingVersion.Find(text)
	if line == nil {
		return nil, fmt.Errorf("the file VERSION says %.20q", text)
	}
	rel, err := core.ParseRelease("v" + string(line))
	if err != nil {
		return nil, fmt.Errorf("the file VERSION: %w", err)
	}
	return rel, nil
}

// tell says on which runs a checkout does not do what its release does. That is no failure: it may be what it is for.
func (c *checkout) tell(w io.Writer, file *scenarios.File, test *scenarios.Test, rel *core.Release) {
	if c != nil && c.differs != nil {
		fmt.Fprintf(w, "note: %s: %q: the notifier in %s (below: engine) does not do what %s does (model): %v", file.Path, test.Name, c.dir, rel.Name, c.differs)
	}
}
