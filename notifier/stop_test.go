package notifier_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"

	"github.com/notifysim/notifysim/notifier"
)

// Stop is called with one batch in flight and two in the queue. Checked are the total number of requests, how long Run
// takes to return, and the metrics afterwards, where -1 stands for a series that does not exist.
func TestStop(t *testing.T) {
	type outcome struct {
		requests            int
		run                 time.Duration
		sent, dropped, left float64
	}
	cut := outcome{1, 0, 1, 1, 100}
	for release, want := range map[string]struct{ drain, leave outcome }{
		"v2.5":  {cut, cut},
		"v2.53": {cut, cut},
		"v2.54": {outcome{3, 6 * time.Second, 101, 0, 0}, outcome{1, 2 * time.Second, 1, 100, 100}},
		"v3.9":  {outcome{3, 6 * time.Second, 101, 0, 0}, outcome{1, 2 * time.Second, 1, 100, 100}},
		// From v3.10 on the queue is drained while the batch is in flight.
		"v3.10": {outcome{3, 4 * time.Second, -1, -1, -1}, outcome{1, 0, 1, -1, -1}},
		"v3.16": {outcome{3, 4 * time.Second, -1, -1, -1}, outcome{1, 0, 1, -1, -1}},
		linked:  {outcome{3, 4 * time.Second, -1, -1, -1}, outcome{1, 0, 1, -1, -1}},
	} {
		for drain, want := range map[bool]outcome{true: want.drain, false: want.leave} {
			t.Run(release, func(t *testing.T) {
				opt := notifier.Options{MaxBatchSize: 64, DrainOnShutdown: drain}
				withHarness(t, release, opt, func(w *harness) {
					w.discover([]string{"a"})
					w.behave("a", respondAfter(2*time.Second))
					w.sendNames("in flight")
					w.sendNames(numberedNames(100)...)
					begun := time.Now()
					w.Stop()
					<-w.ended
					require.Equal(t, want.run, time.Since(begun))
					time.Sleep(time.Minute)
					left := w.metric("queue_length", "")
					if want.left < 0 {
						left = w.metric("queue_length", "a")
					}
					require.Equal(t, want, outcome{len(w.requests), want.run, w.counters("a").sent, w.counters("a").dropped, left})
				})
			})
		}
	}
}

// Alerts sent after Stop are ignored from v3.10 on, drained from v2.54 to v3.9, and left in the queue before.
func TestSendAfterStop(t *testing.T) {
	for release, want := range map[string]struct {
		got  int
		left float64
	}{"v2.5": {0, 1}, "v2.54": {1, 0}, "v3.9": {1, 0}, "v3.10": {0, -1}, "v3.16": {0, -1}, linked: {0, -1}} {
		t.Run(release, func(t *testing.T) {
			withHarness(t, release, notifier.Options{DrainOnShutdown: true}, func(w *harness) {
				w.discover([]string{"a"})
				w.behave("a", respondAfter(time.Second))
				w.sendNames("in flight")
				w.Stop()
				w.sendNames("late")
				<-w.ended
				require.Len(t, w.received("a"), 1+want.got)
				left := w.metric("queue_length", "")
				require.Equal(t, want.left, left)
				w.sendNames("later")
				require.Equal(t, max(left, left+min(1, 1+left)), w.metric("queue_length", ""))
				require.Len(t, w.received("a"), 1+want.got)
			})
		})
	}
}

// Nothing hangs if Stop is called before Run, if Run is called again, or if a reload follows Stop. Releases that drain
// on Stop drain what is queued.
func TestRunAfterStop(t *testing.T) {
	for release, dropped := range map[string]float64{
		"v2.5": 0, "v2.54": 1, "v3.2": 1, "v3.3": 0, "v3.9": 0, "v3.16": -1, linked: -1,
	} {
		t.Run(release, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t, release, notifier.Options{DrainOnShutdown: true})
				w.apply(config.AlertmanagerConfig{})
				w.sendNames("early") // there is no Alertmanager, so the drain loses the alert
				w.Stop()
				w.Stop()
				w.run()
				<-w.ended
				require.Equal(t, dropped, w.metric("dropped_total", ""))
				w.Run(w.tsets)
				w.apply(config.AlertmanagerConfig{}, config.AlertmanagerConfig{})
				require.Empty(t, w.Alertmanagers())
				require.Empty(t, w.DroppedAlertmanagers())
				w.sendNames("late")
				w.Stop()
			})
		})
	}
}

// With a shared queue, alerts sent before Run are posted once Run has begun. Releases with a queue for each
// Alertmanager have no queue before Run.
func TestSendBeforeRun(t *testing.T) {
	for release, want := range map[string]float64{"v2.5": 1, "v2.54": 1, "v3.16": -1, linked: -1} {
		t.Run(release, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t, release, notifier.Options{})
				w.apply(config.AlertmanagerConfig{})
				w.sendNames("early")
				require.Equal(t, want, w.metric("queue_length", ""))
				require.Equal(t, min(want, 0), w.metric("dropped_total", ""))
				w.run()
				require.Equal(t, min(want, 0), w.metric("queue_length", ""))
				require.Equal(t, want, w.metric("dropped_total", ""))
				w.stop()
			})
		})
	}
}

// From v3.10 on, all methods wait while the queue of a removed Alertmanager is drained. Prometheus' own notifier is not
// tested here: it waits for a mutex, which stops the time of a synctest bubble.
func TestDrainUnderLock(t *testing.T) {
	for release, blocked := range map[string]time.Duration{
		"v3.9": 0, "v3.10": 29 * time.Second, "v3.16": 29 * time.Second,
	} {
		t.Run(release, func(t *testing.T) {
			opt := notifier.Options{MaxBatchSize: 10, DrainOnShutdown: true}
			withHarness(t, release, opt, func(w *harness) {
				w.discover([]string{"hung", "good"})
				w.behave("hung", hang)
				w.sendNames(numberedNames(40)...) // one batch in flight, three in the queue
				time.Sleep(9 * time.Second)
				begun := time.Now()
				require.True(t, w.offer([]string{"good"}))
				time.Sleep(time.Second)
				calls := []func(){
					func() { w.send(alertsNamed("x")...) },
					func() { w.metric("sent_total", "good") },
					func() { w.Alertmanagers() },
					func() { w.DroppedAlertmanagers() },
					func() { w.apply(config.AlertmanagerConfig{}) },
				}
				took := make(chan time.Duration, len(calls))
				for _, call := range calls {
					go func() { call(); took <- time.Since(begun) }()
				}
				for range calls {
					require.Equal(t, max(time.Second, blocked+time.Second), <-took)
				}
				w.wait()
				require.Equal(t, []string{"x"}, w.received("good")[len(w.received("good"))-1])
				time.Sleep(time.Minute)
			})
		})
	}
}

// A batch is in flight when its Alertmanager is removed. Its request ends after the series were deleted, and creates
// some of them again.
func TestLateRequestMakesSeriesAgain(t *testing.T) {
	for _, release := range []string{"v3.0", "v3.9", "v3.10", "v3.16", linked} {
		t.Run(release, func(t *testing.T) {
			withHarness(t, release, notifier.Options{}, func(w *harness) {
				w.discover([]string{"a"})
				w.behave("a", respondAfter(time.Second))
				w.sendNames("x")
				require.True(t, w.offer([]string{"b"}))
				require.Equal(t, -1.0, w.metric("sent_total", "a"))
				time.Sleep(2 * time.Second)
				require.Equal(t, 1.0, w.metric("sent_total", "a"))
				require.Equal(t, -1.0, w.metric("errors_total", "a"))
			})
		})
	}
}

// The drain on Stop continues after a reload.
func TestReloadWhileStopping(t *testing.T) {
	// In v2.54 the reload forgets the Alertmanagers, so the remaining batches are posted to none.
	for release, requests := range map[string]int{"v2.54": 1, "v3.0": 4, "v3.9": 4, "v3.16": 4} {
		t.Run(release, func(t *testing.T) {
			opt := notifier.Options{MaxBatchSize: 64, DrainOnShutdown: true}
			withHarness(t, release, opt, func(w *harness) {
				w.discover([]string{"a"})
				w.behave("a", respondAfter(time.Second))
				w.sendNames(numberedNames(200)...)
				w.Stop()
				w.apply(config.AlertmanagerConfig{})
				<-w.ended
				require.Len(t, w.received("a"), requests)
			})
		})
	}
}

// When the channel of target updates is closed, Run neither spins nor returns before Stop, in any release.
func TestClosedTargetChannel(t *testing.T) {
	for _, release := range []string{"v2.5", "v2.53", "v3.5", "v3.9", "v3.13", "v3.16", linked} {
		for _, tsets := range []chan map[string][]*targetgroup.Group{nil, closedChannel()} {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t, release, notifier.Options{})
				w.tsets = tsets
				w.run()
				time.Sleep(time.Hour) // returns only if no goroutine spins
				w.sendNames("a1")
				select {
				case <-w.ended:
					require.Fail(t, "Run returned before Stop")
				default:
				}
				w.Stop()
				w.Stop()
				<-w.ended
			})
		}
	}
}

func closedChannel() chan map[string][]*targetgroup.Group {
	tsets := make(chan map[string][]*targetgroup.Group)
	close(tsets)
	return tsets
}
