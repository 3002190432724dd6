package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTraceText(t *testing.T) {
	got := command("trace", "testdata/passes.yml")
	require.Equal(t, exitPass, got.code)
	golden(t, "trace.txt", got)
	golden(t, "events.txt", command("trace", "--output", "events", "testdata/passes.yml"))
	require.Equal(t, exitUsage, command("trace", "--width", "10", "testdata/passes.yml").code)
	require.Equal(t, exitUsage, command("trace", "--step", "-1s", "testdata/passes.yml").code)
	require.Equal(t, exitUsage, command("trace", "--output", "xml", "testdata/passes.yml").code)
	steps := command("trace", "--step", "1h", "--release", "v3.16", "peer_hangs.yml").out
	require.Contains(t, steps, "10 sends of 20,000")
}

// --html is an error unless exactly one run is selected.
func TestTraceHTML(t *testing.T) {
	path := t.TempDir() + "/run.html"
	require.Equal(t, ended{exitPass, "", ""}, command("trace", "--html", path, "--release", "v3.16", "peer_hangs.yml"))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(text), "<title>peer hangs · v3.16 · notifysim</title>")
	require.Contains(t, string(text), "17,080 copies timed out")
	got := command("trace", "--html", path, "peer_hangs.yml")
	require.Equal(t, exitUsage, got.code)
	require.Contains(t, got.err, "the file has 2 runs, but an HTML page shows only one")
	require.Equal(t, exitInternal,
		command("trace", "--html", "no/such/folder.html", "--release", "v3.16", "peer_hangs.yml").code)
}

// trace_sha256 in the JSON record is the SHA-256 of the JSON trace.
func TestTraceJSON(t *testing.T) {
	runs := records(t, command("test", "--output", "json", "testdata/passes.yml", "testdata/fails.yml").out)
	require.NotEmpty(t, runs)
	for _, r := range runs {
		got := command("trace", "--output", "json", "--run", "^"+*r.Test+"$", "--release", *r.Release, "--seeds",
			number(*r.Seed), *r.File)
		require.Equal(t, exitPass, got.code, got.err)
		sum := sha256.Sum256([]byte(got.out))
		require.Equal(t, *r.TraceSHA256, hex.EncodeToString(sum[:]))
		for line := range strings.Lines(got.out) {
			require.True(t, json.Valid([]byte(line)), line)
		}
	}
}
