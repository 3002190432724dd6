package scenarios_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
)

// The library has a scenario for every alert in the mixin. Each says for v3.9 and v3.16 when the alert fires.
func TestEveryAlertOfTheMixinHasAScenario(t *testing.T) {
	fires := map[string]bool{}
	for _, name := range []string{"queue_runs_full", "errors_of_some", "errors_of_all", "not_connected"} {
		file, err := scenarios.LoadEmbedded("metamonitoring/" + name + ".yml")
		require.NoError(t, err)
		require.Len(t, file.Releases, 2)
		for _, test := range file.Tests {
			for _, e := range test.AlertRules {
				fires[e.Alertname] = fires[e.Alertname] || len(e.Alerts) > 0
			}
		}
		for _, g := range file.RuleFiles[0].Groups {
			for _, r := range g.Rules {
				fires[r.Alert] = fires[r.Alert] || false
			}
		}
	}
	require.Len(t, fires, 4)
	for name, ok := range fires {
		require.True(t, ok, "%s fires in no scenario", name)
	}
}
