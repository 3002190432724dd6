// Package blackbox is the engine that runs a Manager with goroutines of its own, ours or Prometheus', and infers from
// outside what it decides: a Manager does not report what waits in its queues and what it drops, but its requests, its
// metrics and its rules tell. The Manager lives in a host: a synctest bubble in this process, a child process, or the
// wall clock (package live).
//
// The engine does one thing at a time and lets the Manager settle after each, so that what the Manager does next
// depends on its rules and not on how its goroutines are scheduled. If a Manager does what the rules do not explain,
// the run ends with an error. The package never reads the Manager's memory.
//
// The package is internal to sim: it promises nothing to others.
package blackbox

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/adapter/protocol"
	"github.com/notifysim/notifysim/sim/internal/network"
	"github.com/notifysim/notifysim/sim/internal/world"
)

type segment = alerts.Segment

// Options are what an Engine needs.
type Options struct {
	// Network carries its requests; the world's clock is its.
	Network  *network.Network
	Observer engine.Observer
	// Sender is the number of the sender, of Senders.
	Sender, Senders int
	Release         *core.Release
	Flags           scenarios.Flags
	// Settled is called when the Manager waits again after something happened.
	Settled func()
	// Bodies, if not nil, is called with the body of every request.
	Bodies func(at time.Duration, url string, body []byte)
	// Ordered, if not nil, is called with each order in which the sets relabelled a batch.
	Ordered func([]int)
	// Live is the host if it is on the wall clock, nil in virtual time.
	Live LiveHost
}

// An Engine runs the notifier of one sender.
type Engine struct {
	Options
	world *world.World
	host  Host
	// ahead is the time of the host, which has one of its own. It may be later than the run's: nothing was planned for
	// its manager until then, and what the manager did by itself there is read when the run gets there.
	ahead    int64
	sends    []*alerts.Send // by the number that their alerts carry
	sets     []*core.Set    // as our rules have them; what the manager says is compared
	queues   []*queue
	requests []*pendingRequest // in flight
	// lock is the manager's lock as our rules have it. leaving are queues of Alertmanagers that were removed, being
	// drained one after the other while the manager holds it.
	lock     core.Lock
	leaving  []*queue
	updating bool // Run is busy with a target update

	// relabelsLater says that single sets relabel what comes from a shared queue.
	relabelsLater     bool
	priming           bool
	stopping, exited  bool
	dead              bool // the manager holds its lock for ever, and the host is gone
	comparesAddresses bool // the active Alertmanagers are to be compared

	seen map[int]*pendingRequest // every one, on the wall clock
}

// newEngine returns an Engine whose manager runs in a host.
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

// busy reports whether the manager may do something by itself.
func (e *Engine) busy() bool {
	return len(e.requests) > 0 || e.stopping && !e.exited || e.mayStillTake()
}

// settle lets the manager go on until it waits, and books what it did, again and again until it does nothing.
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
	if e.Live != nil && e.world.Err == nil { // what is dropped is booked now, not when a later request shows it
		e.world.Fail(e.Measure())
	}
	e.Settled()
}

// endReadBodies ends the requests whose responses the manager has read to their ends by now.
func (e *Engine) endReadBodies() {
	for _, p := range slices.Clone(e.requests) {
		if p.request.Reading && p.request.Until <= e.world.Now {
			e.world.Cause = p.request.Event
			p.request.Deliver()
		}
	}
}

// endGivenUp ends the requests that the manager has given up: they timed out, or it stops.
func (e *Engine) endGivenUp(numbers []int) {
	var gone []*pendingRequest
	for _, p := range e.requests {
		if slices.Contains(numbers, p.number) {
			gone = append(gone, p)
		}
	}
	slices.SortStableFunc(gone, func(a, b *pendingRequest) int { return strings.Compare(a.url, b.url) })
	for _, p := range gone {
		e.world.Cause, p.gaveUp = p.request.Event, true
		if e.stopping && e.Release.Stop == core.StopAborts {
			p.request.End(core.Cancelled, "cut")
		} else {
			p.request.End(core.Failed, "timeout")
		}
	}
}

// receive takes a request in: the Alertmanager decides what becomes of it.
func (e *Engine) receive(a protocol.Arrival) error {
	if e.priming {
		if _, am := e.find(a.URL); am != nil {
			e.Observer.Primed(am)
		}
		return e.host.Answer(a.Request, protocol.Reply{Status: 200})
	}
	q, am := e.find(a.URL)
	if q == nil {
		e.Observer.PostingToStranger(a.URL)
		return engine.Untraceable{Err: fmt.Errorf("%s was posted to, which is no active Alertmanager", a.URL)}
	}
	segs, n, err := e.segments(q, am, a.Body)
	if err != nil {
		return err
	}
	e.Observer.Posting(am, segs, n)
	if e.Bodies != nil {
		e.Bodies(time.Duration(e.world.Now), a.URL, a.Body)
	}
	b := q.last
	if b == nil || b.open == 0 || slices.Contains(b.urls, a.URL) {
		if err := e.remove(q, segs); err != nil {
			return engine.Untraceable{Err: fmt.Errorf("%s: %w", a.URL, err)}
		}
		if e.Release.Queues == core.Shared {
			e.Observer.BatchBegins(n)
		}
		b = &batch{queue: q, segs: segs, n: n, anybody: true}
		q.last = b
	}
	e.begin(q, b, am, a, segs, n)
	return nil
}

// begin has an Alertmanager decide what becomes of a request, which carries segs of a batch.
func (e *Engine) begin(q *queue, b *batch, am *core.Alertmanager, a protocol.Arrival, segs []segment, n int) {
	b.urls = append(b.urls, a.URL)
	b.open++
	p := &pendingRequest{number: a.Request, queue: q, batch: b, url: a.URL, drains: q.draining}
	r := e.Network.Post(e, e.Observer, e.Sender, network.TargetOf(am), segs, n)
	p.request, r.Tag = r, p
	e.requests = append(e.requests, p)
	if e.Live != nil {
		p.segs, e.seen[a.Request] = segs, p
	}
	at, place := r.Ends()
	// after the deadline the manager will have given up; a run ends no earlier
	if r.Decision.At <= r.Deadline || e.Live == nil {
		e.world.Add(at, world.ClassResponse, place, r)
	}
}

// Responding implements network.Engine.
func (e *Engine) Responding(r *network.Request) {
	e.world.Fail(e.host.Answer(r.Tag.(*pendingRequest).number,
		protocol.Reply{Status: r.Decision.Status, BodyFor: time.Duration(r.Decision.BodyDuration)}))
}

// Happening implements network.Engine.
func (e *Engine) Happening(*network.Request) bool { return false }

// Ended implements network.Engine: it answers the manager, unless that has given up.
func (e *Engine) Ended(r *network.Request, o core.Outcome, _ time.Duration) {
	p := r.Tag.(*pendingRequest)
	e.requests = slices.DeleteFunc(e.requests, func(o *pendingRequest) bool { return o == p })
	if p.batch.open--; p.batch.open == 0 {
		e.batchDone(p.batch)
	}
	var reply protocol.Reply
	switch {
	case r.Reading: // it knows
		if e.world.Now < r.Until && o == core.Delivered {
			e.world.Fail(e.host.CutBody(p.number))
		}
		return
	case o == core.Cancelled:
		reply.Err = protocol.Over.Err
	case r.Decision.Outcome == fakeam.Refused, r.Decision.Outcome == fakeam.Reset, r.Decision.Outcome == fakeam.TLSFails:
		reply.Err = "connection " + r.Decision.Outcome.String()
	default:
		reply.Status = r.Decision.Status
	}
	e.world.Fail(e.host.Answer(p.number, reply))
}

// batchDone is the end of a batch.
func (e *Engine) batchDone(b *batch) {
	e.Observer.BatchDone(b.queue.ams, b.segs, b.n, b.anybody, engine.Unseen)
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
