package main

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A crossed threshold is shown as a failure. The exit code is 99 if only thresholds are crossed, and 1 if an
// expectation fails too.
func TestThresholds(t *testing.T) {
	const path = "testdata/crosses.yml"
	got := command("test", path)
	require.Equal(t, exitFailed, got.code)
	golden(t, "crosses.txt", got)
	require.Equal(t, exitThresholds, command("test", "--run", "^slow$", path).code)
	require.Equal(t, exitThresholds,
		command("test", "--run", "^slow$", "--engine", "prometheus", "--seeds", "1", path).code)
	require.Equal(t, exitFailed, command("test", "--run", "^slow and wrong$", path).code)

	for line := range strings.Lines(command("test", "--output", "json", path).out) {
		var r struct {
			Test     string
			Pass     bool
			Failures []struct{ Threshold bool }
		}
		require.NoError(t, json.Unmarshal([]byte(line), &r))
		require.False(t, r.Pass)
		require.True(t, r.Failures[0].Threshold)
		require.Equal(t, r.Test == "slow and wrong", !r.Failures[len(r.Failures)-1].Threshold)
	}
	xmlPath := t.TempDir() + "/out.xml"
	command("test", "--junit", xmlPath, path)
	text, err := os.ReadFile(xmlPath)
	require.NoError(t, err)
	var report struct {
		Cases []struct {
			Failure struct {
				Type string `xml:"type,attr"`
			} `xml:"failure"`
		} `xml:"testsuite>testcase"`
	}
	require.NoError(t, xml.Unmarshal(text, &report))
	require.Equal(t, "threshold", report.Cases[0].Failure.Type)
	require.Empty(t, report.Cases[2].Failure.Type)
}
