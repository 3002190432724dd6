package blackbox

import (
	"errors"
	"time"
)

// If a goroutine waits for a mutex, synctest does not consider the bubble idle: virtual time stands still, and no event
// follows. So a watchdog measures on the wall clock how long the loop makes no step. For a child process the same limit
// applies to each response (see process.ask).

// DefaultPatience is how long, in real time, a notifier may take to react to one event.
const DefaultPatience = 30 * time.Second

// ErrStuck is the error of a run in which virtual time stands still.
var ErrStuck = errors.New("virtual time stands still: a goroutine of the notifier waits for a mutex, or never ends")

// guard calls in with a function that runs f; in runs that function in a bubble or directly. If the loop makes no step
// for the real time limit, guard returns ErrStuck and leaves f running.
func (l *Loop) guard(limit time.Duration, in func(func()), f func() error) error {
	done := make(chan error, 1)
	go func() {
		err, crash := recoverPanics(in, f)
		if crash != nil && !(len(l.engines) > 0 && l.engines[0].dead) { // a panic ends the bubble after an expected deadlock
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
