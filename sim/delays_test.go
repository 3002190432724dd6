package sim_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/ledger"
)

// delaysOf draws delays of all magnitudes.
func delaysOf(t *rapid.T, name string) []int64 {
	return rapid.SliceOfN(rapid.OneOf(rapid.Int64Range(0, 1000), rapid.Int64Range(0, 1e9), rapid.Int64Range(0, 1<<62)),
		1, 50).Draw(t, name)
}

func TestDelaysAgainstASortedList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := delaysOf(t, "delays")
		var d ledger.Delays
		for _, v := range list {
			d.Add(time.Duration(v), 1)
		}
		slices.Sort(list)
		require.EqualValues(t, len(list), d.Count())
		require.EqualValues(t, list[0], d.Min())
		require.EqualValues(t, list[len(list)-1], d.Max())
		for _, q := range []float64{0, 0.25, 0.5, 0.9, 0.99, 1} {
			rank := 0
			for float64(rank+1) < q*float64(len(list)) {
				rank++
			}
			want, got := list[rank], int64(d.Quantile(q))
			require.GreaterOrEqual(t, got, want)
			require.LessOrEqual(t, got, want+max(want/100, int64(time.Microsecond)), "quantile %v", q)
		}
		digits := rapid.Int64Range(100, 999).Draw(t, "digits")
		bound := time.Duration(digits) * rapid.SampledFrom([]time.Duration{1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10,
			1e11}).Draw(t, "power")
		below := 0
		for _, v := range list {
			if v <= int64(bound) {
				below++
			}
		}
		require.EqualValues(t, below, d.Below(bound), "Below(%v) is exact", bound)
	})
}

func TestDelaysMergeExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var whole, forward, backward ledger.Delays
		parts := make([]ledger.Delays, rapid.IntRange(1, 5).Draw(t, "parts"))
		for i := range parts {
			for _, v := range delaysOf(t, "delays") {
				n := rapid.Int64Range(1, 1e6).Draw(t, "n")
				parts[i].Add(time.Duration(v), n)
				whole.Add(time.Duration(v), n)
			}
		}
		for i := range parts {
			forward.Merge(&parts[i])
			backward.Merge(&parts[len(parts)-1-i])
		}
		require.Equal(t, whole.Mean(), forward.Mean())
		for _, d := range []*ledger.Delays{&forward, &backward} {
			require.Empty(t, cmp.Diff(&whole, d, cmp.AllowUnexported(ledger.Delays{})))
		}
	})
}

// Below(bound) is exact: it counts a delay equal to the bound, and not one that is a nanosecond longer.
func TestBoundsAreEdges(t *testing.T) {
	for _, bound := range []time.Duration{
		0, time.Microsecond, 100 * time.Microsecond, 101 * time.Microsecond, time.Millisecond, 5 * time.Millisecond,
		20 * time.Millisecond,
		100 * time.Millisecond, 2500 * time.Millisecond, 10 * time.Second, time.Minute, 10 * time.Minute, 100 * time.Hour,
	} {
		var d ledger.Delays
		d.Add(bound, 3)
		d.Add(bound+1, 4)
		require.EqualValues(t, 3, d.Below(bound), "%v", bound)
		require.Equal(t, bound, d.Quantile(0.4), "%v", bound)
		require.Equal(t, bound+1, d.Quantile(0.5), "%v", bound)
	}
}

func TestNoDelays(t *testing.T) {
	var d ledger.Delays
	d.Merge(&ledger.Delays{})
	got, err := json.Marshal(&d)
	require.NoError(t, err)
	require.JSONEq(t, `{"count":0,"min_ns":0,"mean_ns":0,"p50_ns":0,"p90_ns":0,"p99_ns":0,"max_ns":0}`, string(got))
	require.Zero(t, d.Below(time.Hour))
}

// threeSpeeds sends two batches through a shared queue to three Alertmanagers. am-a answers first, am-b later, and am-c
// times out, so the second batch waits for am-c.
const threeSpeeds = `
config: {alerting: {alertmanagers: [{timeout: 10s,
  static_configs: [{targets: ['am-a:9093', 'am-b:9093', 'am-c:9093']}]}]}}
flags: {alertmanager.notification-batch-size: 5}
tests:
  - name: three speeds
    alertmanagers:
      'am-a:9093': {latency: 20ms}
      'am-b:9093': {latency: 1s}
      'am-c:9093': {hang: true}
    timeline:
      - {at: 7s, send: {alerts: 'a[1-8]'}}
`

func TestDelivery(t *testing.T) {
	type row struct {
		Count          int64
		Min, Mean, Max time.Duration
	}
	file, err := scenarios.Parse("three_speeds.yml", []byte(threeSpeeds))
	require.NoError(t, err)
	for release, want := range map[string]map[string]row{
		"v3.16": {
			"any":       {8, 20 * time.Millisecond, 27500 * time.Microsecond, 40 * time.Millisecond},
			"am-a:9093": {8, 20 * time.Millisecond, 27500 * time.Microsecond, 40 * time.Millisecond},
			"am-b:9093": {8, time.Second, 1375 * time.Millisecond, 2 * time.Second},
			"am-c:9093": {},
		},
		"v3.9": {
			"any":       {8, 20 * time.Millisecond, 3770 * time.Millisecond, 10020 * time.Millisecond},
			"am-a:9093": {8, 20 * time.Millisecond, 3770 * time.Millisecond, 10020 * time.Millisecond},
			"am-b:9093": {8, time.Second, 4750 * time.Millisecond, 11 * time.Second},
			"am-c:9093": {},
		},
	} {
		for _, engine := range []sim.Engine{sim.EngineModel, sim.EngineManager} {
			rel, err := core.ParseRelease(release)
			require.NoError(t, err)
			res, err := sim.Run(file, file.Tests[0], rel, 1, sim.Options{Engine: engine})
			require.NoError(t, err)
			got := map[string]row{}
			for who, d := range res.Delivery {
				got[who] = row{d.Count(), d.Min(), d.Mean(), d.Max()}
			}
			require.Empty(t, cmp.Diff(want, got), "%s, %s", release, engine)
		}
	}
}

// Result.Delivery has one delay for each alert that the ledger counts as delivered.
func TestDeliveryCountsWhatTheLedgerDoes(t *testing.T) {
	eachRun(t, func(t *testing.T, _ *scenarios.File, _ *scenarios.Test, run func(sim.Options) *sim.Result) {
		res := run(sim.Options{})
		require.Equal(t, res.Ledger.Delivered, res.Delivery[ledger.Any].Count())
		require.Len(t, res.Delivery, 1+len(res.Ledger.Alertmanagers))
		for address, a := range res.Ledger.Alertmanagers {
			require.Equal(t, a.Delivered, res.Delivery[address].Count(), address)
		}
	})
}
