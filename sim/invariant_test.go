package sim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/fuzz"
)

// stress has scenarios in which many requests are in flight when an Alertmanager leaves, and one in which an
// Alertmanager joins twice.
const stress = `
release: %s
config:
  alerting:
    alertmanagers:
      - {timeout: 3s, static_configs: [{targets: ['am-a:9093', 'am-b:9093']}]}
      - {timeout: 3s, static_configs: [{targets: ['am-c:9093']}]}
flags: {alertmanager.notification-queue-capacity: 200, alertmanager.notification-batch-size: 64}
scrape_interval: 1s
tests:
  - name: one of two sets fails, and its Alertmanager leaves
    alertmanagers: {'am-a:9093': {latency: 300ms}, 'am-b:9093': {hang: true},
      'am-c:9093': {status: 500, latency: 700ms}}
    timeline:
      - {at: 1s, send: {alerts: 'a[001-192]'}}
      - {at: 1500ms, target_groups: {config-1: []}}
      - {at: 20s, send: {alerts: 'b[001-192]'}}
      - {at: 21s, target_groups: {config-0: [{targets: ['am-a:9093']}]}}
      - {at: 22s, send: {alerts: 'c[001-100]'}}
  - name: a stop with a batch under way
    alertmanagers: {'am-a:9093': {latency: 300ms}, 'am-b:9093': {latency: 500ms}, 'am-c:9093': {refuse: true}}
    timeline:
      - {at: 1s, send: {alerts: 'a[001-192]'}}
      - {at: 1100ms, shutdown: {}}
  - name: one that is new is named twice
    timeline:
      - {at: 1s, target_groups: {config-0: [{targets: ['am-a:9093', 'am-d:9093', 'am-d:9093']}]}}
      - {at: 2s, send: {alerts: 'a[001-100]'}}
`

// In every random scenario, the invariants that a release promises hold.
func TestInvariantsHoldOnRandomScenarios(t *testing.T) {
	seen := map[string]int{}
	for _, line := range core.ReleaseLines() {
		t.Run(line, func(t *testing.T) {
			seeds := uint64(60)
			if testing.Short() {
				seeds = 8
			}
			hold := func(text []byte) {
				file, err := scenarios.Parse("drawn.yml", text)
				require.NoError(t, err)
				for _, test := range file.Tests {
					res, err := sim.Run(file, test, file.Releases[0], 1, sim.Options{})
					if err != nil {
						t.Errorf("%q: %v", test.Name, strings.Replace(err.Error(), "conservation:", "invariant conservation:", 1))
						continue
					}
					for _, v := range res.Violations {
						if seen[v.Invariant]++; v.Excuse == "" {
							t.Errorf("%q: invariant %s: %s at %v\n%s", test.Name, v.Invariant, v.Message, v.At, text)
						}
					}
				}
			}
			hold(fmt.Appendf(nil, stress, line))
			for seed := range seeds {
				hold(fuzz.NewDraft(line, seed).Text())
			}
		})
	}
	t.Logf("violations that the releases allow: %v", seen)
}
