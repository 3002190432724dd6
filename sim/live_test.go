package sim_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// liveHead returns the beginning of a scenario with two Alertmanagers and the given timeout.
func liveHead(timeout string) string {
	return `
config: {alerting: {alertmanagers: [{timeout: ` + timeout + `, static_configs: [{targets: ['am-a:9093',
  'am-b:9093']}]}]}}
flags: {alertmanager.notification-queue-capacity: 5, alertmanager.notification-batch-size: 5}
tests:
  - name: live
`
}

// liveScenarios take two or three seconds each. Their outcomes equal the model's even on a machine that is slow now and
// then.
var liveScenarios = []struct{ name, releases, text string }{
	{"a peer hangs and its queue overflows", "[v3.9, v3.16]", liveHead("1200ms") + `
    alertmanagers: {'am-a:9093': {latency: 5ms}, 'am-b:9093': {hang: true}}
    timeline:
      - {at: 0s, send: {alerts: 'a[1-5]'}}
      - {at: 400ms, send: {alerts: 'b[1-5]'}}
      - {at: 800ms, send: {alerts: 'c[1-3]'}}`},
	{"the Alertmanagers of an old release share a queue", "[v2.5, v2.11, v2.54]", liveHead("20s") + `
    alertmanagers: {'am-b:9093': {status: 503}}
    timeline: [{at: 0s, send: {alerts: 'a[1-20]'}}, {at: 400ms, send: {alerts: 'b[1-3]'}}]`},
	{"connections are refused or reset", "[v3.16]", liveHead("20s") + `
    alertmanagers: {'am-a:9093': {refuse: true}, 'am-b:9093': {reset: true}}
    timeline: [{at: 0s, send: {alerts: 'a[1-7]'}}]`},
	{"the alerts are stored, and the response is lost or cut off", "[v2.11, v3.16]", liveHead("20s") + `
    alertmanagers: {'am-a:9093': {lose_response: true}, 'am-b:9093': {truncate: true}}
    timeline: [{at: 0s, send: {alerts: 'a[1-7]'}}]`},
	{"the body of a response arrives slowly", "[v2.5, v3.16]", liveHead("1s") + `
    alertmanagers: {'am-a:9093': {slow_body: 100ms}, 'am-b:9093': {slow_body: 2s}}
    timeline: [{at: 0s, send: {alerts: 'a[1-5]'}}]`},
	{"an Alertmanager stores half of the alerts, or none", "[v3.16]", liveHead("20s") + `
    alertmanagers: {'am-a:9093': {partial: 0.5}, 'am-b:9093': {wrong_content: true}}
    timeline: [{at: 0s, send: {alerts: 'a[1-7]'}}]`},
	{"alerts that are stored after the request timed out", "[v3.16]", liveHead("1s") + `
    alertmanagers: {'am-a:9093': {latency: 2s}}
    timeline: [{at: 0s, send: {alerts: 'a[1-5]'}}]`},
	{"a port is closed for a while", "[v3.16]", liveHead("20s") + `
    timeline:
      - {at: 0s, send: {alerts: 'a[1-2]'}}
      - {at: 400ms, for: 900ms, target: 'am-b:9093', fault: {refuse: true}}
      - {at: 800ms, send: {alerts: 'b[1-4]'}}
      - {at: 1700ms, send: {alerts: 'c[1-3]'}}`},
	{"an Alertmanager leaves, another joins, and the sender stops", "[v2.11, v3.3, v3.16]", liveHead("20s") + `
    timeline:
      - {at: 0s, send: {alerts: 'a[1-2]'}}
      - {at: 400ms, target_groups: {config-0: [{targets: ['am-b:9093', 'am-c:9093']}]}}
      - {at: 500ms, send: {alerts: 'b[1-4]'}}
      - {at: 1s, shutdown: {}}`},
	{"the removal of a hung Alertmanager blocks Send", "[v3.16]", liveHead("1s") + `
    alertmanagers: {'am-a:9093': {hang: true}}
    timeline:
      - {at: 0s, send: {alerts: 'a[1-5]'}}
      - {at: 100ms, send: {alerts: 'b[1-5]'}}
      - {at: 400ms, target_groups: {config-0: [{targets: ['am-b:9093']}]}}
      - {at: 500ms, send: {alerts: 'c[1-5]'}}`},
	{"relabelling, a prefix and a reload", "[v3.16]", `
config:
  global: {external_labels: {cluster: eu1}}
  alerting:
    alert_relabel_configs: [{source_labels: [alertname], regex: a1, action: drop}]
    alertmanagers: [{path_prefix: /am, static_configs: [{targets: [am-a]}]}]
tests:
  - name: live
    timeline:
      - {at: 0s, send: {alerts: 'a[1-4]'}}
      - {at: 400ms, reload: {config: {alerting: {alertmanagers: [{static_configs: [{targets: [am-a]}]}]}}}}
      - {at: 700ms, send: {alerts: 'a[1-4]'}}`},
}

// On the wall clock, over HTTP, alerts have the same outcomes as in the model. When a run is over, all goroutines that
// the engine started have ended.
func TestLiveEndsAsTheModelDoes(t *testing.T) {
	before := goleak.IgnoreCurrent()
	var running sync.WaitGroup // the scenarios run at the same time, since they mostly wait
	for _, c := range liveScenarios {
		file, err := scenarios.Parse("live.yml", []byte("release: "+c.releases+c.text))
		require.NoError(t, err)
		for _, rel := range file.Releases {
			model, err := sim.Run(file, file.Tests[0], rel, 1, sim.Options{})
			require.NoError(t, err)
			running.Go(func() {
				var diff string
				for range 3 { // a pause of 400ms may change the outcome, so try three times
					live, err := sim.Run(file, file.Tests[0], rel, 1, sim.Options{Engine: sim.EngineLive})
					if !assert.NoError(t, err, "%s, %s", c.name, rel.Name) {
						return
					}
					if diff = cmp.Diff(model.Ledger, live.Ledger); diff == "" {
						return
					}
				}
				t.Errorf("%s, %s: the ledgers of the engines model (-) and live (+) differ:\n%s", c.name, rel.Name, diff)
			})
		}
	}
	running.Wait()
	goleak.VerifyNone(t, before)
}

func liveFile(t *testing.T, text string) (*scenarios.File, *scenarios.Test) {
	t.Helper()
	file, err := scenarios.Parse("live.yml", []byte(liveHead("20s")+text))
	require.NoError(t, err)
	return file, file.Tests[0]
}

// An expectation may hold earlier or later than written by at most the tolerance.
func TestLiveTolerance(t *testing.T) {
	file, test := liveFile(t, `
    alertmanagers: {'am-a:9093': {latency: 200ms}, 'am-b:9093': {latency: 200ms}}
    timeline: [{at: 200ms, send: {alerts: 'a[1-5]'}}]
    ledger_test:
      - {eval_time: 100ms, exp_delivered: 5}
      - {eval_time: 600ms, exp_delivered: 5, exp_lost: 1}
    alertmanager_test:
      - {target: 'am-a:9093', between: [0s, 1h], exp_requests: 1, exp_received: {unique: 5}}
      - {target: 'am-a:9093', between: [300ms, 500ms], exp_requests: 1, exp_received: {unique: 5}}
      - {target: 'am-b:9093', between: [0s, 100ms], exp_alerts: 'a[1-5]'}`)
	run := func(tolerance time.Duration) []string {
		res, err := sim.Run(file, test, core.Newest(), 1, sim.Options{
			Engine: sim.EngineLive, Live: sim.LiveOptions{Tolerance: tolerance},
		})
		require.NoError(t, err)
		var messages []string
		for _, f := range res.Failures {
			messages = append(messages, f.Message)
		}
		return messages
	}
	require.Equal(t, []string{"all Alertmanagers: lost 0 at 600ms, want 1 (and not within 30s of it)"},
		run(30*time.Second))
	require.Contains(t, run(time.Millisecond),
		"all Alertmanagers: delivered 0 at 100ms, want 5 (and not within 1ms of it)")
}

// A run does not wait for expectations once no other event is planned.
func TestLiveDoesNotWaitForExpectations(t *testing.T) {
	file, test := liveFile(t, `
    duration: 5m
    timeline: [{at: 10ms, send: {alerts: 'a[1-5]'}}]
    ledger_test: [{eval_time: 4m, exp_delivered: 5}]`)
	began := time.Now()
	res, err := sim.Run(file, test, core.Newest(), 1, sim.Options{Engine: sim.EngineLive})
	require.NoError(t, err)
	require.True(t, res.Pass)
	require.Less(t, time.Since(began), time.Minute)
}

// The engine live refuses scenarios that it cannot run before they start, and ends a run when LiveOptions.Stop is
// closed.
func TestLiveRefuses(t *testing.T) {
	stop := make(chan struct{})
	close(stop)
	real := map[string]string{"am-a:9093": "127.0.0.1:1"}
	for _, c := range []struct {
		text string
		o    sim.LiveOptions
		want string
	}{
		{`
    duration: 1h`, sim.LiveOptions{}, "the test takes 1h of real time, but the limit is 10m; " +
			"make it shorter, write a duration, or allow more with --max-duration 1h"},
		{`
    input_series: [{series: 'ALERTS{alertname="A", alertstate="firing"}', values: '1x2'}]`,
			sim.LiveOptions{}, "the test takes 18m of real time"},
		{`
    alertmanagers: {'am-a:9093': {hang: true}}`, sim.LiveOptions{Alertmanagers: real},
			"live.yml:8:21: am-a:9093 is a real Alertmanager"},
		{`
    timeline: [{at: 0s, target: 'am-a:9093', restart: {}}]`, sim.LiveOptions{},
			"live.yml:8:16: the engine live cannot restart an Alertmanager"},
		{`
    timeline: [{at: 0s, target: 'am-a:9093', fault: {hang: true}}]`, sim.LiveOptions{Alertmanagers: real},
			"live.yml:8:16: am-a:9093 is a real Alertmanager"},
		{`
    timeline: [{at: 0s, send: {alerts: a1}}]
    alertmanagers: {'am-a:9093': {latency: 350ms}}`,
			sim.LiveOptions{MaxDuration: 100 * time.Millisecond, Tolerance: time.Millisecond},
			"the run has not ended after 100ms of real time"},
		{`
    timeline: [{at: 0s, send: {alerts: a1}}]`, sim.LiveOptions{Stop: stop}, "interrupted"},
	} {
		file, test := liveFile(t, c.text)
		_, err := sim.Run(file, test, core.Newest(), 1, sim.Options{Engine: sim.EngineLive, Live: c.o})
		require.ErrorContains(t, err, c.want, c.text)
		if c.want != "interrupted" {
			require.ErrorIs(t, err, sim.ErrNotLive)
		} else {
			require.ErrorIs(t, err, sim.ErrInterrupted)
		}
	}
	file, err := scenarios.Parse("live.yml", []byte(`
config: {alerting: {alertmanagers: [{scheme: https, static_configs: [{targets: [am-a]}]}]}}
tests: [{name: live}]`))
	require.NoError(t, err)
	_, err = sim.Run(file, file.Tests[0], core.Newest(), 1, sim.Options{Engine: sim.EngineLive})
	require.ErrorContains(t, err, "alertmanagers entry 0 has the scheme https")
}
