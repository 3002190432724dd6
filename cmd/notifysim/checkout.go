package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim"
)

// checkoutReleases returns the releases with which the notifier of a checkout of Prometheus is compared: the given
// ones, or else the one that the checkout's file VERSION names.
func checkoutReleases(dir, engine string, releases []*core.Release) ([]*core.Release, error) {
	switch sim.Engine(engine) {
	case sim.EngineModel, sim.EnginePrometheus:
	default:
		return nil, usageErrorf("--notifier and --engine %s: the notifier of a checkout runs on engine prometheus; "+
			"leave --engine out", engine)
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		return nil, usageErrorf("--notifier %s: not a checkout of Prometheus; name the folder with its go.mod", dir)
	}
	if releases == nil {
		rel, err := releaseOf(dir)
		if err != nil {
			return nil, usageErrorf("--notifier %s: %w; name the release to compare it with, such as --release %s",
				dir, err, core.Newest().Name)
		}
		releases = []*core.Release{rel}
	}
	return releases, nil
}

// compileCheckout compiles the notifier of the checkout in dir; it does nothing if dir is "". Callers do this before
// the first run, so that an error in the checkout is reported at once.
func compileCheckout(children *sim.Children, dir string) error {
	if dir == "" {
		return nil
	}
	if err := children.Prepare(dir); err != nil {
		return usageErrorf("--notifier: %w", err)
	}
	return nil
}

var leadingVersion = regexp.MustCompile(`^\d+\.\d+`)

// releaseOf returns the release line that the file VERSION of a checkout names.
func releaseOf(dir string) (*core.Release, error) {
	text, err := os.ReadFile(filepath.Join(dir, "VERSION"))
	if err != nil {
		return nil, errors.New("there is no file VERSION")
	}
	line := leadingVersion.Find(text)
	if line == nil {
		return nil, fmt.Errorf("the file VERSION has no version, but %.20q", text)
	}
	rel, err := core.ParseRelease("v" + string(line))
	if err != nil {
		return nil, fmt.Errorf("the file VERSION: %w", err)
	}
	return rel, nil
}
