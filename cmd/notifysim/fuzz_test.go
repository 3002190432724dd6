package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/sim/fuzz"
)

var clockTime = regexp.MustCompile(` in [0-9.a-zµ]+:`)

// The same seed and number of runs give the same findings. Here all of them are known: they violate invariants as the
// library declares.
func TestFuzzIsDeterministic(t *testing.T) {
	first := command("fuzz", "--engine", "manager", "--runs", "15", "--seed", "50")
	require.Equal(t, exitPass, first.code, first.out)
	require.Contains(t, first.out, "known: ")
	require.Contains(t, first.out, "15 scenarios with ")
	again := command("fuzz", "--engine", "manager", "--runs", "15", "--seed", "50")
	require.Equal(t, clockTime.ReplaceAllString(first.out, ""), clockTime.ReplaceAllString(again.out, ""))
}

// A new finding gives exit code 1. --save writes a scenario file that declares the failure as known, so that notifysim
// test passes on it as long as the release has that failure.
func TestFuzzWritesFindings(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "found")
	require.NoError(t, os.Mkdir(dir, 0o777))
	// Search.Known is empty, so every finding is new.
	f := fuzzFlags{search: fuzz.Search{Runs: 20, Seed: 50}, engine: "model", save: dir}
	cmd := &cobra.Command{}
	cmd.SetContext(t.Context())
	cmd.SetOut(io.Discard)
	require.ErrorIs(t, f.run(cmd), errFailed)
	files, err := filepath.Glob(filepath.Join(dir, "*.yml"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Regexp(t, `^# Found by notifysim fuzz `, string(text))
		replay := command("test", file)
		require.Equal(t, exitPass, replay.code, replay.out)
		require.Contains(t, replay.out, "known on v3.16: ")
	}
}

// The exit code of a search with new findings is that of notifysim test on their files.
func TestFuzzExitCode(t *testing.T) {
	invariant := &fuzz.KindFound{Finding: fuzz.Finding{Kind: fuzz.FoundInvariant}}
	known := &fuzz.KindFound{Finding: fuzz.Finding{Kind: fuzz.FoundInvariant}, Known: "known/a.yml"}
	require.NoError(t, foundError(&fuzz.Report{Kinds: []*fuzz.KindFound{known}}))
	require.ErrorIs(t, foundError(&fuzz.Report{Kinds: []*fuzz.KindFound{known, invariant}}), errFailed)
	for _, kind := range []fuzz.FindingKind{fuzz.FoundDifference, fuzz.FoundPanic, fuzz.FoundHang, fuzz.FoundFault} {
		other := &fuzz.KindFound{Finding: fuzz.Finding{Kind: kind}}
		var coded codedError
		require.ErrorAs(t, foundError(&fuzz.Report{Kinds: []*fuzz.KindFound{invariant, other}}), &coded)
		require.Equal(t, exitInternal, coded.code, kind)
	}
	require.Equal(t, exitUsage, command("fuzz", "--time", "1ns", "--engine", "model").code, "nothing was run")
}

func TestFuzzUsage(t *testing.T) {
	for _, args := range [][]string{
		{"--engine", "real"}, {"--release", "v9"}, {"--time", "0s"}, {"--runs", "-1"}, {"--save", "/dev/null/x"}, {"x"},
	} {
		got := command(append([]string{"fuzz"}, args...)...)
		require.Equal(t, exitUsage, got.code, "%v: %s", args, got.err)
		require.NotEmpty(t, got.err)
	}
}
