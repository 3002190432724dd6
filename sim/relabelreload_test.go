package sim_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// The account of alerts leaves out an alert that relabelling drops on purpose, also if a reload brings the rule.
func TestAccountLeavesOutWhatAReloadDrops(t *testing.T) {
	f, err := scenarios.Parse("x.yml", []byte(`
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
tests:
  - name: x
    duration: 10m
    timeline:
      - at: 1m
        reload:
          config:
            alerting:
              alert_relabel_configs: [{source_labels: [severity], regex: debug, action: drop}]
              alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]
      - {at: 2m, send: {alerts: a, labels: {severity: page}}}
      - {at: 2m, send: {alerts: b, labels: {severity: debug}}}
`))
	require.NoError(t, err)
	res, err := sim.Run(f, f.Tests[0], f.Releases[0], 1, sim.Options{})
	require.NoError(t, err)
	require.Equal(t, int64(1), res.Accounts.Any.Alerts)
	require.Zero(t, res.Accounts.Any.Missed)
}
