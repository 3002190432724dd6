package blackbox

import (
	"slices"

	"github.com/notifysim/notifysim/notifier/core"
)

// When a manager closes several queues, it drains those of one set after those of another. Prometheus iterates over a
// Go map of the sets, so their order is random. The requests show it: a queue that has alerts has a request in flight,
// so a second request of that queue can only come from its drain.

// A drainOrder is the order in which sets drain their queues, as far as it is known.
type drainOrder struct {
	queues []*queue    // all that are closed
	sets   []*core.Set // those that drain, in the order of the configuration,
	drawn  []*core.Set // and in the order in which they drain, of which the first known are known
	known  int
	order  []int // drawn as indices of sets
	// stopped says that the manager closes its queues because it was stopped. Then the Alertmanagers do not leave.
	stopped bool
}

func setOf(q *queue) *core.Set { return q.ams[0].Set }

// closeAll begins to close all queues, as the manager does after a stop.
func (e *Engine) closeAll() {
	if e.Release.Queues == core.Shared || !e.Flags.DrainOnShutdown {
		return
	}
	for _, set := range e.sets {
		for _, am := range set.Active {
			if q, _ := e.find(am.String()); q != nil {
				e.leaving = append(e.leaving, q)
			}
		}
	}
	e.beginDrains(true)
}

// beginDrains begins to close the leaving queues.
func (e *Engine) beginDrains(stopped bool) {
	waits := func(q *queue) bool { return len(q.waiting) > 0 }
	d := drainOrder{queues: e.leaving, sets: core.DrainedSets(e.leaving, setOf, waits), stopped: stopped}
	if e.drains = d; len(d.sets) > 1 {
		e.drains.drawn, e.drains.order = slices.Clone(d.sets), make([]int, len(d.sets))
		for i := range e.drains.order {
			e.drains.order[i] = i
		}
		e.Drawn.Add(e.Sender, e.drains.order)
	}
	e.drainNext()
}

// inferDrain is called before a request of a queue is recorded. If only a drain of the queue explains the request, its
// set drains before all sets that are not known to drain yet.
func (e *Engine) inferDrain(q *queue) {
	d := &e.drains
	inFlight := slices.ContainsFunc(e.requests, func(p *pendingRequest) bool { return p.queue == q })
	if d.known >= len(d.drawn) || !inFlight || !slices.Contains(e.leaving, q) {
		return
	}
	set := setOf(q)
	i := slices.Index(d.drawn, set)
	if i < d.known {
		return
	}
	d.drawn = slices.Insert(slices.Delete(d.drawn, i, i+1), d.known, set)
	d.known++
	for i, s := range d.drawn {
		d.order[i] = slices.Index(d.sets, s)
	}
	for _, o := range e.leaving {
		o.draining = false
	}
	closed := len(d.queues) - len(e.leaving)
	e.leaving = core.OrderDrains(d.queues, setOf, d.sets, d.drawn)[closed:]
	e.drainNext()
}

// drainNext ends the drains that are complete: no copy waits in the queue, and no request of the drain is in flight.
// After the last one it releases the lock, unless the manager was stopped.
func (e *Engine) drainNext() {
	for len(e.leaving) > 0 {
		q := e.leaving[0]
		q.draining = true
		drains := func(p *pendingRequest) bool { return p.drains && p.queue == q }
		if len(q.waiting) > 0 || slices.ContainsFunc(e.requests, drains) {
			return
		}
		e.leaving = e.leaving[1:]
		if !e.drains.stopped {
			q.gone = true
			e.Observer.Leave(q.ams[0], 0)
		}
	}
	if e.drains.stopped {
		return
	}
	e.queues = slices.DeleteFunc(e.queues, func(q *queue) bool { return q.gone })
	if e.lock.Held() && !e.dead {
		e.lock.Release()
		if e.stopping {
			e.closeAll()
		}
	}
}
