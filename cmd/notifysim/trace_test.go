package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTraceText(t *testing.T) {
	got := command("trace", "testdata/passes.yml")
	require.Equal(t, exitPass, got.code)
	golden(t, "trace.txt", got)
}

// The trace as JSON is what trace_sha256 is the hash of.
func TestTraceJSON(t *testing.T) {
	runs := records(t, command("test", "--output", "json", "testdata/passes.yml", "testdata/fails.yml").out)
	require.NotEmpty(t, runs)
	for _, r := range runs {
		got := command("trace", "--output", "json", "--run", "^"+*r.Test+"$", "--release", *r.Release, "--seeds", number(*r.Seed), *r.File)
		require.Equal(t, exitPass, got.code, got.err)
		sum := sha256.Sum256([]byte(got.out))
		require.Equal(t, *r.TraceSHA256, hex.EncodeToString(sum[:]))
		for line := range strings.Lines(got.out) {
			require.True(t, json.Valid([]byte(line)), line)
		}
	}
}
