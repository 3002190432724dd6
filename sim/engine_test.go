package sim_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/notifier"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// An observation is all that a run shows to the outside.
type observation struct {
	Trace    []sim.Event
	Ledger   sim.Ledger
	Samples  map[time.Duration][]sim.Sample
	Failures []string
}

func observe(t require.TestingT, engine sim.Engine, file *scenarios.File, test *scenarios.Test, rel *notifier.Release, seed uint64) observation {
	o := observation{Samples: map[time.Duration][]sim.Sample{}}
	var events []sim.Event
	res, err := sim.Run(file, test, rel, seed, sim.Options{
		Engine: engine, Phases: true,
		Events:  func(e *sim.Event) { events = append(events, *e) },
		Scrapes: func(at time.Duration, samples []sim.Sample) { o.Samples[at] = samples },
	})
	require.NoError(t, err)
	o.Trace, o.Ledger = sim.Canonical(events), res.Ledger
	for _, f := range res.Failures {
		o.Failures = append(o.Failures, f.Pos.String()+": "+f.Message)
	}
	return o
}

// differ compares what two engines show.
func differ(a, b observation) string {
	return cmp.Diff(a, b, cmpopts.IgnoreUnexported(sim.Event{}), cmpopts.EquateEmpty())
}

// The library gives the same ledger, canonical trace, metrics and verdicts on every engine.
func TestEnginesAgreeOnTheLibrary(t *testing.T) {
	rel := notifier.Newest()
	for _, name := range scenarios.Library() {
		file, err := scenarios.LoadEmbedded(name)
		require.NoError(t, err)
		for i := range file.Tests {
			test := file.Tests[i]
			if !test.For(rel) {
				continue
			}
			t.Run(name+"/"+test.Name, func(t *testing.T) {
				model := observe(t, sim.EngineModel, file, test, rel, 1)
				for _, engine := range sim.Engines()[1:] {
					require.Empty(t, differ(model, observe(t, engine, file, test, rel, 1)), "model against %s", engine)
				}
			})
		}
	}
}
