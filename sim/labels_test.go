package sim_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/fuzz"
)

// Options.Labels keeps label sets from one run for the next. They must not change the next run: its trace and names
// stay the same, both when a reload changes the relabelling and in random scenarios.
func TestLabelsOfTheRunBefore(t *testing.T) {
	texts := [][]byte{[]byte(`
config:
  alerting: {alertmanagers: [{static_configs: [{targets: ['am:9093']}]}]}
tests:
  - name: reloaded
    duration: 5m
    input_series:
      - {series: 'ALERTS{alertname="X", alertstate="firing"}', expand: {i: '[1-9]'}, values: '1x5'}
      - {series: 'ALERTS{alertname="Y", alertstate="firing"}', expand: {i: '[1-9]'}, values: '1x5'}
    timeline:
      - at: 90s
        reload:
          config:
            global: {external_labels: {cluster: eu1}}
            alerting:
              alert_relabel_configs: [{source_labels: [i], regex: '[1-3]', action: drop}]
              alertmanagers: [{static_configs: [{targets: ['am:9093']}]}]
`)}
	rel := core.Newest()
	for n := range uint64(60) {
		texts = append(texts, fuzz.NewDraft(rel.Name, n).Text())
	}
	for n, text := range texts {
		file, err := scenarios.Parse(fmt.Sprintf("%d.yml", n), text)
		require.NoError(t, err)
		var known sim.Cache
		for _, seed := range []uint64{1, 2, 1} {
			alone, err := sim.Run(file, file.Tests[0], rel, seed, sim.Options{Hash: true})
			require.NoError(t, err)
			after, err := sim.Run(file, file.Tests[0], rel, seed, sim.Options{Hash: true, Labels: &known})
			require.NoError(t, err)
			if n == 0 { // the reload relabels three of nine alerts, for two rules and two sends
				require.EqualValues(t, 3*2*2, alone.Ledger.Relabelled)
			}
			require.Equal(t, alone, after, "%s, seed %d", file.Path, seed)
		}
	}
}
