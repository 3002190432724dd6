package notifiertest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	promnotifier "github.com/prometheus/prometheus/notifier"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/compare"
	"github.com/notifysim/notifysim/sim/summary"
)

// A Notifier is a notifier under test. *notifier.Manager of Prometheus is one.
type Notifier = sim.Notifier

// A Subject is a notifier under test, and what is expected of it.
type Subject struct {
	// New makes the notifier. Its queue must have the capacity o.QueueCapacity and its batches at most o.MaxBatchSize
	// alerts (0 stands for the default of the release). It must drain on shutdown if o.DrainOnShutdown is set, send its
	// requests with o.Do and register its metrics with o.Registerer. New is called for every run, and must not start
	// anything that Stop does not end.
	New func(o *promnotifier.Options) Notifier
	// Release is the release of Prometheus whose behaviour the notifier follows, such as "v3.9"; "" means the newest
	// one. Expectations that are for other releases only are not judged.
	Release string
	// Exact requires more than that the expectations hold: every request and response with its time and alerts, the
	// ledger and the metrics must be the same as those of the release. Use it for a change that must not alter what the
	// notifier does.
	Exact bool
	// Skip, if not nil, returns the reason for which a test is skipped, or "" to run the test.
	Skip func(file, test string) string
}

// Run runs every test of the scenario files at paths on the subject, under each of its seeds, as a subtest. Without
// paths it runs the files of the library that are for the release of the subject.
func Run(t *testing.T, s Subject, paths ...string) {
	t.Helper()
	rel, err := s.release()
	if err != nil {
		t.Fatal(err)
	}
	files, err := load(rel, paths)
	if err != nil {
		t.Fatalf("notifiertest:\n%v", err)
	}
	for _, f := range files {
		for _, test := range f.Tests {
			if !test.For(rel) {
				continue
			}
			t.Run(strings.TrimSuffix(f.Path, ".yml")+"/"+test.Name, func(t *testing.T) {
				if s.Skip != nil {
					if why := s.Skip(f.Path, test.Name); why != "" {
						t.Skip(why)
					}
				}
				for seed := test.Seeds.From; ; seed++ {
					s.run(t, f, test, rel, seed)
					if seed == test.Seeds.To {
						break
					}
				}
			})
		}
	}
}

func (s Subject) run(t *testing.T, f *scenarios.File, test *scenarios.Test, rel *core.Release, seed uint64) {
	t.Helper()
	res, err := s.Check(f, test, seed)
	switch {
	case errors.Is(err, sim.ErrUnobservable):
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
	for _, failure := range res.Failures {
		lines := []string{fmt.Sprintf("%v: %s   (release %s, seed %d)", failure.Pos, failure.Message, rel.Name, seed)}
		for _, line := range slices.Concat(failure.Alerts, failure.Trace) {
			lines = append(lines, "    "+line)
		}
		t.Error(strings.Join(lines, "\n"))
	}
	if !res.Pass {
		t.Log(summary.Of(f, test, rel, res))
	}
}

// Check runs one test of a file on the subject, under a seed, and returns the outcome. It returns an error if the
// notifier panicked, never returned, or posted an alert that cannot be in its queue, such as the same copy twice. If
// the subject is Exact, it also returns an error if the run differed from that of the release.
func (s Subject) Check(f *scenarios.File, test *scenarios.Test, seed uint64) (*sim.Result, error) {
	rel, err := s.release()
	if err != nil {
		return nil, err
	}
	if s.New == nil {
		return nil, errors.New("notifiertest: Subject.New is nil; set it to a function that makes the notifier")
	}
	o := sim.Options{New: s.New}
	if !s.Exact {
		return sim.Run(f, test, rel, seed, o)
	}
	res, got, err := compare.Observe("", f, test, rel, seed, o)
	if err != nil {
		return nil, err
	}
	_, want, err := compare.Observe(sim.EngineModel, f, test, rel, seed, sim.Options{})
	if err != nil {
		return nil, err
	}
	if d := compare.Differ(want, got); d != nil {
		return nil, fmt.Errorf("%s: %q at %s, seed %d: the notifier behaves differently from the release: %v",
			f.Path, test.Name, rel.Name, seed, d)
	}
	return res, nil
}

func (s Subject) release() (*core.Release, error) {
	if s.Release == "" {
		return core.Newest(), nil
	}
	return core.ParseRelease(s.Release)
}

// load loads the files or, without paths, those of the library that are for the release.
func load(rel *core.Release, paths []string) ([]*scenarios.File, error) {
	var files []*scenarios.File
	var errs []error
	read, library := scenarios.Load, len(paths) == 0
	if library {
		paths, read = scenarios.Library(), scenarios.LoadEmbedded
	}
	for _, path := range paths {
		f, err := read(path)
		switch {
		case err != nil:
			errs = append(errs, err)
		case !library || slices.ContainsFunc(f.Releases, func(r *core.Release) bool { return r.Name == rel.Name }):
			files = append(files, f)
		}
	}
	return files, errors.Join(errs...)
}
