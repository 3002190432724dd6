package blackbox

import (
	"errors"
	"time"
)

// A goroutine that waits for a mutex is not idle to a synctest bubble: virtual time stands still, and no event will
// come. So a watchdog measures on the wall clock how long the loop makes no step. For a child process the same limit
// holds for each response (see process.ask).

// DefaultPatience is how long, in real time, a notifier may take for one step.
const DefaultPatience = 30 * time.Second

// ErrStuck is the error of a run whose virtual time stands still.
var ErrStuck = errors.New("virtual time stands still: a goroutine of the notifier waits for a mutex, or never ends")

// guard calls f by in, which runs it in a bubble or directly. If the loop makes no step for limit, in real time, it
// returns ErrStuck and leaves f running.
func (l *Loop) guard(limit time.Duration, in func(func()), f func() error) error {
	done := make(chan error, 1)
	go func() {
		err, crash := recoverPanics(in, f)
		if crash != nil && !(len(l.engines) > 0 && l.engines[0].dead) { // an expected deadlock ends the bubble with a panic
			err = crash
		}
		done <- err
	}()
	last, since := int64(-1), time.Now()
	for {
		select {
		case err := <-done:
			return err
		case <-time.After(limit / 10):
			if now := l.steps.Load(); now != last {
				last, since = now, time.Now()
			} else if time.Since(since) > limit {
				return ErrStuck
			}
		}
	}
}
