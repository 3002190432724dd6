package sim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// An outcome is all of a result except its events.
type outcome struct {
	sim.Result
	Scrapes [][]sim.Sample
	Series  string
	Err     string
}

// runOnce runs a test. If listen is true an observer gets the events, and then no request is fast-forwarded.
func runOnce(
	t require.TestingT, f *scenarios.File, test *scenarios.Test, rel *core.Release, listen bool, o sim.Options,
	seed uint64,
) *outcome {
	var s outcome
	o.Queues, o.Monitor = true, true
	o.Scrapes = func(at time.Duration, replica int, samples []sim.Sample) {
		s.Scrapes = append(s.Scrapes, samples)
	}
	if listen {
		o.Events = func(*sim.Event) {}
	}
	res, err := sim.Run(f, test, rel, seed, o)
	if err != nil {
		return &outcome{Err: err.Error()}
	}
	var b strings.Builder
	require.NoError(t, res.Series.WriteOpenMetrics(&b))
	s.Result, s.Series = *res, b.String()
	s.Result.Series = nil // contains NaN values, which are not equal to themselves
	return &s
}

// requireSameUnobserved requires that a run has the same outcome with and without an observer of its events.
func requireSameUnobserved(
	t require.TestingT, f *scenarios.File, test *scenarios.Test, rel *core.Release, o sim.Options, seed uint64,
) {
	require.Equal(t, runOnce(t, f, test, rel, true, o, seed), runOnce(t, f, test, rel, false, o, seed))
}

// Fast-forwarded requests have the same outcome as requests that are simulated one by one.
func TestFastForwardChangesNothingInRandomScenarios(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		file, test := drawReplicas(t, "v2.5", "v3.9", "v3.10", "v3.11", "v3.16", "v3.16")
		file.Flags.BatchSize = rapid.IntRange(1, 7).Draw(t, "batch size")
		file.Flags.QueueCapacity *= rapid.IntRange(1, 20).Draw(t, "times the capacity")
		for i := range test.Alertmanagers {
			if rapid.Bool().Draw(t, "at once") {
				test.Alertmanagers[i].Behaviour.Latency = file.Tests[0].Alertmanagers[0].Behaviour.Latency
			}
		}
		asked := &scenarios.Count{N: -1} // never true, so the failure message contains the actual value
		for range rapid.IntRange(0, 1).Draw(t, "looks") {
			test.Ledger = append(test.Ledger, scenarios.LedgerTest{
				Pos: test.Pos, EvalTime: time.Duration(rapid.IntRange(0, 400_000).Draw(t, "look at")) * time.Millisecond,
				Offered: asked, Delivered: asked, Queued: asked, InFlight: asked, Lost: asked,
				Late: asked, FalselyResolved: asked, Refired: asked, Resurrected: asked,
			})
		}
		o := sim.Options{Phases: rapid.Bool().Draw(t, "phases")}
		requireSameUnobserved(t, file, test, file.Releases[0], o, 1)
	})
}

// Fast-forwarding does not change the outcome of any scenario of the library.
func TestFastForwardChangesNothingInTheLibrary(t *testing.T) {
	eachTest(t, func(t *testing.T, file *scenarios.File, test *scenarios.Test, rel *core.Release) {
		requireSameUnobserved(t, file, test, rel, sim.Options{}, 1)
	})
}

// Fast-forwarding does not change the outcome in cases that random scenarios hardly ever contain.
func TestFastForwardChangesNothingInRareCases(t *testing.T) {
	for name, text := range map[string]string{
		"alerts end while they wait": `
release: v3.16
evaluation_interval: 15s
scrape_interval: 1m
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093', 'am-b:9093']}]}]}}
flags: {alertmanager.notification-batch-size: 1}
tests:
  - name: slow
    input_series:
      - {series: 'ALERTS{alertname="Slow", alertstate="firing"}', expand: {i: '[001-200]'}, values: '1x40'}
    alertmanagers:
      'am-a:9093': {latency: {uniform: {min: 500ms, max: 1500ms}}}
      'am-b:9093': {latency: {uniform: {min: 100ms, max: 200ms}}}
    timeline:
      - {at: 11m, send: {alerts: 'a[1-500]'}}
`,
		"alerts come just before they end": `
release: v3.16
evaluation_interval: 25s
scrape_interval: 7m
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
flags: {alertmanager.notification-batch-size: 1}
tests:
  - name: just before
    input_series:
      - {series: 'ALERTS{alertname="Slow", alertstate="firing"}', expand: {i: '[001-200]'}, values: '_ 1x40'}
    alertmanagers:
      'am-a:9093': {latency: {uniform: {min: 1480ms, max: 1520ms}}}
    timeline:
      - {at: 0s, send: {alerts: 'a[1-170]'}}
    ledger_test:
      - {eval_time: 270s, target: 'am-a:9093', exp_false_resolved: 1000}
`,
		"two sets have the same Alertmanager, which restarts": `
release: v3.16
scrape_interval: 1m
config:
  alerting:
    alertmanagers:
      - {static_configs: [{targets: ['am-a:9093']}]}
      - {static_configs: [{targets: ['am-a:9093', 'am-b:9093']}]}
flags: {alertmanager.notification-batch-size: 1}
tests:
  - name: twice
    alertmanagers:
      'am-a:9093': {latency: {exponential: {mean: 100ms}}}
    timeline:
      - {at: 0s, send: {alerts: 'a[1-300]'}}
      - {at: 3s, target: 'am-a:9093', restart: {}}
      - {at: 6s, for: 2s, target: 'am-a:9093', restart: {}}
`,
		"replicas send the same at different times": `
release: v3.16
replicas: 2
evaluation_interval: 15s
scrape_interval: 5m
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
flags: {alertmanager.notification-batch-size: 1}
tests:
  - name: overlap
    alertmanagers:
      'am-a:9093': {latency: {uniform: {min: 500ms, max: 1500ms}}}
    timeline:
      - {at: 0s, replica: 1, send: {alerts: 'a[1-300]'}}
      - {at: 100s, replica: 2, send: {alerts: 'a[1-300]'}}
      - {at: 15m, send: {alerts: 'a[1-3]'}}
`,
		"one queue is drained while the others send": `
release: v3.16
scrape_interval: 1m
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093', 'am-b:9093']}]}]}}
flags: {alertmanager.notification-batch-size: 1, alertmanager.notification-queue-capacity: 600}
tests:
  - name: drained
    alertmanagers:
      'am-a:9093': {latency: {uniform: {min: 50ms, max: 150ms}}}
      'am-b:9093': {latency: {uniform: {min: 300ms, max: 310ms}}}
    timeline:
      - {at: 0s, send: {alerts: 'a[1-500]'}}
      - {at: 5s, target_groups: {config-0: [{targets: ['am-b:9093']}]}}
      - {at: 10s, send: {alerts: 'b[1-400]'}}
      - {at: 11s, target_groups: {config-0: [{targets: []}]}}
      - {at: 12s, send: {alerts: 'c[1-400]'}}
`,
		"some responses come after the timeout": `
release: v3.16
scrape_interval: 1m
config: {alerting: {alertmanagers: [{timeout: 2s, static_configs: [{targets: ['am-a:9093', 'am-b:9093']}]}]}}
flags: {alertmanager.notification-batch-size: 3}
tests:
  - name: late
    alertmanagers:
      'am-a:9093': {latency: {uniform: {min: 100ms, max: 2200ms}}}
      'am-b:9093': {latency: {uniform: {min: 1500ms, max: 2001ms}}}
    timeline:
      - {at: 0s, send: {alerts: 'a[1-500]'}}
      - {at: 30s, send: {alerts: 'b[1-50]'}}
      - {at: 31s, send: {alerts: 'a[400-460]'}}
`,
		"an expectation asks what arrives in a window": `
release: v3.16
scrape_interval: 1m
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093', 'am-b:9093']}]}]}}
flags: {alertmanager.notification-batch-size: 10}
tests:
  - name: asked
    alertmanagers:
      'am-a:9093': {service: {per_request: 30ms, per_alert: 1ms}, jitter: 5ms, latency: 10ms}
      'am-b:9093': {latency: {lognormal: {median: 20ms, sigma: 1}}}
    timeline:
      - {at: 0s, send: {alerts: 'a[1-500]', every: {exponential: {mean: 3s}}}, for: 30s}
    alertmanager_test:
      - {target: 'am-a:9093', between: [1s, 7s], exp_received: {unique: 500, duplicates: 100}}
      - {target: 'am-b:9093', between: [2500ms, 20s], exp_requests: 7}
    ledger_test:
      - {eval_time: 5300ms, target: 'am-a:9093', exp_delivered: 7}
`,
		"a stop drains": `
release: v3.16
scrape_interval: 1m
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093', 'am-b:9093']}]}]}}
flags: {alertmanager.notification-batch-size: 1}
tests:
  - name: stopped
    alertmanagers:
      'am-a:9093': {latency: {uniform: {min: 50ms, max: 150ms}}}
      'am-b:9093': {latency: {uniform: {min: 100ms, max: 110ms}}}
    timeline:
      - {at: 0s, send: {alerts: 'a[1-500]'}}
      - {at: 5s, shutdown: {}}
`,
	} {
		t.Run(name, func(t *testing.T) {
			file, err := scenarios.Parse("corner.yml", []byte(text))
			require.NoError(t, err)
			for seed := range uint64(20) {
				requireSameUnobserved(t, file, file.Tests[0], file.Releases[0], sim.Options{}, seed)
			}
		})
	}
}
