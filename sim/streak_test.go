package sim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/notifysim/notifysim/notifier"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// A sight is all that one can learn of a run without its events.
type sight struct {
	sim.Result
	Scrapes [][]sim.Sample
	Series  string
	Err     string
}

// see runs a test, and listens to its events or not. Who listens gets every request one by one.
func see(t require.TestingT, f *scenarios.File, test *scenarios.Test, rel *notifier.Release, listen bool, o sim.Options) *sight {
	var s sight
	o.Queues, o.Monitor = true, true
	o.Scrapes = func(at time.Duration, replica int, samples []sim.Sample) {
		s.Scrapes = append(s.Scrapes, samples)
	}
	if listen {
		o.Events = func(*sim.Event) {}
	}
	res, err := sim.Run(f, test, rel, 1, o)
	if err != nil {
		return &sight{Err: err.Error()}
	}
	var b strings.Builder
	require.NoError(t, res.Series.WriteOpenMetrics(&b))
	s.Result, s.Series = *res, b.String()
	s.Result.Series = nil // has values that are no numbers
	return &s
}

// Requests that follow each other and are booked together come to the same as one by one, in random scenarios with small batches,
func TestStreaksChangeNothingAtRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		file, test := drawReplicas(t, "v2.5", "v3.9", "v3.10", "v3.11", "v3.15", "v3.15")
		file.Flags.BatchSize = rapid.IntRange(1, 7).Draw(t, "batch size")
		file.Flags.QueueCapacity *= rapid.IntRange(1, 20).Draw(t, "times the capacity")
		for i := range test.Alertmanagers {
			if rapid.Bool().Draw(t, "at once") {
				test.Alertmanagers[i].Behaviour.Latency = file.Tests[0].Alertmanagers[0].Behaviour.Latency
			}
		}
		o := sim.Options{Phases: rapid.Bool().Draw(t, "phases")}
		require.Equal(t, see(t, file, test, file.Releases[0], true, o), see(t, file, test, file.Releases[0], false, o))
	})
}

// and in the library.
func TestStreaksChangeNothingInTheLibrary(t *testing.T) {
	for _, name := range scenarios.Library() {
		file, err := scenarios.LoadEmbedded(name)
		require.NoError(t, err)
		for _, test := range file.Tests {
			for _, rel := range file.Releases {
				if test.For(rel) {
					require.Equal(t, see(t, file, test, rel, true, sim.Options{}), see(t, file, test, rel, false, sim.Options{}), "%s: %s at %s", name, test.Name, rel.Name)
				}
			}
		}
	}
}
