package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
)

const seriesScenario = `
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
scrape_interval: 15s
tests:
  - name: one send
    duration: 2m
    timeline: [{at: 30s, send: {alerts: 'a[1-8]'}}]
`

// writeSeries writes a scenario to a temporary folder, runs notifysim test on it with the flags, and returns the
// folder, the standard error and the exit code.
func writeSeries(t *testing.T, text string, flags ...string) (dir, errs string, code int) {
	t.Helper()
	dir = t.TempDir()
	t.Chdir(dir)
	require.NoError(t, os.WriteFile("s.yml", []byte(text), 0o644))
	var stdout, stderr bytes.Buffer
	code = run(append([]string{"test", "s.yml"}, flags...), nil, &stdout, &stderr)
	return dir, stderr.String(), code
}

func TestOpenMetrics(t *testing.T) {
	dir, errs, code := writeSeries(t, seriesScenario, "--openmetrics", "om.txt")
	require.Equal(t, exitPass, code, errs)
	text, err := os.ReadFile(filepath.Join(dir, "om.txt"))
	require.NoError(t, err)
	require.Contains(t, string(text), "alerts_delivered_total{instance=\"ledger\",job=\"notifysim\",to=\"any\"} 0.0 15\n"+
		"alerts_delivered_total{instance=\"ledger\",job=\"notifysim\",to=\"any\"} 8.0 30\n")
	p := textparse.NewOpenMetricsParser(text, labels.NewSymbolTable())
	samples := 0
	types, helps := map[string]string{}, map[string]bool{}
	for {
		entry, err := p.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		switch entry {
		case textparse.EntrySeries:
			samples++
		case textparse.EntryType:
			name, typ := p.Type()
			require.NotContains(t, types, string(name), "the lines of a metric family are not separated")
			types[string(name)] = string(typ)
		case textparse.EntryHelp:
			name, help := p.Help()
			require.NotEmpty(t, help)
			helps[string(name)] = true
		}
	}
	require.Greater(t, samples, 500)
	for _, m := range scenarios.Metrics(core.Newest()) {
		name := strings.TrimSuffix(m.Name, "_total")
		require.Contains(t, string(text), "\n# HELP "+name+" ")
		require.Equal(t, m.Type, types[name], name)
		require.True(t, helps[name], name)
	}
	require.Len(t, types, len(scenarios.Metrics(core.Newest())))
	const of = `{instance="ledger",job="notifysim",`
	require.Contains(t, string(text), `alert_delivery_seconds_bucket`+of+`le="600.0",to="any"} 8.0 120
alert_delivery_seconds_bucket`+of+`le="+Inf",to="any"} 8.0 120
alert_delivery_seconds_count`+of+`to="any"} 8.0 120
alert_delivery_seconds_sum`+of+`to="any"} 0.0 120
`, "the samples of a histogram are grouped by time")
}

func TestTSDBBlock(t *testing.T) {
	dir, errs, code := writeSeries(t, seriesScenario, "--tsdb", "data/blocks")
	require.Equal(t, exitPass, code, errs)
	blocks, err := filepath.Glob(filepath.Join(dir, "data/blocks", "*"))
	require.NoError(t, err)
	require.Len(t, blocks, 1)
	b, err := tsdb.OpenBlock(nil, blocks[0], nil, nil)
	require.NoError(t, err)
	defer b.Close()
	require.EqualValues(t, 0, b.MinTime())
	q, err := tsdb.NewBlockQuerier(b, 0, 120_000)
	require.NoError(t, err)
	defer q.Close()
	set := q.Select(t.Context(), true, nil, labels.MustNewMatcher(labels.MatchEqual, "__name__", "alerts_delivered_total"),
		labels.MustNewMatcher(labels.MatchEqual, "to", "am-a:9093"))
	require.True(t, set.Next())
	var got []float64
	for it := set.At().Iterator(nil); it.Next() != 0; {
		_, v := it.At()
		got = append(got, v)
	}
	require.Equal(t, []float64{0, 0, 8, 8, 8, 8, 8, 8, 8}, got)
	require.False(t, set.Next())
}

func TestSeriesAreOfOneRun(t *testing.T) {
	_, errs, code := writeSeries(t, "release: [v3.9, v3.16]\n"+seriesScenario, "--openmetrics", "om.txt")
	require.Equal(t, exitUsage, code)
	require.Contains(t, errs, "there are 2; write --run 'one send' --release v3.9, or")
	_, errs, code = writeSeries(t, seriesScenario, "--openmetrics", "missing/om.txt")
	require.Equal(t, exitInternal, code)
	require.Contains(t, errs, "missing/om.txt")
}
