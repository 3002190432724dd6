package blackbox

import (
	"slices"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// A fakeClock is a clockwork.FakeClock that knows at which instants its timers expire. So it can be advanced from one
// of these instants to the next, and a timeout happens at its own instant instead of at the end of a longer step. It
// must be used in a bubble, whose own time stands still.
//
// It keeps track of AfterFunc and Timer only, which are what notifier.Manager and Transport use to wait.
type fakeClock struct {
	*clockwork.FakeClock

	mu      sync.Mutex
	pending []*fakeTimer
}

// newFakeClock returns a clock that shows the current time of the bubble.
func newFakeClock() *fakeClock { return &fakeClock{FakeClock: clockwork.NewFakeClockAt(time.Now())} }

// A fakeTimer is a timer of a fakeClock that has not expired yet.
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

// next returns the first instant before t at which a timer expires, or t if there is none. It removes the timers that
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
