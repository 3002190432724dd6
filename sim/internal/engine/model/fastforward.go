package model

import (
	"fmt"
	"math"
	"time"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/eventqueue"
	"github.com/notifysim/notifysim/sim/internal/network"
	"github.com/notifysim/notifysim/sim/internal/world"
	"github.com/notifysim/notifysim/sim/ledger"
)

// In a long run nearly all requests are answered 2xx in time and are followed at once by a request with the next copies
// of the same send. In runs without a trace such requests are fast-forwarded: until another event is due,
// core.LookAhead returns the next batch, the Alertmanager decides when it responds, and both are stored as one step.
// Before the other event happens, the steps are recorded together by the same calls that record a single request.

// A FastForward fast-forwards requests of all Models in a run.
type FastForward struct {
	network  *network.Network
	requests requestHeap // the requests with steps that are not recorded yet
	flushBy  int64       // when the steps must be recorded at the latest
}

// NewFastForward returns a FastForward that has no requests yet.
func NewFastForward(n *network.Network) *FastForward {
	return &FastForward{network: n, flushBy: fakeam.Never}
}

// An inFlight is a request of a Model, together with its steps that are not recorded yet.
type inFlight struct {
	sent    *network.Request
	request *request
	model   *Model // nil if the request is not fast-forwarded
	ahead   core.Lookahead[*alerts.Send]
	am      *fakeam.Alertmanager
	timeout int64
	list    []ledger.Step    // the steps, each of which is an answered request
	first   int              // the place in the send of the first copy of the steps
	seg     segment          // the copies of the request that is in flight after the last step,
	since   int64            // when that began,
	class   eventqueue.Class // and the class
	place   int              // and position of its end among the events of the instant

	steps  [1]ledger.Steps // for reuse
	posted [1]segment
	took   []time.Duration
}

// maxSteps is the most steps (answered requests) of one send loop that are kept until they are recorded together.
const maxSteps = 1024

// Len returns how many requests are fast-forwarded.
func (f *FastForward) Len() int { return len(f.requests) }

// Step advances the fast-forwarded requests until another event is due. If that event is the end of a request that
// cannot be fast-forwarded any further, Step executes it and returns true. If it is an event in the queue, Step returns
// false.
func (f *FastForward) Step() bool {
	n := f.network
	for {
		first := f.requests[0]
		last := eventqueue.Rank(first.flight.class, first.flight.place, math.MaxUint32)
		if n.Queue.Len() > 0 && n.Queue.First().Precedes(first.at, last) {
			if n.Queue.First().At >= f.flushBy {
				f.Flush()
			}
			return false
		}
		if first.at >= f.flushBy {
			f.Flush()
			return false
		}
		n.Now = first.at
		at, ok := f.step(first.flight)
		if !ok {
			first.flight.sent.Happen()
			return true
		}
		f.requests.replaceFirst(pendingRequest{at, first.flight})
	}
}

// happening is called when a request is about to end. It fast-forwards the request if that is possible and returns
// true. Otherwise it records the steps that must be recorded before the request ends, and returns false.
func (f *FastForward) happening(m *Model, x *network.Request) bool {
	if f.begin(m, x) {
		return true
	}
	k := x.Tag.(*inFlight)
	if len(f.requests) > 0 && f.requests[0].flight == k { // the request is due, so it can only be the first
		f.requests.removeFirst()
		f.flush(k)
	}
	if k.model == nil || len(x.To.Requests) > 1 { // the end of x may influence other requests
		f.Flush()
	}
	return false
}

// begin fast-forwards a request that is answered 2xx and returns true, or has no effect and returns false.
func (f *FastForward) begin(m *Model, x *network.Request) bool {
	am := x.To.Alertmanager
	if x.Over || am.Decides.HasFault() || am.FastForwarded || !x.Decision.IsServed() {
		return false
	}
	k := x.Tag.(*inFlight)
	ahead, ok := m.core.LookAhead(k.request)
	if !ok {
		return false
	}
	seg := x.Batch[0]
	if seg.Send.IsVariant() || !seg.Send.IsContiguous() {
		return false
	}
	k.ahead = ahead
	k.model, k.list, k.first, k.seg, k.since = m, k.list[:0], seg.From, seg, x.Begun
	k.am, k.timeout = am.Decides, x.To.Timeout()
	at, ok := f.step(k)
	if !ok {
		return false
	}
	am.FastForwarded = true
	x.MoveLast()
	f.requests.add(pendingRequest{at, k})
	if ends := seg.Send.EndsAt(); ends > f.network.Now { // they may expire before they are stored
		f.flushBy = min(f.flushBy, ends)
	}
	return true
}

// step stores as a step that a request is answered now, starts the request that follows, and returns when that one
// ends. If none follows, step has no effect and returns false.
func (f *FastForward) step(k *inFlight) (at int64, ok bool) {
	x, now := k.sent, f.network.Now
	if x.TimesOut() || now != x.Decision.At || len(k.list) == maxSteps {
		return 0, false
	}
	next, ok := k.ahead.Next()
	if !ok {
		return 0, false
	}
	k.list = append(k.list, ledger.NewStep(now, &k.seg))
	k.seg, k.since = next, now
	x.Decision.At, x.Deadline = k.am.Serve(now, next.Len()), now+k.timeout
	at, k.class, k.place = x.Ends()
	return at, true
}

// Flush records all steps, and adds the requests in flight to the event queue.
func (f *FastForward) Flush() {
	for _, p := range f.requests {
		f.flush(p.flight)
		f.network.Add(p.at, p.flight.class, p.flight.place, p.flight.sent)
	}
	f.requests, f.flushBy = f.requests[:0], fakeam.Never
}

// FlushBefore records the steps if the next event may read the accounts. If that event is the end of a request, it does
// nothing, because the end of a request records the steps itself (see happening).
func (f *FastForward) FlushBefore(next world.Event) {
	if _, ok := next.(*network.Request); !ok {
		f.Flush()
	}
}

// flush records the steps of one request.
func (f *FastForward) flush(k *inFlight) {
	x, m, last := k.sent, k.model, &k.list[len(k.list)-1]
	x.To.FastForwarded = false
	taken := segment{Send: k.seg.Send, From: k.first, To: k.seg.From}
	k.posted[0] = segment{Send: k.seg.Send, From: k.first + int(k.list[0].N), To: k.seg.To}
	k.steps[0] = ledger.Steps{Seg: taken, List: k.list}
	f.network.TakeSteps(x.To, &k.steps[0])
	x.Delivered(k.steps[:], len(k.list))
	if m.Depths != nil {
		m.recordDepths(k)
	}
	if !m.core.Advance(k.request, k.durations(x.Begun)) || x.Batch[0] != k.seg {
		f.network.Fail(fmt.Errorf("%s: fast-forwarding has %v in flight, but the core has %v", x.To.Address, k.seg,
			x.Batch))
	}
	x.N, x.Begun = k.request.N, last.At
	m.Observer.Release(taken)
	loop, posted := k.request.Batch.Loop, k.posted[0].Len()
	largest := min(m.core.BatchSize(), posted)
	m.Observer.Popped(loop.Targets, k.posted[:], posted)
	m.Observer.Posting(k.request.To, k.posted[:], largest)
	x.Posted(k.posted[:], largest, k.list)
	k.list, k.first = k.list[:0], k.seg.From
}

// durations returns how long the request of each step took. The first was posted at begun.
func (k *inFlight) durations(begun int64) []time.Duration {
	k.took = k.took[:0]
	for i := range k.list {
		k.took = append(k.took, time.Duration(k.list[i].At-begun))
		begun = k.list[i].At
	}
	return k.took
}

// recordDepths records how the steps of a request changed the length of the queue.
func (m *Model) recordDepths(k *inFlight) {
	loop := k.request.Batch.Loop
	waiting := loop.Queue.Len()
	for i, s := range k.list {
		next := k.seg.Len()
		if i+1 < len(k.list) {
			next = int(k.list[i+1].N)
		}
		m.Depths.BatchDone(s.At, loop, int(s.N))
		m.Depths.Popped(s.At, loop, waiting, waiting-next)
		waiting -= next
	}
}
