package notifier_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"

	"github.com/notifysim/notifysim/notifier"
	"github.com/notifysim/notifysim/notifier/core"
)

// These tests run in real time. Only the Manager has a fake clock.

// A clockTest is a running Manager whose clock the test advances.
type clockTest struct {
	*notifier.Manager
	*harness
	tsets chan map[string][]*targetgroup.Group
}

// onClock runs a Manager with opt and returns it once the Alertmanagers at the addresses are active.
func onClock(t *testing.T, release string, opt notifier.Options, addresses ...string) clockTest {
	t.Helper()
	rel, err := core.ParseRelease(release)
	require.NoError(t, err)
	w := &harness{t: t, reg: prometheus.NewRegistry()}
	opt.QueueCapacity, opt.Registerer, opt.Release = 1000, w.reg, rel
	m := notifier.NewManager(&opt, model.UTF8Validation, nil)
	w.managerAPI = m
	c := clockTest{m, w, make(chan map[string][]*targetgroup.Group)}
	w.apply(config.AlertmanagerConfig{})
	ended := make(chan struct{})
	go func() { defer close(ended); m.Run(c.tsets) }()
	t.Cleanup(func() { m.Stop(); <-ended })
	c.updateTargets(addresses...)
	c.updateTargets(addresses...) // received only once the first update is finished
	return c
}

// updateTargets sends a target update with these addresses to Run.
func (c clockTest) updateTargets(addresses ...string) {
	g := &targetgroup.Group{}
	for _, a := range addresses {
		g.Targets = append(g.Targets, model.LabelSet{model.AddressLabel: model.LabelValue(a)})
	}
	c.tsets <- map[string][]*targetgroup.Group{"config-0": {g}}
}

// waitForTimers waits until n requests are in flight, each of which has a timer on the clock.
func waitForTimers(t *testing.T, clock *clockwork.FakeClock, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	require.NoError(t, clock.BlockUntilContext(ctx, n))
}

// neverAnswers is an Options.Do whose requests end only when the Manager cancels them.
func neverAnswers(ctx context.Context, _ *http.Client, req *http.Request) (*http.Response, error) {
	_ = req.Body.Close()
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestTimeoutsAndLatenciesFollowTheClock(t *testing.T) {
	clock := clockwork.NewFakeClock()
	errs := make(chan error, 1)
	do := func(ctx context.Context, c *http.Client, req *http.Request) (*http.Response, error) {
		resp, err := neverAnswers(ctx, c, req)
		errs <- err
		return resp, err
	}
	c := onClock(t, "v3.9", notifier.Options{Do: do, Clock: clock}, "a") // v3.9 also measures failures
	c.Send(alertsNamed("x")...)
	waitForTimers(t, clock, 1)
	clock.Advance(10 * time.Second)
	require.ErrorIs(t, <-errs, context.DeadlineExceeded)
	c.waitForMetric("errors_total", 1)
	families, err := c.reg.Gather()
	require.NoError(t, err)
	for _, f := range families {
		if f.GetName() == "prometheus_notifications_latency_seconds" {
			require.Equal(t, 10.0, f.Metric[0].Summary.GetSampleSum())
		}
	}
}

// Connections are made even if the fake clock is decades away from real time.
func TestTimeoutOfConnectionFollowsTheClock(t *testing.T) {
	arrived := make(chan struct{}, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		buf := make([]byte, 1<<10)
		for n := 1; n > 0; {
			n, _ = req.Body.Read(buf) // the server notices that a connection has ended only after it has read the body
		}
		arrived <- struct{}{}
		<-req.Context().Done()
	}))
	defer srv.Close()
	clock := clockwork.NewFakeClock()
	c := onClock(t, "v3.16", notifier.Options{Clock: clock}, strings.TrimPrefix(srv.URL, "http://"))
	c.Send(alertsNamed("x")...)
	<-arrived
	require.Equal(t, 1, c.Activity().Requests)
	clock.Advance(10 * time.Second)
	c.waitForMetric("errors_total", 1)
}

// While the queue of a removed Alertmanager is drained, one batch after the other times out on the clock, and Send
// waits.
func TestDrainFollowsTheClock(t *testing.T) {
	clock := clockwork.NewFakeClock()
	opt := notifier.Options{Do: neverAnswers, Clock: clock, MaxBatchSize: 10, DrainOnShutdown: true}
	c := onClock(t, "v3.16", opt, "hung")
	c.Send(alertsNamed(numberedNames(40)...)...) // one batch in flight, three in the queue
	waitForTimers(t, clock, 1)
	c.updateTargets()
	waitForTimers(t, clock, 2)
	sent := make(chan struct{})
	go func() { c.Send(alertsNamed("x")...); close(sent) }()
	for range 2 {
		require.True(t, c.Activity().Locked)
		clock.Advance(10 * time.Second)
		waitForTimers(t, clock, 1)
	}
	require.True(t, c.Activity().Locked)
	select {
	case <-sent:
		require.Fail(t, "Send returned before the queue was drained")
	default:
	}
	clock.Advance(10 * time.Second)
	<-sent
	require.False(t, c.Activity().Locked)
}

// A timerCount is a clock that counts the timers that were started and those that were stopped.
type timerCount struct {
	*clockwork.FakeClock
	started, stopped atomic.Int64
}

type countedTimer struct {
	clockwork.Timer
	count *timerCount
}

func (c *timerCount) AfterFunc(d time.Duration, f func()) clockwork.Timer {
	c.started.Add(1)
	return countedTimer{c.FakeClock.AfterFunc(d, f), c}
}

func (t countedTimer) Stop() bool {
	t.count.stopped.Add(1)
	return t.Timer.Stop()
}

// An answered request stops its timer, so that the timer does not fire when the clock is advanced later.
func TestAnsweredRequestStopsItsTimer(t *testing.T) {
	clock := &timerCount{FakeClock: clockwork.NewFakeClock()}
	do := func(_ context.Context, _ *http.Client, req *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, req.Body.Close()
	}
	c := onClock(t, "v3.16", notifier.Options{Do: do, Clock: clock}, "a")
	for i := range 10 {
		c.Send(alertsNamed("x")...)
		c.waitForMetric("sent_total", float64(i+1))
		clock.Advance(time.Minute)
	}
	require.Equal(t, int64(10), clock.started.Load())
	require.Equal(t, int64(10), clock.stopped.Load())
}
