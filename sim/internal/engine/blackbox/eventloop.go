package blackbox

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/world"
)

// With several senders, each host has a time of its own. Managers influence each other only through the Alertmanagers,
// so each host may advance to the next planned event of the run. What its manager did is recorded when the time of the
// run reaches the time of the host.

// A Loop drives the engines of a run until no event is planned and no manager acts any more.
type Loop struct {
	World *world.World
	// Open returns a host for the manager of a sender.
	Open func(sender int) (Host, error)
	// Stuck reports whether nothing is planned except offers of target updates to notifiers that hang. It calls hangs
	// to learn which senders' notifiers do.
	Stuck func(hangs func(sender int) bool) bool

	engines []*Engine
	steps   atomic.Int64 // the number of steps so far, for the watchdog
}

// NewEngine returns an engine for a sender. After a restart of the server it closes the sender's previous engine.
func (l *Loop) NewEngine(o Options) (*Engine, error) {
	if o.Sender < len(l.engines) {
		before := l.engines[o.Sender]
		before.dead = true // its host has been closed
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
			continue // its host has been closed
		}
		if closed := e.host.Close(); err == nil {
			err = closed
		}
	}
	return err
}

// Run runs the engines from 0s to the end of the run.
func (l *Loop) Run() {
	w := l.World
	for _, e := range l.engines {
		w.Fail(e.host.Begin(0))
	}
	for w.Err == nil && !w.Over && l.step() {
		l.settle()
	}
}

// alone reports whether there is only one sender, so that the time of its host is the time of the run.
func (l *Loop) alone() bool { return len(l.engines) == 1 }

// step advances to the next instant at which a manager acts or an event is planned, and executes the first event that
// is planned for it. It returns false at the end of the run.
func (l *Loop) step() bool {
	l.steps.Add(1)
	w := l.World
	w.Cause, w.Line = 0, 0
	until := w.Now + int64(time.Hour) // no request in flight has a longer timeout
	switch {
	case l.Stuck(func(sender int) bool { return l.engines[sender].dead }):
		return false
	case w.Queue.Len() > 0:
		until = w.Queue.First().At
	case !slices.ContainsFunc(l.engines, (*Engine).busy):
		return false
	}
	for _, e := range l.engines {
		if e.ahead > w.Now && !l.alone() { // the manager may have acted at the time of its host
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
	l.settle() // timeouts come before planned events
	if w.Err == nil && w.Queue.Len() > 0 && w.Queue.First().At <= w.Now {
		w.Cause, w.Line = 0, 0
		next := w.Queue.Next()
		next.Value.Happen()
	}
	w.Advanced()
	return true
}

// settle settles the managers whose hosts are not ahead of the run.
func (l *Loop) settle() {
	for _, e := range l.engines {
		if e.ahead <= l.World.Now || l.alone() {
			e.settle()
		}
	}
}

// InBubble calls f in a synctest bubble, in which create makes the manager. With several senders (replicas), f runs
// outside and each manager has a bubble of its own. If the loop makes no step for the real time limit, InBubble returns
// ErrStuck.
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
