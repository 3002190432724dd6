package sim_test

import (
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/fuzz"
	"github.com/notifysim/notifysim/sim/ledger"
)

// depths runs a scenario with queues of unlimited capacity.
func depths(t *testing.T, file *scenarios.File) *sim.Result {
	t.Helper()
	res, err := sim.Run(file, file.Tests[0], file.Releases[0], 1, sim.Options{Unbounded: true})
	require.NoError(t, err)
	return res
}

// overflow returns how many alerts overflow drops from all queues with this capacity.
func overflow(t *testing.T, file *scenarios.File, capacity int) int {
	t.Helper()
	with := *file
	with.Flags.QueueCapacity = capacity
	n := 0
	_, err := sim.Run(&with, with.Tests[0], with.Releases[0], 1, sim.Options{Events: func(e *sim.Event) {
		if e.Kind == trace.KindDrop && (e.Reason == core.QueueFull || e.Reason == core.BatchTooLarge) {
			n += e.N
		}
	}})
	require.NoError(t, err)
	return n
}

// The greatest length of a queue without a capacity is the smallest capacity that drops nothing: with one less,
// something is dropped. DEPTHS is the number of random scenarios; `make depths` runs 1,000.
func TestLongestQueueIsTheSmallestCapacity(t *testing.T) {
	n := 100
	if s := os.Getenv("DEPTHS"); s != "" {
		var err error
		n, err = strconv.Atoi(s)
		require.NoError(t, err)
	}
	releases := []string{"v2.5", "v2.53", "v2.54", "v3.9", "v3.16"}
	waited, empty := 0, 0
	for seed := range uint64(n) {
		file, err := scenarios.Parse("drawn.yml", fuzz.NewDraft(releases[seed%5], seed).Text())
		require.NoError(t, err)
		queues := depths(t, file).Queues
		longest := ledger.Longest(queues)
		if longest == 0 { // without alerts, or without an Alertmanager
			empty++
			continue
		}
		for _, q := range queues {
			if q.Waiting > 0 && q.Longest() == longest {
				waited++
				break
			}
		}
		require.Zero(t, overflow(t, file, longest), "seed %d, capacity %d", seed, longest)
		require.Positive(t, overflow(t, file, longest-1), "seed %d, capacity %d", seed, longest-1)
	}
	require.Less(t, empty, n/10)
	require.Greater(t, waited, n/10, "in too few scenarios did alerts wait in a queue")
}

// QueueDepth equals the numbers computed by hand for 10 alerts a second to an Alertmanager that hangs from 10s to 25s,
// with batches of 5 and a timeout of 2s.
func TestQueueDepth(t *testing.T) {
	file, err := scenarios.Parse("depth.yml", []byte(`
config: {alerting: {alertmanagers: [{timeout: 2s, static_configs: [{targets: ['am-a:9093']}]}]}}
flags: {alertmanager.notification-batch-size: 5, rules.alert.resend-delay: 0s}
evaluation_interval: 1s
tests:
  - name: depth
    duration: 1m
    input_series:
      - {series: 'ALERTS{alertname="X", alertstate="firing"}', expand: {i: '[1-10]'}, values: '1x100'}
    alertmanagers: {'am-a:9093': {latency: 100ms}}
    timeline: [{at: 9500ms, for: 15s, target: 'am-a:9093', fault: {hang: true}}]
`))
	require.NoError(t, err)
	res := depths(t, file)
	require.Len(t, res.Queues, 1)
	q := res.Queues[0]
	// The request of 10s times out at 12s, the next one at 14s, and so on. The request of 24s also meets the hang and
	// times out at 26s; from then on 50 alerts a second leave the queue. At 26s the 17th send arrives, eight batches
	// have timed out, and the ninth has just left the queue.
	require.Equal(t, []string{"am-a:9093"}, q.Alertmanagers)
	require.Equal(t, 26*time.Second, q.At)
	require.Equal(t, 10*time.Second, q.Since)
	require.Equal(t, 10, q.Largest)
	require.Equal(t, 170, int(q.Arrived))
	require.Equal(t, ledger.OutcomeTotals{Alerts: 40, For: 16 * time.Second}, q.Left.Expired)
	require.Zero(t, q.Left.Answered)
	require.Zero(t, q.Left.Failed)
	require.Equal(t, 170-9*5, q.Longest())
	require.Equal(t, 10, q.Arriving)

	most := 0
	for i, l := range q.Course {
		require.LessOrEqual(t, l.Least, l.Most)
		most = max(most, l.Most)
		if at := time.Duration(i) * q.Step; at < 9*time.Second || at > 40*time.Second && at < 59*time.Second {
			require.LessOrEqual(t, l.Most, 10, at)
			require.Zero(t, l.Least, at)
		}
	}
	require.Equal(t, q.Longest(), most)
	require.InDelta(t, 60*time.Second, time.Duration(len(q.Course))*q.Step, float64(q.Step))
}

// A run ends with an error before a queue that keeps growing exhausts memory.
func TestEndlessQueue(t *testing.T) {
	file, err := scenarios.Parse("endless.yml", []byte(`
config: {alerting: {alertmanagers: [{timeout: 1h, static_configs: [{targets: ['am-a:9093']}]}]}}
flags: {rules.alert.resend-delay: 0s}
evaluation_interval: 1s
tests:
  - name: endless
    duration: 100d
    input_series:
      - {series: 'ALERTS{alertname="X", alertstate="firing"}', expand: {i: '[1-10]'}, values: '1x900000'}
    alertmanagers: {'am-a:9093': {hang: true}}
`))
	require.NoError(t, err)
	res := depths(t, file)
	require.True(t, res.Queues[0].Endless)
	require.Less(t, time.Duration(res.End), 75*time.Hour)
	require.InEpsilon(t, res.Queues[0].Longest()/2, res.Queues[0].Mean, 0.01)
}
