package blackbox

import (
	"slices"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// A fakeClock is a clockwork.FakeClock that knows at which instants its timers expire, so that it can be advanced from
// one to the next: a timeout then happens at its own instant, not at the end of a longer step. It must be used in a
// bubble, whose own time stands still.
//
// It knows of AfterFunc and Timer, by which notifier.Manager and Transport wait.
type fakeClock struct {
	*clockwork.FakeClock

	mu      sync.Mutex
	pending []*fakeTimer
}

// newFakeClock returns a clock that shows the bubble's time.
func newFakeClock() *fakeClock { return &fakeClock{FakeClock: clockwork.NewFakeClockAt(time.Now())} }

// A fakeTimer is a timer of a fakeClock that has not expired.
type fakeTimer struct {
	clockwork.Timer
	clock   *fakeClock
	expires time.Time
}

// Stop implements clockwork.Timer.
func (t *fakeTimer) Stop() bool {
	t.clock.mu.Lock()
	t.clock.pending = slices.DeleteFunc(t.clock.pending, func(p *fakeTimer) bool { return p == t })
	t.clock.mu.Unlock()
	return t.Timer.Stop()
}

// AfterFunc implements clockwork.Clock.
func (c *fakeClock) AfterFunc(d time.Duration, f func()) clockwork.Timer {
	return c.add(d, c.FakeClock.AfterFunc(d, f))
}

// Timer implements protocol.Clock.
func (c *fakeClock) Timer(d time.Duration) (<-chan time.Time, func() bool) {
	t := c.add(d, c.NewTimer(d))
	return t.Chan(), t.Stop
}

func (c *fakeClock) add(d time.Duration, timer clockwork.Timer) *fakeTimer {
	t := &fakeTimer{timer, c, c.Now().Add(d)}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending = append(c.pending, t)
	return t
}

// AdvanceTo implements protocol.Clock.
func (c *fakeClock) AdvanceTo(t time.Time, wake <-chan struct{}) {
	for c.Now().Before(t) {
		select {
		case <-wake:
			return
		default:
		}
		c.Advance(c.next(t).Sub(c.Now()))
		settle()
	}
}

// next returns the first instant until t at which a timer expires, t if there is none, and forgets the timers that
// expire then.
func (c *fakeClock) next(t time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.pending {
		if p.expires.Before(t) {
			t = p.expires
		}
	}
	c.pending = slices.DeleteFunc(c.pending, func(p *fakeTimer) bool { return !p.expires.After(t) })
	return t
}
