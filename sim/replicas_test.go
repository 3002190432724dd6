package sim_test

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/compare"
	"github.com/notifysim/notifysim/sim/fuzz"
	"github.com/notifysim/notifysim/sim/ledger"
)

// drawReplicas draws a scenario with several replicas, in which some events concern only one of them.
func drawReplicas(t *rapid.T, releases ...string) (*scenarios.File, *scenarios.Test) {
	release := rapid.SampledFrom(releases).Draw(t, "release")
	seed := rapid.Uint64Range(0, 1<<20).Draw(t, "seed")
	text := fmt.Appendf(nil, "replicas: %d\n%s", rapid.IntRange(1, 3).Draw(t, "replicas"),
		fuzz.NewDraft(release, seed).Text())
	file, err := scenarios.Parse("drawn.yml", text)
	require.NoError(t, err)
	test := file.Tests[0]
	for i := range test.Timeline {
		e := &test.Timeline[i]
		if e.Send != nil || e.TargetGroups != nil || e.Reload != nil || e.Shutdown != nil {
			e.Replica = rapid.IntRange(0, test.Replicas).Draw(t, "of")
		}
	}
	restarts := 2
	for _, e := range append(test.Timeline, scenarios.Event{Reload: &scenarios.Reload{Config: file.Config}}) {
		if e.Reload != nil && len(e.Reload.Config.AlertingConfig.AlertmanagerConfigs) > 1 {
			restarts = 0 // a stop drains several sets in the random order of a Go map
		}
	}
	for range rapid.IntRange(0, restarts).Draw(t, "restarts") {
		at := time.Duration(rapid.IntRange(0, 60_000).Draw(t, "at")) * time.Millisecond
		down := time.Duration(rapid.IntRange(0, 20_000).Draw(t, "down")) * time.Millisecond
		test.Timeline = append(test.Timeline, scenarios.Event{
			Pos: test.Pos, At: at, Replica: rapid.IntRange(0, test.Replicas).Draw(t, "who"),
			ServerRestart: &scenarios.ServerRestart{Down: down},
		})
	}
	slices.SortStableFunc(test.Timeline, func(a, b scenarios.Event) int { return cmp.Compare(a.At, b.At) })
	return file, test
}

// All engines give the same results with several replicas.
func TestEnginesAgreeOnReplicas(t *testing.T) {
	unobservable := 0
	rapid.Check(t, func(t *rapid.T) {
		file, test := drawReplicas(t, "v2.5", "v2.11", "v2.53", "v2.54", "v3.3", "v3.9", "v3.16")
		_, model, err := compare.Observe(sim.EngineModel, file, test, file.Releases[0], 1, sim.Options{})
		require.NoError(t, err)
		for _, engine := range sim.Engines()[1:] {
			if !runsHere(engine, file.Releases[0]) {
				continue
			}
			_, other, err := compare.Observe(engine, file, test, file.Releases[0], 1, sim.Options{})
			if errors.Is(err, sim.ErrUnobservable) {
				unobservable++
				return
			}
			require.NoError(t, err)
			if diff := compare.Differ(model, other); diff != nil {
				t.Fatalf("model against %s: %v", engine, diff)
			}
		}
	})
	require.Less(t, unobservable, 10)
}

// With replicas the invariants that a release promises hold, and the accounts of each replica and their sum add up. An
// alert that all replicas lost was lost by each replica that sent it.
func TestReplicasAccounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		file, test := drawReplicas(t, core.ReleaseLines()...)
		same := true // all replicas send the same alerts
		for _, e := range test.Timeline {
			same = same && e.Replica == 0 && e.ServerRestart == nil
		}
		res, err := sim.Run(file, test, file.Releases[0], 1, sim.Options{})
		require.NoError(t, err)
		for _, v := range res.Violations {
			require.NotEmpty(t, v.Excuse, "invariant %s: %s at %v", v.Invariant, v.Message, v.At)
		}
		l := res.Ledger
		if test.Replicas == 1 {
			require.Empty(t, l.Replicas)
			return
		}
		require.Len(t, l.Replicas, test.Replicas)
		var sum ledger.ReplicaLedger
		shares := map[string]ledger.ReplicaAccount{}
		least := l.Replicas[0].Lost
		for _, r := range l.Replicas {
			require.Equal(t, r.Offered, r.Delivered+r.Lost+r.Pending)
			sum.Offered += r.Offered
			sum.Delivered += r.Delivered
			sum.Lost += r.Lost
			sum.Pending += r.Pending
			least = min(least, r.Lost)
			for address, s := range r.Alertmanagers {
				require.Equal(t, s.Offered, s.Delivered+s.Dropped.Total()+s.Queued+s.InFlight)
				all := shares[address]
				all.Offered += s.Offered
				all.Delivered += s.Delivered
				all.Requests += s.Requests
				shares[address] = all
			}
		}
		require.Equal(t, sum, ledger.ReplicaLedger{
			Totals: ledger.Totals{Offered: l.Offered, Delivered: l.Delivered, Lost: l.Lost, Pending: l.Pending},
		})
		for address, a := range l.Alertmanagers {
			s := shares[address]
			require.Equal(t, s, ledger.ReplicaAccount{Offered: a.Offered, Delivered: a.Delivered, Requests: a.Requests})
		}
		require.LessOrEqual(t, *l.LostByAll, l.Lost)
		if same && l.Blocked == 0 {
			require.LessOrEqual(t, *l.LostByAll, least)
		}
	})
}

// Each replica is a target of the virtual scrapes, and each server evaluates its own rules: the samples that the rules
// of two servers append do not conflict.
func TestReplicasAreScrapedAndEvaluateRules(t *testing.T) {
	files := fstest.MapFS{
		"pair.yml": {Data: []byte(`
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
rule_files: [pair.rules]
evaluation_offset: none
scrape_interval: 15s
replicas: 2
tests:
  - name: a pair
    duration: 20m
    input_series: [{series: 'up{job="node"}', values: '0x40'}]
    timeline: [{at: 10m, replica: 2, shutdown: {}}]
    promql_expr_test:
      - expr: 'max by (instance) (prometheus_notifications_sent_total)'
        eval_time: 9m
        exp_samples: [{labels: '{instance="prometheus-1:9090"}', value: 5},
          {labels: '{instance="prometheus-2:9090"}', value: 5}]
      - expr: 'up{job="prometheus"}'
        eval_time: 11m
        exp_samples: [{labels: 'up{instance="prometheus-1:9090", job="prometheus"}', value: 1},
          {labels: 'up{instance="prometheus-2:9090", job="prometheus"}', value: 0}]
      - {expr: 'alerts_delivered_total{to="any"}', eval_time: 9m,
          exp_samples: [{labels: 'alerts_delivered_total{instance="ledger", job="notifysim", to="any"}', value: 10}]}
      - {expr: 'alertmanager_alerts{state="active"}', eval_time: 9m,
          exp_samples: [{labels: 'alertmanager_alerts{instance="am-a:9093", job="alertmanager", state="active"}',
            value: 1}]}
    alert_rule_test:
      - {alertname: NodeDown, eval_time: 9m, exp_alerts: [{exp_labels: {job: node}}]}
    alertmanager_test:
      - {target: 'am-a:9093', between: [0s, 9m], exp_received: {unique: 1, duplicates: 9}}
`)},
		"pair.rules": {Data: []byte(
			"groups: [{name: nodes, rules: [{alert: NodeDown, expr: 'up{job=\"node\"} == 0', for: 1m}]}]\n")},
	}
	file, err := scenarios.LoadFS(files, "pair.yml")
	require.NoError(t, err)
	for _, engine := range sim.Engines() {
		res, err := sim.Run(file, file.Tests[0], file.Releases[0], 1, sim.Options{Engine: engine})
		require.NoError(t, err)
		require.Empty(t, res.Failures, "engine %s", engine)
	}
}

// The engine live refuses a scenario with replicas, since it has one sender.
func TestReplicasAreRefusedOnTheWallClock(t *testing.T) {
	file, err := scenarios.Parse("live.yml", []byte(`
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
replicas: 2
tests: [{name: a pair}]
`))
	require.NoError(t, err)
	_, err = sim.Run(file, file.Tests[0], file.Releases[0], 1, sim.Options{Engine: sim.EngineLive})
	require.ErrorIs(t, err, sim.ErrNotLive)
	require.ErrorContains(t, err, "2 replicas")
}

// After a restart a server evaluates its rule groups at their offsets, as before; the first evaluation is the first
// such instant after the start.
func TestRulesGoOnAtTheirOffsetsAfterARestart(t *testing.T) {
	sends := func(restart string) (times []time.Duration) {
		files := fstest.MapFS{
			"restart.yml": {Data: fmt.Appendf(nil, `
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
rule_files: [site.rules]
flags: {rules.alert.resend-delay: 10s}
tests:
  - name: x
    duration: 5m
    input_series: [{series: 'up{job="site"}', values: '0x10'}]
    %s
`, restart)},
			"site.rules": {Data: []byte("groups: [{name: site, rules: [{alert: SiteDown, expr: 'up{job=\"site\"} == 0'}]}]\n")},
		}
		file, err := scenarios.LoadFS(files, "restart.yml")
		require.NoError(t, err)
		_, err = sim.Run(file, file.Tests[0], file.Releases[0], 1, sim.Options{Events: func(e *sim.Event) {
			if e.Kind == trace.KindSend {
				times = append(times, e.At)
			}
		}})
		require.NoError(t, err)
		return times
	}
	always := sends("")
	require.Len(t, always, 5)
	for _, at := range []time.Duration{0, always[0] / 2, always[0] + time.Second, always[2] - time.Millisecond} {
		require.Equal(t, always, sends(fmt.Sprintf("timeline: [{at: %v, replica: 1, restart: {}}]", at)), "restart at %v", at)
	}
	down := fmt.Sprintf("timeline: [{at: %v, for: 1m, replica: 1, restart: {}}]", always[1]-time.Second)
	require.Equal(t, slices.Delete(slices.Clone(always), 1, 2), sends(down))
}
