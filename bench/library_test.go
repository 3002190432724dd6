package bench

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// A libraryRun is one test of the library under one release.
type libraryRun struct {
	name    string
	file    *scenarios.File
	test    *scenarios.Test
	release *core.Release
}

// run runs the test with its first seed.
func (r libraryRun) run(tb testing.TB, o sim.Options) *sim.Result {
	res, err := sim.Run(r.file, r.test, r.release, r.test.Seeds.From, o)
	require.NoError(tb, err)
	return res
}

// library returns the runs of all tests of the library, under every release that the scenarios name.
func library(tb testing.TB) []libraryRun {
	var runs []libraryRun
	for _, name := range scenarios.Library() {
		f, err := scenarios.LoadEmbedded(name)
		require.NoError(tb, err)
		for _, t := range f.Tests {
			for _, rel := range f.Releases {
				if !t.For(rel) {
					continue
				}
				runs = append(runs, libraryRun{fmt.Sprintf("scenario=%s/test=%s/release=%s",
					strings.TrimSuffix(name, ".yml"), strings.ReplaceAll(t.Name, "/", "_"), rel.Name), f, t, rel})
			}
		}
	}
	return runs
}

// BenchmarkOutcome measures no time. It reports the outcome of every run of the library as numbers, which are the same
// on every machine; they are the exact lane of the gate. The number for the trace is the first 48 bits of its SHA-256.
func BenchmarkOutcome(b *testing.B) {
	for _, r := range library(b) {
		b.Run(r.name, func(b *testing.B) {
			var res *sim.Result
			for b.Loop() {
				res = r.run(b, sim.Options{Hash: true})
			}
			trace, err := strconv.ParseUint(res.TraceSHA256[:12], 16, 64)
			require.NoError(b, err)
			var dropped, requests, duplicates int64
			for _, a := range res.Ledger.Alertmanagers {
				dropped += a.Dropped.Total()
				requests += a.Requests
				duplicates += a.Duplicates
			}
			for _, m := range []struct {
				unit  string
				value int64
			}{
				{"ns/op", 0}, // do not report a time
				{"trace", int64(trace)}, {"events", res.Events}, {"failures", int64(len(res.Failures))},
				{"offered", res.Ledger.Offered}, {"delivered", res.Ledger.Delivered}, {"lost", res.Ledger.Lost},
				{"dropped", dropped}, {"requests", requests}, {"duplicates", duplicates},
			} {
				b.ReportMetric(float64(m.value), m.unit)
			}
		})
	}
}

// BenchmarkLibrary runs the whole library once, with all tests and releases.
func BenchmarkLibrary(b *testing.B) {
	runs := library(b)
	b.ReportAllocs()
	var events int64
	for b.Loop() {
		for _, r := range runs {
			events += r.run(b, sim.Options{}).Events
		}
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(b.N*len(runs))/b.Elapsed().Seconds(), "runs/s")
}

// BenchmarkParse reads and checks scenarios: all files of the library, or the file of the reference day.
func BenchmarkParse(b *testing.B) {
	measure := func(b *testing.B, names []string, load func(string) (*scenarios.File, error)) {
		all := func() {
			for _, name := range names {
				_, err := load(name)
				require.NoError(b, err)
			}
		}
		all() // a first run fills the caches, which is not measured
		b.ReportAllocs()
		for b.Loop() {
			all()
		}
		b.ReportMetric(float64(b.N*len(names))/b.Elapsed().Seconds(), "scenarios/s")
	}
	b.Run("file=library", func(b *testing.B) { measure(b, scenarios.Library(), scenarios.LoadEmbedded) })
	b.Run("file=reference_day", func(b *testing.B) { measure(b, []string{"testdata/reference_day.yml"}, scenarios.Load) })
}
