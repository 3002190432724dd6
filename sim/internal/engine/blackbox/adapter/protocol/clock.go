package protocol

import "time"

// A Clock is the clock of a manager in a synctest bubble.
type Clock interface {
	// Now returns the current time.
	Now() time.Time
	// AdvanceTo lets time pass until t, or until wake receives a value if that is earlier.
	AdvanceTo(t time.Time, wake <-chan struct{})
	// Timer returns a channel that receives a value once d has passed. The caller must call stop.
	Timer(d time.Duration) (expired <-chan time.Time, stop func() bool)
}

// BubbleClock is the clock of the bubble itself. Notifiers whose options have no clock use it.
type BubbleClock struct{}

// Now implements Clock.
func (BubbleClock) Now() time.Time { return time.Now() }

// AdvanceTo implements Clock. The bubble's time passes while the caller waits.
func (c BubbleClock) AdvanceTo(t time.Time, wake <-chan struct{}) {
	if wait := time.Until(t); wait > 0 {
		expired, stop := c.Timer(wait)
		defer stop()
		select {
		case <-expired:
		case <-wake:
		}
	}
}

// Timer implements Clock.
func (BubbleClock) Timer(d time.Duration) (<-chan time.Time, func() bool) {
	timer := time.NewTimer(d)
	return timer.C, timer.Stop
}
