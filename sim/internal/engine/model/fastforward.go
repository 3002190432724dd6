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

// Nearly all requests of a long run are taken in time and followed at once by one with the next copies of the same
// send. Where nobody reads events, such requests are fast-forwarded: as long as nothing else is due, the rules say
// which batch is next and the Alertmanager when it responds, in the order of these responses, and each step is
// recorded. Before anything else happens the steps are booked together, by the same calls that book a single request.

// A FastForward fast-forwards requests of all Models of a run.
type FastForward struct {
	network  *network.Network
	requests requestHeap // that have steps which are not booked
	flushBy  int64       // when those are to be booked at the latest
}

// NewFastForward returns one without requests.
func NewFastForward(n *network.Network) *FastForward {
	return &FastForward{network: n, flushBy: fakeam.Never}
}

// An inFlight is a request as the Model has it, with the steps that are not booked yet.
type inFlight struct {
	sent    *network.Request
	request *request
	model   *Model // nil: the request is not fast-forwarded
	ahead   core.Lookahead[*alerts.Send]
	am      *fakeam.Alertmanager
	timeout int64
	list    []ledger.Step // that were taken
	first   int           // the place of the first copy of them
	seg     segment       // what the request in flight after the last step carries,
	since   int64         // since when,
	place   int           // and the place of its end among the events of the instant

	steps  [1]ledger.Steps // for reuse
	posted [1]segment
	took   []time.Duration
}

// maxSteps bounds the memory of a fast-forwarded request.
const maxSteps = 1024

// Len returns how many requests are fast-forwarded.
func (f *FastForward) Len() int { return len(f.requests) }

// Step goes on until something else is due. If that is the end of a request that does not go on, it happens too; it
// returns false if what is due is in the queue.
func (f *FastForward) Step() bool {
	n := f.network
	for {
		first := f.requests[0]
		last := eventqueue.Rank(world.ClassResponse, first.flight.place, math.MaxUint32)
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

// happening fast-forwards a request that ends well, if requests may follow it. If not, it books what the end must not
// find undone.
func (f *FastForward) happening(m *Model, x *network.Request) bool {
	if f.begin(m, x) {
		return true
	}
	k := x.Tag.(*inFlight)
	if len(f.requests) > 0 && f.requests[0].flight == k { // nowhere else: it is time
		f.requests.removeFirst()
		f.flush(k)
	}
	if k.model == nil || len(x.To.Requests) > 1 { // it concerns others than its own send loop and Alertmanager
		f.Flush()
	}
	return false
}

// begin begins to fast-forward a request. If it cannot, nothing is done.
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
	if ends := seg.Send.EndsAt(); ends > f.network.Now { // whether something expires then is known when it was taken
		f.flushBy = min(f.flushBy, ends)
	}
	return true
}

// step records that a request is taken now and what comes of it, if that is another request. It returns when that ends.
func (f *FastForward) step(k *inFlight) (at int64, ok bool) {
	x, now := k.sent, f.network.Now
	if now != x.Decision.At || len(k.list) == maxSteps {
		return 0, false
	}
	next, ok := k.ahead.Next()
	if !ok {
		return 0, false
	}
	k.list = append(k.list, ledger.NewStep(now, &k.seg))
	k.seg, k.since = next, now
	x.Decision.At, x.Deadline = k.am.Serve(now, next.Len()), now+k.timeout
	at, k.place = x.Ends()
	return at, true
}

// Flush books all steps. Requests in flight are in the queue of events then.
func (f *FastForward) Flush() {
	for _, p := range f.requests {
		f.flush(p.flight)
		f.network.Add(p.at, world.ClassResponse, p.flight.place, p.flight.sent)
	}
	f.requests, f.flushBy = f.requests[:0], fakeam.Never
}

// FlushBefore books the steps before an event that may look at them. Requests see to that themselves.
func (f *FastForward) FlushBefore(next world.Event) {
	if _, ok := next.(*network.Request); !ok {
		f.Flush()
	}
}

// flush books the steps of a request.
func (f *FastForward) flush(k *inFlight) {
	x, m, last := k.sent, k.model, &k.list[len(k.list)-1]
	x.To.FastForwarded = false
	taken := segment{Send: k.seg.Send, From: k.first, To: k.seg.From}
	k.posted[0] = segment{Send: k.seg.Send, From: k.first + int(k.list[0].N), To: k.seg.To}
	k.steps[0] = ledger.Steps{Seg: taken, List: k.list}
	f.network.TakeSteps(x.To.Alertmanager, &k.steps[0])
	x.Delivered(k.steps[:], len(k.list))
	if m.Depths != nil {
		m.recordDepths(k)
	}
	if !m.core.Advance(k.request, k.durations(x.Begun)) || x.Batch[0] != k.seg {
		f.network.Fail(fmt.Errorf("%s: %v was fast-forwarded to be in flight, and it is %v", x.To.Address, k.seg, x.Batch))
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

// durations are how long the request of each step took, the first since begun.
func (k *inFlight) durations(begun int64) []time.Duration {
	k.took = k.took[:0]
	for i := range k.list {
		k.took = append(k.took, time.Duration(k.list[i].At-begun))
		begun = k.list[i].At
	}
	return k.took
}

// recordDepths records how the queue changed in the steps of a request.
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
