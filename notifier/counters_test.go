package notifier_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/prometheus/prometheus/config"

	"github.com/notifysim/notifysim/notifier"
)

// counters are the values of an Alertmanager's counters; -1 stands for a series that does not exist.
type counters struct{ sent, errors, latency, dropped float64 }

// counters returns the counters of the Alertmanager am. In releases where dropped_total has no label, it is the total.
func (w *harness) counters(am string) counters {
	dropped := w.metric("dropped_total", am)
	if dropped < 0 {
		dropped = w.metric("dropped_total", "")
	}
	return counters{w.metric("sent_total", am), w.metric("errors_total", am), w.metric("latency_seconds", am), dropped}
}

// 100 alerts are sent in two batches to Alertmanagers that accept or reject them, in one set or in two.
func TestCountersOfDeliveredAndFailedBatches(t *testing.T) {
	type c = counters
	for _, tc := range []struct {
		release              string
		takes, fails         counters // of an Alertmanager that is alone
		beside, otherSet     counters // of a failing Alertmanager, with an accepting one in its own set or in another
		relabelledAway, none float64
	}{
		// In v2.5 a set has no relabelling of its own, so its alerts arrive.
		{"v2.5", c{100, 0, 2, 0}, c{100, 2, 2, 100}, c{100, 2, 2, 0}, c{100, 2, 2, 0}, 0, 100},
		{"v2.51.2", c{100, 0, 2, 0}, c{100, 2, 2, 100}, c{100, 2, 2, 0}, c{100, 2, 2, 0}, 100, 100},
		{"v3.0", c{100, 0, 2, 0}, c{100, 2, 2, 100}, c{100, 2, 2, 0}, c{100, 2, 2, 0}, 100, 100},
		{"v3.1", c{100, 0, 2, 0}, c{100, 100, 2, 100}, c{100, 100, 2, 0}, c{100, 100, 2, 0}, 100, 100},
		{"v3.3", c{100, 0, 2, 0}, c{100, 100, 2, 100}, c{100, 100, 2, 0}, c{100, 100, 2, 100}, 0, 0},
		{"v3.9", c{100, 0, 2, 0}, c{100, 100, 2, 100}, c{100, 100, 2, 0}, c{100, 100, 2, 100}, 0, 0},
		{"v3.16", c{100, 0, 2, 0}, c{0, 100, -1, 100}, c{0, 100, -1, 100}, c{0, 100, -1, 100}, 0, 0},
		{linked, c{100, 0, 2, 0}, c{0, 100, -1, 100}, c{0, 100, -1, 100}, c{0, 100, -1, 100}, 0, 0},
	} {
		t.Run(tc.release, func(t *testing.T) {
			in := func(f func(w *harness)) {
				withHarness(t, tc.release, notifier.Options{MaxBatchSize: 64}, func(w *harness) {
					w.behave("bad", respond(http.StatusInternalServerError))
					f(w)
				})
			}
			with := func(am string, sets ...[]string) (c counters) {
				in(func(w *harness) {
					w.discover(sets...)
					before := max(w.metric("latency_seconds", am), 0) // the requests without alerts
					errors := w.metric("errors_total", am)
					w.sendNames(numberedNames(100)...)
					c = w.counters(am)
					if c.latency >= 0 {
						c.latency -= before
					}
					c.errors -= errors
				})
				return c
			}
			require.Equal(t, tc.takes, with("good", []string{"good"}))
			require.Equal(t, tc.fails, with("bad", []string{"bad"}))
			require.Equal(t, tc.beside, with("bad", []string{"good", "bad"}))
			require.Equal(t, tc.otherSet, with("bad", []string{"good"}, []string{"bad"}))
			in(func(w *harness) {
				w.apply(config.AlertmanagerConfig{AlertRelabelConfigs: dropping("a.*")})
				require.True(t, w.offer([]string{"good"}))
				w.sendNames(numberedNames(100)...)
				require.Equal(t, tc.relabelledAway, w.counters("good").dropped)
			})
			in(func(w *harness) {
				w.apply(config.AlertmanagerConfig{})
				w.sendNames(numberedNames(100)...)
				require.Equal(t, tc.none, max(0, w.metric("dropped_total", "")))
			})
		})
	}
}

// In every release a send larger than the queue loses its oldest alerts, and a full queue drops its oldest.
func TestOverflowDropsTheOldest(t *testing.T) {
	for _, release := range []string{"v2.5", "v2.53", "v3.9", "v3.10", "v3.16", linked} {
		t.Run(release, func(t *testing.T) {
			withHarness(t, release, notifier.Options{QueueCapacity: 5}, func(w *harness) {
				w.discover([]string{"a"})
				w.behave("a", respondAfter(time.Second))
				w.sendNames("in flight")
				w.sendNames(numberedNames(7)...)
				require.Equal(t, 2.0, w.counters("a").dropped)
				w.sendNames("a8", "a9")
				require.Equal(t, 4.0, w.counters("a").dropped)
				time.Sleep(3 * time.Second)
				require.Equal(t, [][]string{{"in flight"}, {"a5", "a6", "a7", "a8", "a9"}}, w.received("a"))
			})
		})
	}
}
