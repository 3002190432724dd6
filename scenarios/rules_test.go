package scenarios_test

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
)

// withRules loads a scenario whose only rule file, rules.yml, has this text. more is appended to its test.
func withRules(text []byte, more string) (*scenarios.File, error) {
	return scenarios.LoadFS(fstest.MapFS{
		"rules.yml": {Data: text},
		"x.yml": {Data: []byte("release: [v3.9, v3.16]\n" + config +
			"rule_files: [rules.yml]\ntests:\n  - name: x\n" + more)},
	}, "x.yml")
}

// A rule may use any series. If it uses metrics of Alertmanagers or of the ledger that are not simulated, or jobs that
// are not scraped, this is not an error, but a note says that it finds nothing.
func TestNotesOnRules(t *testing.T) {
	rules := []byte(`
groups:
  - name: all that is on the path
    rules:
      - {alert: A, expr: alertmanager_cluster_members < 3}
      - {alert: B, expr: 'prometheus_notifications_queue_length{job="prometheus-k8s"} > 5'}
      - {alert: C, expr: 'node_load1 > 5 and {job="node"}'}
      - {alert: D, expr: 'zone:up:count == 0'}
      - {record: 'zone:up:count', expr: 'count by (zone) (up)'}
`)
	file, err := withRules(rules, "")
	require.NoError(t, err)
	require.Equal(t, []string{
		"rules.yml:5:26: alertmanager_cluster_members is not simulated, so the rule finds nothing; " +
			"add it to `input_series`, or use a metric that notifysim metrics lists",
		`rules.yml:6:70: no series of a run has job="prometheus-k8s", so the rule finds nothing; write "prometheus"`,
	}, file.Notes())

	file, err = withRules(rules, `    input_series:
      - {series: 'alertmanager_cluster_members{job="alertmanager"}', values: '3x10'}
      - {series: 'prometheus_notifications_queue_length{job="prometheus-k8s", shard="1"}', values: '3x10'}
`)
	require.NoError(t, err)
	require.Empty(t, file.Notes(), "the series are in input_series")
}

// Any text of a rule file gives rules or errors with positions.
func FuzzRules(f *testing.F) {
	for _, name := range []string{"a_prometheus_restarts.rules", "metamonitoring/mixin.rules"} {
		text, err := scenarios.LibraryText(name)
		require.NoError(f, err)
		f.Add([]byte(text))
	}
	addFiles(f, "testdata/broken/prometheus_*rules*.yml")
	f.Add([]byte("groups: [{name: a, rules: [{alert: A, expr: '" + nested + "'}]}]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		start := time.Now()
		file, err := withRules(text, "")
		require.Less(t, time.Since(start), 20*time.Second)
		requireFileOrErrors(t, file, err)
	})
}

// Any text of a recording gives alerts or errors with positions.
func FuzzRecording(f *testing.F) {
	addFiles(f, "testdata/recording.om", "testdata/broken/*.om")
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := scenarios.LoadFS(fstest.MapFS{
			"alerts.om": {Data: text},
			"x.yml":     {Data: []byte(config + "tests: [{name: x, recording: alerts.om}]\n")},
		}, "x.yml")
		requireFileOrErrors(t, file, err)
	})
}
