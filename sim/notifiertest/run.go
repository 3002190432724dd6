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

// A Subject is a notifier under test and what it is tested for.
type Subject struct {
	// New makes the notifier: with a queue of o.QueueCapacity and batches of at most o.MaxBatchSize (0: the release's
	// default). It drains on shutdown if o.DrainOnShutdown, sends its requests with o.Do and registers its metrics with
	// o.Registerer. New is called for every run, and must start nothing that Stop does not end.
	New func(o *promnotifier.Options) Notifier
	// Release is the release of Prometheus whose rules the notifier follows, such as "v3.9"; "" is the newest known one.
	// Expectations for other releases are not judged.
	Release string
	// Exact asks for more than the expectations: every request and response, its time and its alerts, the ledger and the
	// metrics must be those of the release. Use it for a change that is not to change what the notifier does.
	Exact bool
	// Skip, if not nil, returns why a test is skipped; "" runs the test.
	Skip func(file, test string) string
}

// Run runs every test of the scenario files at paths on the subject, under each of its seeds, as a subtest. Without
// paths it runs the files of the library that are for the subject's release.
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

// Check runs one test of a file, under a seed, on the subject and returns the outcome. It returns an error if the
// notifier panicked, never returned, or posted what cannot be in its queue, such as an alert twice, or, if the subject
// is Exact, if it differed from the release.
func (s Subject) Check(f *scenarios.File, test *scenarios.Test, seed uint64) (*sim.Result, error) {
	rel, err := s.release()
	if err != nil {
		return nil, err
	}
	if s.New == nil {
		return nil, errors.New("notifiertest: the subject has no New")
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
		return nil, fmt.Errorf("%s: %q at %s, seed %d: the notifier differs from the release: %v",
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

// load reads the files, or those of the library that are for the release.
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
