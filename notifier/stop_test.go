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

// Stop with one batch in flight and two in the queue: how many requests there are in all, when Run returns, and what can be
// seen afterwards, -1 for a series that is not there.
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
		"v3.10": {outcome{3, 4 * time.Second, -1, -1, -1}, outcome{1, 0, 1, -1, -1}}, // beside the batch in flight
		"v3.15": {outcome{3, 4 * time.Second, -1, -1, -1}, outcome{1, 0, 1, -1, -1}},
		linked:  {outcome{3, 4 * time.Second, -1, -1, -1}, outcome{1, 0, 1, -1, -1}},
	} {
		for drain, want := range map[bool]outcome{true: want.drain, false: want.leave} {
			t.Run(release, func(t *testing.T) {
				opt := notifier.Options{MaxBatchSize: 64, DrainOnShutdown: drain}
				inWorld(t, release, opt, func(w *world) {
					w.know([]string{"a"})
					w.peer("a", after(2*time.Second))
					w.sendNames("in flight")
					w.sendNames(numbered(100)...)
					begun := time.Now()
					w.Stop()
					<-w.ended
					require.Equal(t, want.run, time.Since(begun))
					time.Sleep(time.Minute)
					left := w.metric("queue_length", "")
					if want.left < 0 {
						left = w.metric("queue_length", "a")
					}
					require.Equal(t, want, outcome{len(w.posts), want.run, w.counts("a").sent, w.counts("a").dropped, left})
				})
			})
		}
	}
}

// A Send after Stop: ignored from v3.10 on, part of what is drained from v2.54 to v3.9, and left before.
func TestSendAfterStop(t *testing.T) {
	for release, want := range map[string]struct {
		got  int
		left float64
	}{"v2.5": {0, 1}, "v2.54": {1, 0}, "v3.9": {1, 0}, "v3.10": {0, -1}, "v3.15": {0, -1}, linked: {0, -1}} {
		t.Run(release, func(t *testing.T) {
			inWorld(t, release, notifier.Options{DrainOnShutdown: true}, func(w *world) {
				w.know([]string{"a"})
				w.peer("a", after(time.Second))
				w.sendNames("in flight")
				w.Stop()
				w.sendNames("late")
				<-w.ended
				require.Len(t, w.got("a"), 1+want.got)
				left := w.metric("queue_length", "")
				require.Equal(t, want.left, left)
				w.sendNames("later")
				require.Equal(t, max(left, left+min(1, 1+left)), w.metric("queue_length", ""))
				require.Len(t, w.got("a"), 1+want.got)
			})
		})
	}
}

// Stop before Run, Run again, a reload of what has stopped: nothing hangs, and what waits is drained by releases that drain.
func TestRunAfterStop(t *testing.T) {
	for release, dropped := range map[string]float64{"v2.5": 0, "v2.54": 1, "v3.2": 1, "v3.3": 0, "v3.9": 0, "v3.15": -1, linked: -1} {
		t.Run(release, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, release, notifier.Options{DrainOnShutdown: true})
				w.apply(config.AlertmanagerConfig{})
				w.sendNames("early") // nobody is known: to be lost by the drain
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

// Alerts that were sent before Run go out when it begins, in releases with a shared queue; later ones know nobody yet.
func TestSendBeforeRun(t *testing.T) {
	for release, want := range map[string]float64{"v2.5": 1, "v2.54": 1, "v3.15": -1, linked: -1} {
		t.Run(release, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, release, notifier.Options{})
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

// The hazards of v3.10 and later (facts: 4.1, 4.5 to 4.7), in ours. The real one holds up virtual time itself there, for it waits
// for a mutex.
func TestDrainUnderLock(t *testing.T) {
	for release, blocked := range map[string]time.Duration{"v3.9": 0, "v3.10": 29 * time.Second, "v3.15": 29 * time.Second} {
		t.Run(release, func(t *testing.T) {
			opt := notifier.Options{MaxBatchSize: 10, DrainOnShutdown: true}
			inWorld(t, release, opt, func(w *world) {
				w.know([]string{"hung", "good"})
				w.peer("hung", hangs)
				w.sendNames(numbered(40)...) // one batch in flight, three in the queue
				time.Sleep(9 * time.Second)
				begun := time.Now()
				require.True(t, w.offer([]string{"good"}))
				time.Sleep(time.Second)
				calls := []func(){
					func() { w.send(named("x")...) },
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
				w.settle()
				require.Equal(t, []string{"x"}, w.got("good")[len(w.got("good"))-1])
				time.Sleep(time.Minute)
			})
		})
	}
}

// A batch in flight when its Alertmanager is removed ends after the series were deleted, and brings its own back for good.
func TestSeriesComeBack(t *testing.T) {
	for _, release := range []string{"v3.0", "v3.9", "v3.10", "v3.15", linked} {
		t.Run(release, func(t *testing.T) {
			inWorld(t, release, notifier.Options{}, func(w *world) {
				w.know([]string{"a"})
				w.peer("a", after(time.Second))
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

// A reload while the queue drains at the end changes nothing about the end.
func TestReloadWhileStopping(t *testing.T) {
	for release, requests := range map[string]int{"v2.54": 1, "v3.0": 4, "v3.9": 4, "v3.15": 4} { // v2.54 forgets whom to ask
		t.Run(release, func(t *testing.T) {
			opt := notifier.Options{MaxBatchSize: 64, DrainOnShutdown: true}
			inWorld(t, release, opt, func(w *world) {
				w.know([]string{"a"})
				w.peer("a", after(time.Second))
				w.sendNames(numbered(200)...)
				w.Stop()
				w.apply(config.AlertmanagerConfig{})
				<-w.ended
				require.Len(t, w.got("a"), requests)
			})
		})
	}
}

// A closed channel of target updates is no reason to spin, in any release, nor to return before Stop.
func TestClosedTargets(t *testing.T) {
	for _, release := range []string{"v2.5", "v2.53", "v3.5", "v3.9", "v3.13", "v3.15", linked} {
		for _, tsets := range []chan map[string][]*targetgroup.Group{nil, closedTargets()} {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, release, notifier.Options{})
				w.tsets = tsets
				w.run()
				time.Sleep(time.Hour) // which never comes if something spins
				w.sendNames("a1")
				select {
				case <-w.ended:
					require.Fail(t, "Run has returned before Stop")
				default:
				}
				w.Stop()
				w.Stop()
				<-w.ended
			})
		}
	}
}

func closedTargets() chan map[string][]*targetgroup.Group {
	tsets := make(chan map[string][]*targetgroup.Group)
	close(tsets)
	return tsets
}
