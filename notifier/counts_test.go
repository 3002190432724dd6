package notifier_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/prometheus/prometheus/config"

	"github.com/notifysim/notifysim/notifier"
)

// A count is what the counters say of one Alertmanager, and in all; -1 is a series that is not there.
type count struct{ sent, errors, latency, dropped float64 }

// counts returns those of an Alertmanager. dropped_total has its label or none.
func (w *world) counts(am string) count {
	dropped := w.metric("dropped_total", am)
	if dropped < 0 {
		dropped = w.metric("dropped_total", "")
	}
	return count{w.metric("sent_total", am), w.metric("errors_total", am), w.metric("latency_seconds", am), dropped}
}

// What is counted when 100 alerts, in two batches, go to Alertmanagers that take them or do not, in one set or two.
func TestCounts(t *testing.T) {
	for _, tc := range []struct {
		release              string
		takes, fails         count // alone
		beside, otherSet     count // the failing one, beside one that takes, in its set and another
		relabelledAway, none float64
	}{
		// In v2.5 the relabelling of a set does not exist: its alerts arrive.
		{"v2.5", count{100, 0, 2, 0}, count{100, 2, 2, 100}, count{100, 2, 2, 0}, count{100, 2, 2, 0}, 0, 100},
		{"v2.51.2", count{100, 0, 2, 0}, count{100, 2, 2, 100}, count{100, 2, 2, 0}, count{100, 2, 2, 0}, 100, 100},
		{"v3.0", count{100, 0, 2, 0}, count{100, 2, 2, 100}, count{100, 2, 2, 0}, count{100, 2, 2, 0}, 100, 100},
		{"v3.1", count{100, 0, 2, 0}, count{100, 100, 2, 100}, count{100, 100, 2, 0}, count{100, 100, 2, 0}, 100, 100},
		{"v3.3", count{100, 0, 2, 0}, count{100, 100, 2, 100}, count{100, 100, 2, 0}, count{100, 100, 2, 100}, 0, 0},
		{"v3.9", count{100, 0, 2, 0}, count{100, 100, 2, 100}, count{100, 100, 2, 0}, count{100, 100, 2, 100}, 0, 0},
		{"v3.15", count{100, 0, 2, 0}, count{0, 100, -1, 100}, count{0, 100, -1, 100}, count{0, 100, -1, 100}, 0, 0},
		{linked, count{100, 0, 2, 0}, count{0, 100, -1, 100}, count{0, 100, -1, 100}, count{0, 100, -1, 100}, 0, 0},
	} {
		t.Run(tc.release, func(t *testing.T) {
			in := func(f func(w *world)) {
				inWorld(t, tc.release, notifier.Options{MaxBatchSize: 64}, func(w *world) {
					w.peer("bad", answers(http.StatusInternalServerError))
					f(w)
				})
			}
			with := func(am string, sets ...[]string) (c count) {
				in(func(w *world) {
					w.know(sets...)
					before := max(w.metric("latency_seconds", am), 0) // requests without alerts
					errors := w.metric("errors_total", am)
					w.sendNames(numbered(100)...)
					c = w.counts(am)
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
			in(func(w *world) {
				w.apply(config.AlertmanagerConfig{AlertRelabelConfigs: dropping("a.*")})
				require.True(t, w.offer([]string{"good"}))
				w.sendNames(numbered(100)...)
				require.Equal(t, tc.relabelledAway, w.counts("good").dropped)
			})
			in(func(w *world) {
				w.apply(config.AlertmanagerConfig{})
				w.sendNames(numbered(100)...)
				require.Equal(t, tc.none, max(0, w.metric("dropped_total", "")))
			})
		})
	}
}

// A send larger than the queue keeps its newest alerts, a full queue drops its oldest, in every release.
func TestOverflow(t *testing.T) {
	for _, release := range []string{"v2.5", "v2.53", "v3.9", "v3.10", "v3.15", linked} {
		t.Run(release, func(t *testing.T) {
			inWorld(t, release, notifier.Options{QueueCapacity: 5}, func(w *world) {
				w.know([]string{"a"})
				w.peer("a", after(time.Second))
				w.sendNames("in flight")
				w.sendNames(numbered(7)...)
				require.Equal(t, 2.0, w.counts("a").dropped)
				w.sendNames("a8", "a9")
				require.Equal(t, 4.0, w.counts("a").dropped)
				time.Sleep(3 * time.Second)
				require.Equal(t, [][]string{{"in flight"}, {"a5", "a6", "a7", "a8", "a9"}}, w.got("a"))
			})
		})
	}
}
