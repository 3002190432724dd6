package sim_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// The ledger counts late, falsely resolved, refired and resurrected alerts. The counts must equal those of a
// fakeam.Store, which works like the real Alertmanager's store and gets the bodies of the same requests. The test reads
// the store after every request and at every endsAt.
func TestLedgerAgreesWithAlertStore(t *testing.T) {
	seen := map[string]int64{"late": 0, "false": 0, "refired": 0, "resurrected": 0}
	compare := func(t *rapid.T) {
		text := drawSlowAlertmanager(t)
		file, err := scenarios.Parse("x.yml", []byte(text))
		require.NoError(t, err, text)
		var bodies [][]byte
		var events []sim.Event
		res, err := sim.Run(file, file.Tests[0], file.Releases[0], 1, sim.Options{
			Engine: sim.EngineManager,
			Bodies: func(_ time.Duration, _ string, body []byte) { bodies = append(bodies, bytes.Clone(body)) },
			Events: func(e *sim.Event) { events = append(events, *e) },
		})
		require.NoError(t, err, text)
		w := newWatcher(file.Tests[0])
		posts := map[int64][]byte{}
		for _, e := range events {
			switch {
			case e.Kind == trace.KindPost:
				posts[e.Seq] = bodies[len(posts)]
			case e.Kind == trace.KindAnswer && e.Outcome == "200" || e.Kind == trace.KindLate:
				w.put(t, e.At, posts[e.Cause])
			}
		}
		w.expire(365 * 24 * time.Hour)
		a := res.Ledger.Alertmanagers["am:9093"]
		got := map[string]int64{
			"late": a.Late, "false": a.FalseResolves, "refired": a.Refires, "resurrected": a.Resurrections,
		}
		for what, n := range got {
			require.Equal(t, w.counts[what], n, "%s\n%s", what, text)
			seen[what] += n
		}
	}
	rapid.Check(t, compare)
	for range 10 { // rare outcomes may need more runs
		if slices.Contains(slices.Collect(maps.Values(seen)), 0) {
			rapid.Check(t, compare)
		}
	}
	for what, n := range seen {
		require.Positive(t, n, "no run had a %s alert, so the test does not check how they are counted", what)
	}
}

// drawSlowAlertmanager draws a scenario with one Alertmanager that is too slow for the alerts it gets.
func drawSlowAlertmanager(t *rapid.T) string {
	b := &strings.Builder{}
	fmt.Fprintf(b, "config: {alerting: {alertmanagers: [{timeout: %ds, static_configs: [{targets: ['am:9093']}]}]}}\n",
		rapid.SampledFrom([]int{10, 31, 301}).Draw(t, "timeout"))
	fmt.Fprintf(b, "flags: {alertmanager.notification-queue-capacity: %d, alertmanager.notification-batch-size: %d, "+
		"rules.alert.resend-delay: 61s}\n",
		rapid.IntRange(5, 40).Draw(t, "capacity"), rapid.IntRange(1, 6).Draw(t, "batch"))
	b.WriteString("evaluation_interval: 1m\ntests:\n  - name: x\n    input_series:\n")
	for i := range rapid.IntRange(1, 3).Draw(t, "series") {
		fmt.Fprintf(b, "      - {series: 'ALERTS{alertname=\"R%d\", alertstate=\"firing\"}', expand: {i: '%d[01-%02d]'}, "+
			"values: '_x%d 1x%d'}\n",
			i, i, rapid.IntRange(1, 9).Draw(t, "alerts"), rapid.IntRange(1, 5).Draw(t, "from"),
			rapid.IntRange(0, 14).Draw(t, "firing"))
	}
	fmt.Fprintf(b, "    alertmanagers: {'am:9093': {latency: {uniform: {min: 0s, max: %s}}}}\n",
		rapid.SampledFrom([]string{"1s", "30s", "100s", "400s"}).Draw(t, "latency"))
	b.WriteString("    timeline:\n")
	for range rapid.IntRange(1, 3).Draw(t, "faults") {
		fmt.Fprintf(b, "      - {at: %dm17s, for: %dm, target: 'am:9093', fault: {%s: true}}\n",
			rapid.IntRange(0, 15).Draw(t, "at"),
			rapid.IntRange(1, 9).Draw(t, "for"), rapid.SampledFrom([]string{"hang", "refuse"}).Draw(t, "fault"))
	}
	return b.String()
}

// A watcher compares the states of a store over time.
type watcher struct {
	store  *fakeam.Store
	until  map[string]time.Duration // when each alert is resolved at its source
	ends   map[string]time.Duration // the endsAt of the alerts that fire in the store
	fired  map[string]bool
	counts map[string]int64
}

func newWatcher(test *scenarios.Test) *watcher {
	w := &watcher{
		store: fakeam.NewStore(fakeam.StoreOptions{Start: bubbleStart}),
		until: map[string]time.Duration{}, ends: map[string]time.Duration{}, fired: map[string]bool{},
		counts: map[string]int64{},
	}
	for _, s := range test.Series { // the alerts of a series fire until its last value
		for _, a := range s.Alerts {
			w.until[a.Get("i")] = time.Duration(len(s.Firing)) * time.Minute
		}
	}
	return w
}

// expire records which alerts have passed their endsAt.
func (w *watcher) expire(now time.Duration) {
	for i, ends := range w.ends {
		if ends <= now {
			delete(w.ends, i)
			if ends < w.until[i] {
				w.counts["false"]++
			}
		}
	}
}

func (w *watcher) put(t *rapid.T, now time.Duration, body []byte) {
	w.expire(now)
	at := bubbleStart.Add(now)
	var alerts []*alert.Alert
	require.NoError(t, json.Unmarshal(body, &alerts))
	for _, a := range alerts {
		i := string(a.Labels["i"])
		resolved := a.EndsAt.Equal(bubbleStart.Add(w.until[i]))
		if !resolved && !a.EndsAt.After(at) {
			w.counts["late"]++
		}
		require.NoError(t, w.store.Put(at, a)[0].Err)
		_, fired := w.ends[i]
		delete(w.ends, i)
		for _, a := range w.store.Active(at) {
			if string(a.Labels["i"]) == i && a.EndsAt.After(at) {
				w.ends[i] = a.EndsAt.Sub(bubbleStart)
			}
		}
		_, fires := w.ends[i]
		switch {
		case fired && !fires && now < w.until[i]:
			w.counts["false"]++
		case !fired && fires && w.fired[i] && now < w.until[i]:
			w.counts["refired"]++
		case !fired && fires && w.fired[i]:
			w.counts["resurrected"]++
		}
		w.fired[i] = w.fired[i] || fires
	}
}

// bubbleStart is the time that the clock of a bubble shows at the start of a run.
var bubbleStart = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
