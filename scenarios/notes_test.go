package scenarios_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
)

// There is a note, with its position, about what is valid but most likely not meant.
func TestNotes(t *testing.T) {
	f, err := scenarios.Parse("x.yml", []byte(`
release: [v2.53, v2.53.9]
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
evaluation_interval: 1m
tests:
  - name: x
    duration: 30m
    input_series:
      - {series: 'ALERTS{alertname="Ends", alertstate="firing"}', values: '_x4 1x10'}
      - {series: 'ALERTS{alertname="Resolves", alertstate="firing"}', values: '_x4 1x10 _'}
      - {series: 'ALERTS{alertname="Lasts", alertstate="firing"}', values: '_x4 1x40'}
      - {series: 'ALERTS{alertname="Node", alertstate="firing"}', expand: {node: 'n{1..10}'}, values: '1x40'}
    timeline:
      - {at: 20m, for: 10m, target: 'am-a:9093', fault: {hang: true}}
      - {at: 25m, for: 10m, target: 'am-a:9093', fault: {hang: true}}
      - {at: 1m, send: {alerts: 'a(1-8)'}}
      - {at: 2m, send: {alerts: ['b[1-8]', 'c{x}']}}
`))
	require.NoError(t, err)
	require.Empty(t, cmp.Diff([]string{
		`x.yml:2:18: the newest known release of v2.53 is v2.53.5, so there may be no v2.53.9; ` +
			`write v2.53, which stands for the newest`,
		`x.yml:9:75: the values end while the alert fires, so it is resolved at 15m, before the test ends at 30m; ` +
			`write more values if it should go on firing, or _ at the end if not`,
		`x.yml:12:82: "n{1..10}" is a single name, not a range; write [1-10] for a range`,
		`x.yml:15:24: the event lasts until 35m, but the test ends at 30m; what would happen later is not simulated`,
		`x.yml:16:33: "a(1-8)" is a single name, not a range; write [1-8] for a range`,
	}, f.Notes()))
}

// There is a note if the rule_files of a config_file are not evaluated.
func TestNoteOnRuleFiles(t *testing.T) {
	const note = "x.yml:1:14: the rule_files of prometheus.yml are not evaluated; " +
		"write rule_files: [...] in the scenario to evaluate rules"
	for rules, want := range map[string][]string{"": {note}, "rule_files: [a.rules]\n": nil} {
		f, err := scenarios.Sources{
			"x.yml": "config_file: prometheus.yml\n" + rules +
				"tests: [{name: x, timeline: [{at: 0s, send: {alerts: a}}]}]\n",
			"prometheus.yml": "rule_files: [b.rules]\n" +
				"alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}\n",
			"a.rules": "groups: []\n",
		}.Parse("x.yml")
		require.NoError(t, err)
		require.Equal(t, want, f.Notes())
	}
}
