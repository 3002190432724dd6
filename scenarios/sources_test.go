package scenarios_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
)

// A scenario can be loaded elsewhere from its sources alone.
func TestSources(t *testing.T) {
	t.Chdir(t.TempDir())
	write := func(name, text string) { require.NoError(t, os.WriteFile(name, []byte(text), 0o644)) }
	require.NoError(t, os.Mkdir("in", 0o755))
	config := "alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}\n"
	write("prometheus.yml", config)
	write("in/other.yml", config)
	text := `
config_file: ../prometheus.yml
tests:
  - name: reloads
    timeline: [{at: 1m, reload: {config_file: other.yml}}]
`
	write("in/s.yml", text)
	file, sources, err := scenarios.LoadSources("in/s.yml")
	require.NoError(t, err)
	require.Equal(t, scenarios.Sources{"in/s.yml": text, "in/other.yml": config, "prometheus.yml": config}, sources)
	t.Chdir(t.TempDir())
	again, err := sources.Parse("in/s.yml")
	require.NoError(t, err)
	require.Equal(t, file, again)

	delete(sources, "prometheus.yml")
	_, err = sources.Parse("in/s.yml")
	require.ErrorContains(t, err, "there is no such file")
	_, _, err = scenarios.LoadSources("in/missing.yml")
	require.ErrorContains(t, err, "there is no such file")
}

// The sources of an embedded scenario have the files that it names too.
func TestLoadEmbeddedSources(t *testing.T) {
	const name = "a_prometheus_restarts.yml"
	_, sources, err := scenarios.LoadEmbeddedSources(name)
	require.NoError(t, err)
	require.Greater(t, len(sources), 1)
	file, err := sources.Parse(name)
	require.NoError(t, err)
	require.NotEmpty(t, file.RuleFiles)
}
