package sim_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

var update = flag.Bool("update", false, "rewrite the golden traces in testdata")

// eachTest calls f for every test of the library and every release that the test is for.
func eachTest(t *testing.T, f func(t *testing.T, file *scenarios.File, test *scenarios.Test, rel *core.Release)) {
	t.Helper()
	for _, name := range scenarios.Library() {
		file, err := scenarios.LoadEmbedded(name)
		require.NoError(t, err)
		for _, test := range file.Tests {
			for _, rel := range file.Releases {
				if test.For(rel) {
					t.Run(name+"/"+test.Name+"/"+rel.Name, func(t *testing.T) { f(t, file, test, rel) })
				}
			}
		}
	}
}

// eachRun calls f for every test of the library and release, with a function that runs the test.
func eachRun(
	t *testing.T, f func(t *testing.T, file *scenarios.File, test *scenarios.Test, run func(sim.Options) *sim.Result),
) {
	t.Helper()
	eachTest(t, func(t *testing.T, file *scenarios.File, test *scenarios.Test, rel *core.Release) {
		f(t, file, test, func(o sim.Options) *sim.Result {
			res, err := sim.Run(file, test, rel, test.Seeds.From, o)
			require.NoError(t, err)
			return res
		})
	})
}

// All expectations of the library hold. The run itself checks after every event that the ledger adds up.
func TestLibrary(t *testing.T) {
	eachRun(t, func(t *testing.T, _ *scenarios.File, _ *scenarios.Test, run func(sim.Options) *sim.Result) {
		res := run(sim.Options{})
		for _, f := range res.Failures {
			t.Errorf("%v: %s\n    %s\n        %s", f.Pos, f.Message, strings.Join(f.Alerts, "\n    "),
				strings.Join(f.Trace, "\n        "))
		}
	})
}

// The trace depends only on the scenario, the release and the seed: not on the machine, and not on which outputs the
// options ask for.
func TestTraceIsTheSameEveryTime(t *testing.T) {
	runs := 100
	if testing.Short() {
		runs = 3
	}
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	eachRun(t, func(t *testing.T, file *scenarios.File, _ *scenarios.Test, run func(sim.Options) *sim.Result) {
		first := run(sim.Options{Hash: true})
		require.NotEmpty(t, first.TraceSHA256)
		n := runs
		switch { // a long scenario has as many events as several short ones, so it needs fewer runs
		case first.Events > 1000 || len(file.RuleFiles) > 0:
			n = 3
		case first.Events > 100:
			n = max(3, runs/5)
		}
		for i := range n {
			runtime.GOMAXPROCS([]int{1, 2, 8}[i%3])
			again := run(sim.Options{Hash: true})
			require.Equal(t, first.TraceSHA256, again.TraceSHA256)
		}
		silent := run(sim.Options{})
		require.Empty(t, cmp.Diff(first.Ledger, silent.Ledger))
		require.Equal(t, first.Events, silent.Events, "events are counted even if no trace is written")
	})
}

// The golden traces show readers what the notifier does, event by event. Each file is named after the behaviour that it
// shows.
func TestGoldenTraces(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.yml")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			file, err := scenarios.Load(path)
			require.NoError(t, err)
			var got bytes.Buffer
			for _, test := range file.Tests {
				for _, rel := range file.Releases {
					got.WriteString("# " + test.Name + ", " + rel.Name + "\n")
					res, err := sim.Run(file, test, rel, 1,
						sim.Options{Events: func(e *sim.Event) { got.WriteString(e.String() + "\n") }})
					require.NoError(t, err)
					require.Empty(t, res.Failures, "a run with failed expectations must not become a golden file")
					got.WriteString("\n")
				}
			}
			golden := strings.TrimSuffix(path, ".yml") + ".txt"
			if *update {
				require.NoError(t, os.WriteFile(golden, got.Bytes(), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(string(want), got.String()))
		})
	}
}

func TestTraceIsNDJSON(t *testing.T) {
	file, err := scenarios.LoadEmbedded("overflow_drops_the_oldest.yml")
	require.NoError(t, err)
	var out bytes.Buffer
	_, err = sim.Run(file, file.Tests[0], file.Releases[1], 1, sim.Options{Trace: &out})
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.JSONEq(t, `{"seq":1,"at_ns":0,"event":"targets"}`, lines[0])
	require.JSONEq(t, `{"seq":10,"at_ns":200000000,"event":"drop","cause":8,"alertmanagers":["am-a:9093"],
		"n":3,"alerts":"a6..a8","queued":5,"arriving":5,"reason":"queue_full"}`, lines[9])
}
