package blackbox

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/world"
)

// The hosts of several senders have a time each. What one of them does by itself concerns the others only through the
// Alertmanagers, so each may go on to the next instant that the run has planned, and what it did is booked when the
// run's time has come to its own.

// A Loop drives the engines of a run until nothing will happen any more.
type Loop struct {
	World *world.World
	// Open makes the host of a sender's manager.
	Open func(sender int) (Host, error)
	// Stuck reports whether nothing is planned but offers of service discovery that no notifier will take; hangs says
	// which hang.
	Stuck func(hangs func(sender int) bool) bool

	engines []*Engine
	steps   atomic.Int64 // made so far, for the watchdog
}

// NewEngine makes the engine of a sender; instead of the one that it had before, if it has.
func (l *Loop) NewEngine(o Options) (*Engine, error) {
	if o.Sender < len(l.engines) {
		before := l.engines[o.Sender]
		before.dead = true // its host is closed
		if err := before.host.Close(); err != nil {
			return nil, err
		}
	}
	h, err := l.Open(o.Sender)
	if err != nil {
		return nil, err
	}
	e := newEngine(o, h)
	if o.Sender == len(l.engines) {
		l.engines = append(l.engines, e)
		return e, nil
	}
	l.engines[o.Sender], e.ahead = e, l.World.Now
	return e, h.Begin(l.World.Now)
}

// Close closes all hosts.
func (l *Loop) Close() (err error) {
	for _, e := range l.engines {
		if e.dead {
			continue // its host is gone
		}
		if closed := e.host.Close(); err == nil {
			err = closed
		}
	}
	return err
}

// Run runs the engines from 0s on, to the end.
func (l *Loop) Run() {
	w := l.World
	for _, e := range l.engines {
		w.Fail(e.host.Begin(0))
	}
	for w.Err == nil && !w.Over && l.step() {
		l.settle()
	}
}

// alone reports whether there is one sender, whose host's time is the run's.
func (l *Loop) alone() bool { return len(l.engines) == 1 }

// step goes to the next instant at which something happens, and does the first thing that is planned there. It is false
// when nothing will happen any more.
func (l *Loop) step() bool {
	l.steps.Add(1)
	w := l.World
	w.Cause, w.Line = 0, 0
	until := w.Now + int64(time.Hour) // what is in flight ends by its timeout before
	switch {
	case l.Stuck(func(sender int) bool { return l.engines[sender].dead }):
		return false
	case w.Queue.Len() > 0:
		until = w.Queue.First().At
	case !slices.ContainsFunc(l.engines, (*Engine).busy):
		return false
	}
	for _, e := range l.engines {
		if e.ahead > w.Now && !l.alone() { // it may have done something then
			until = min(until, e.ahead)
		}
	}
	for _, e := range l.engines {
		if e.dead || e.idle() || e.ahead > w.Now && !l.alone() {
			continue
		}
		now, err := e.host.Advance(until)
		if until, e.ahead = now, now; err != nil {
			w.Fail(err)
			return false
		}
	}
	w.Now = until
	l.settle() // timeouts come first
	if w.Err == nil && w.Queue.Len() > 0 && w.Queue.First().At <= w.Now {
		w.Cause, w.Line = 0, 0
		next := w.Queue.Next()
		next.Value.Happen()
	}
	return true
}

// settle lets the managers go on until they wait whose time has come.
func (l *Loop) settle() {
	for _, e := range l.engines {
		if e.ahead <= l.World.Now || l.alone() {
			e.settle()
		}
	}
}

// InBubble calls f in a bubble with a manager for each sender, which create makes. It gives that up when no step is
// made for limit of real time. replicas says that there are several senders: each has a bubble of its own.
func (l *Loop) InBubble(
	limit time.Duration, replicas bool, flags scenarios.Flags, rel *core.Release, create Create, f func() error,
) error {
	start := func(do doFunc) manager { return create(flags, rel, do) }
	if !replicas {
		l.Open = func(int) (Host, error) { return newBubble(start), nil }
		return l.guard(limit, inBubble, f)
	}
	l.Open = func(int) (Host, error) { return newIsolatedBubble(start), nil }
	return l.guard(limit, func(f func()) { f() }, f)
}

// guard calls f in a bubble, or where else in says. It gives that up when no step is made for limit of real time.
func (l *Loop) guard(limit time.Duration, in func(func()), f func() error) error {
	done := make(chan error, 1)
	go func() {
		err, crash := recoverPanics(in, f)
		if crash != nil && !(len(l.engines) > 0 && l.engines[0].dead) { // a bubble in which somebody waits for ever ends so
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
