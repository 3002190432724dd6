package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/sim"
)

// runCompare runs notifysim compare with the arguments and returns its output and error.
func runCompare(args ...string) (string, error) {
	var out bytes.Buffer
	var children sim.Children
	defer children.Close()
	cmd := compareCommand(&runner{simulate: sim.Run, children: &children})
	cmd.SetArgs(args)
	cmd.SetOut(&out)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	err := cmd.Execute()
	return out.String(), err
}

func scenarioFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "compared.yml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	return path
}

const refusing = `release: [v2.53, v3.16]
config: {alerting: {alertmanagers: [{timeout: 10s, static_configs: [{targets: ['am-a:9093', 'am-b:9093']}]}]}}
tests:
  - name: one refuses
    alertmanagers: {'am-a:9093': {latency: 20ms}, 'am-b:9093': {refuse: true}}
    timeline: [{at: 1s, send: {alerts: 'a[1-8]'}}]
`

func TestCompareText(t *testing.T) {
	path := scenarioFile(t, refusing)
	got, err := runCompare(path)
	require.NoError(t, err)
	want := path + `  one refuses, engine model

                                   v2.53  v3.16
─────────────────────────────────────────────────
   verdict                             -      -
   copies offered                      8      8
   delivered                           8      8
   am-a:9093 requests                  1      1
   am-a:9093 delivered                 8      8
   am-a:9093 unique                    8      8
   am-b:9093 requests                  1      1
   am-b:9093 dropped, send_failed      8      8
≠  metric sent_total                  16      8
≠  metric errors_total                 1      8
≠  metric dropped_total                0      8

v3.16 first differs from v2.53 at `
	require.True(t, strings.HasPrefix(got, want), got)
	require.Contains(t, got, "in the metrics\n")
}

func TestCompareTheSame(t *testing.T) {
	got, err := runCompare("--release", "v3.12,v3.16", "--fail", scenarioFile(t, refusing))
	require.NoError(t, err)
	require.Contains(t, got, "no differences, event by event")
	require.NotContains(t, got, "≠")
}

// With --fail, a difference is an error that gives exit code 1.
func TestCompareFails(t *testing.T) {
	_, err := runCompare("--fail", scenarioFile(t, refusing))
	require.ErrorIs(t, err, errFailed)
}

func TestCompareMarkdown(t *testing.T) {
	got, err := runCompare("--output", "markdown", scenarioFile(t, refusing))
	require.NoError(t, err)
	require.Contains(t, got, "|  |  | v2.53 | v3.16 |\n")
	require.Contains(t, got, "| ≠ | metric errors_total | 1 | 8 |\n")
	require.Contains(t, got, "v3.16 first differs from v2.53 at ")
}

func TestCompareJSON(t *testing.T) {
	type figure struct {
		Name   string
		Values []string
		Differ bool
	}
	got, err := runCompare("--output", "json", scenarioFile(t, refusing))
	require.NoError(t, err)
	var doc struct {
		Runs     []struct{ Release, Engine string }
		Figures  []figure
		Partings []struct{ What string }
	}
	require.NoError(t, json.Unmarshal([]byte(got), &doc))
	require.Len(t, doc.Runs, 2)
	require.Contains(t, doc.Figures, figure{"metric errors_total", []string{"1", "8"}, true})
	require.Len(t, doc.Partings, 1)
	require.Equal(t, "metrics", doc.Partings[0].What)
}

func TestCompareWhatCannotBe(t *testing.T) {
	path := scenarioFile(t, refusing)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--release", "v3.16", path}, `"one refuses" has only one run to compare; name two or more releases`},
		{[]string{"--output", "csv", path}, `--output "csv": write text, markdown or json`},
		{[]string{"--release", "v2.9.7,v3.16", "--engine", "prometheus", path}, "there is no Prometheus release v2.9.7"},
		{[]string{}, "compare takes one file"},
		{[]string{"--release", "v3.16", "--notifier", t.TempDir(), path}, "is no checkout of Prometheus"},
	} {
		_, err := runCompare(c.args...)
		require.ErrorContains(t, err, c.want)
	}
}
