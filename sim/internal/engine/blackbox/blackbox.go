// Package blackbox is the engine that runs a real Manager with goroutines of its own: that of package notifier or that
// of Prometheus. A Manager does not report which alerts wait in its queues and which it drops; the engine infers that
// from the Manager's requests and metrics and from the rules of its release. The Manager runs in a host: a synctest
// bubble in this process, a child process, or the wall clock (package live).
//
// The engine triggers one event at a time and then waits until all goroutines of the Manager are blocked, so that what
// the Manager does next depends on its code and not on the scheduling of its goroutines. If a Manager does something
// that the rules of its release do not explain, the run ends with an error. The package never reads the Manager's
// memory.
//
// The package is internal to sim: it promises nothing to others.
package blackbox

import (
	"slices"
	"strings"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/adapter/protocol"
	"github.com/notifysim/notifysim/sim/internal/network"
	"github.com/notifysim/notifysim/sim/internal/world"
)

type segment = alerts.Segment

// Options are the options of an Engine.
type Options struct {
	// Network carries the Manager's requests; its World has the clock.
	Network  *network.Network
	Observer engine.Observer
	// Sender is the number of the sender, Senders the number of all senders.
	Sender, Senders int
	Release         *core.Release
	Flags           scenarios.Flags
	// Settled is called whenever all goroutines of the Manager are blocked again after an event.
	Settled func()
	// Bodies, if not nil, is called with the body of every request.
	Bodies func(at time.Duration, url string, body []byte)
	// Drawn, if not nil, gets the random orders of the sets as far as the engine can infer them.
	Drawn *engine.SetOrders
	// Live is the host if it is on the wall clock, and nil in virtual time.
	Live LiveHost
}

// An Engine runs the notifier of one sender.
type Engine struct {
	Options
	world *world.World
	host  Host
	// ahead is the time of the host. It may be later than the time of the run, up to the next planned event. What the
	// manager did at that time is recorded when the run reaches it.
	ahead    int64
	sends    []*alerts.Send // the index is the number in the generator URLs of their alerts
	sets     []*core.Set    // as the core computes them; they are compared with the manager's
	queues   []*queue
	requests []*pendingRequest // the requests in flight
	// lock models the manager's lock, as the rules of the release describe it. leaving are the queues that
	// the manager closes one after the other while it holds the lock: those of removed Alertmanagers or, after a stop,
	// all. drains has the order of their drains.
	lock     core.Lock
	leaving  []*queue
	drains   drainOrder
	updating bool // the manager's Run is busy with a target update

	// relabelsLater says that the sets relabel the batches of a shared queue.
	relabelsLater     bool
	priming           bool
	stopping, exited  bool
	dead              bool // the manager holds its lock for ever, and the host has ended
	comparesAddresses bool // the manager's active Alertmanagers must still be compared with those of sets

	seen map[int]*pendingRequest // all requests by number; used on the wall clock only
}

// newEngine returns an Engine whose manager runs in the host h.
func newEngine(o Options, h Host) *Engine {
	e := &Engine{Options: o, world: o.Network.World, host: h, seen: map[int]*pendingRequest{}}
	if o.Release.Queues == core.Shared {
		e.queues = []*queue{{}}
	}
	return e
}

// Dead reports whether the manager holds its lock for ever.
func (e *Engine) Dead() bool { return e.dead }

// Prime implements engine.Engine.
func (e *Engine) Prime(update func()) {
	e.priming = true
	update()
	e.settle()
	e.priming = false
}

// busy reports whether the manager may act before the next planned event.
func (e *Engine) busy() bool {
	return len(e.requests) > 0 || e.stopping && !e.exited || e.mayStillTake()
}

// settle lets the manager run until all its goroutines are blocked, and records what it did. It repeats that until the
// manager does nothing more.
func (e *Engine) settle() {
	for e.world.Err == nil && !e.dead {
		did, err := e.host.Settle()
		if e.world.Fail(err); err != nil {
			return
		}
		e.endReadBodies()
		exits := did.Exited && e.stopping && !e.exited
		if len(did.Arrived) == 0 && len(did.GaveUp) == 0 && len(did.Ended) == 0 && len(did.Taken) == 0 && !exits {
			if e.relabelsLater {
				e.world.Fail(e.inferPopped(nil))
			}
			if e.doWaiting() {
				continue
			}
			if e.comparesAddresses && !e.Locked() {
				e.compareAlertmanagers()
			}
			break
		}
		e.endGivenUp(did.GaveUp)
		e.drainNext()
		slices.SortStableFunc(did.Arrived, func(a, b protocol.Arrival) int { return strings.Compare(a.URL, b.URL) })
		if e.relabelsLater && !e.priming {
			e.world.Fail(e.inferPopped(did.Arrived))
		} else {
			for _, a := range did.Arrived {
				e.world.Fail(e.receive(a))
			}
		}
		e.bookLive(did)
		if exits {
			e.exit()
		}
	}
	if e.Live != nil && e.world.Err == nil { // records drops now, not when a later request shows them
		e.world.Fail(e.Measure())
	}
	e.Settled()
}

// HasAlertmanagers implements engine.Engine.
func (e *Engine) HasAlertmanagers() bool {
	return slices.ContainsFunc(e.sets, func(s *core.Set) bool { return len(s.Active) > 0 })
}

// Holds implements engine.Engine.
func (e *Engine) Holds(p *network.Peer) (queued, inFlight int64) {
	for _, q := range e.queues {
		for _, am := range q.ams {
			if network.TargetOf(am).Peer == p {
				queued += int64(alerts.Count(q.waiting))
			}
		}
	}
	for _, r := range e.requests {
		if r.request.To.Peer == p {
			inFlight += int64(r.request.N)
		}
	}
	return queued, inFlight
}

// EachWaiting implements engine.Engine.
func (e *Engine) EachWaiting(f func(segment)) {
	for _, q := range e.queues {
		for _, seg := range q.waiting {
			f(seg)
		}
	}
	for _, r := range e.requests {
		for _, seg := range r.batch.segs {
			f(seg)
		}
	}
}

// Samples implements engine.Engine.
func (e *Engine) Samples() ([]engine.Sample, error) { return e.host.Samples() }

// Shape implements engine.Engine.
func (e *Engine) Shape() int { return 0 }
