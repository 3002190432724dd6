package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A failure that fails_on declares is shown and does not fail the run. If the declared failure does not happen, the run
// fails.
func TestTextOfKnownFailures(t *testing.T) {
	got := command("test", "testdata/known.yml")
	require.Equal(t, exitFailed, got.code)
	golden(t, "known.txt", got)
	require.Equal(t, exitPass, command("test", "--run", "suffers", "testdata/known.yml").code)
}

func TestJSONOfKnownFailures(t *testing.T) {
	all := records(t, command("test", "--output", "json", "testdata/known.yml").out)
	require.Len(t, all, 6)
	require.True(t, *all[0].Pass)
	require.Empty(t, *all[0].Failures)
	known := *all[0].Known
	require.Len(t, known, 3)
	require.Equal(t, "prometheus#7676: the queue is shared", *known[0].Reason)
	require.Equal(t, "all Alertmanagers: lost 1 at 1m, want 0", *known[0].Message)
	require.NotEmpty(t, known[0].Alerts)
	require.NotEmpty(t, known[0].Trace)
	fixed := all[5]
	require.False(t, *fixed.Pass)
	require.Empty(t, *fixed.Known)
	require.Contains(t, *(*fixed.Failures)[0].Message, "remove the entry v3.16")
	require.Equal(t, 24, *(*fixed.Failures)[0].Line)
}
