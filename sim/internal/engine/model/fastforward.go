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

// Nearly all requests of a long run are taken in time and followed at once by one with the next copies of the same send. Where nobody reads
// events, such requests are fast-forwarded: as long as nothing else is due, the rules say which batch is next and the Alertmanager when it
// responds, in the order of these responses, and each step is recorded. Before anything else happens the steps are booked together,
// by the same calls that book a single request.

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
	request *request
	model   *Model // nil: the request is not fast-forwarded
	ahead   core.Lookahead[*alerts.Send]
	steps   []ledger.Step   // that were taken
	took    []time.Duration // how long the request of each step took
	seg     segment         // what the request in flight after the last step carries,
	begun   int64           // since when,
	place   int             // and the place of its end among the events of the instant
}

// maxSteps bounds the memory of a fast-forwarded request.
const maxSteps = 1024

// Len returns how many requests are fast-forwarded.
func (f *FastForward) Len() int { return len(f.requests) }

// Step goes on until something else is due. If that is the end of a request that does not go on, it happens too; it returns false if what is
// due is in the queue.
func (f *FastForward) Step() bool {
	n := f.network
	for {
		first := f.requests[0]
		last := eventqueue.Rank(world.ClassResponse, first.flight().place, math.MaxUint32)
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
		at, ok := f.step(first.request)
		if !ok {
			first.request.Happen()
			return true
		}
		f.requests.replaceFirst(pendingRequest{at, first.request})
	}
}

// happening fast-forwards a request that ends well, if requests may follow it. If not, it books what the end must not find undone.
func (f *FastForward) happening(m *Model, x *network.Request) bool {
	if f.begin(m, x) {
		return true
	}
	k := x.Tag.(*inFlight)
	if len(f.requests) > 0 && f.requests[0].request == x { // nowhere else: it is time
		f.requests.removeFirst()
		f.flush(x)
	}
	if k.model == nil || len(x.To.Requests) > 1 { // it concerns others than its own send loop and Alertmanager
		f.Flush()
	}
	return false
}

// begin begins to fast-forward a request. If it cannot, nothing is done.
func (f *FastForward) begin(m *Model, x *network.Request) bool {
	am := x.To.Alertmanager
	if x.Over || am.Decides.Faulty() || am.FastForwarded || !x.Decision.IsServed() {
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
	k.model, k.steps, k.took, k.seg, k.begun = m, k.steps[:0], k.took[:0], seg, x.Begun
	at, ok := f.step(x)
	if !ok {
		return false
	}
	am.FastForwarded = true
	x.MoveLast()
	f.requests.add(pendingRequest{at, x})
	if ends := seg.Send.EndsAt(); ends > f.network.Now { // whether something expires then is known when it was taken
		f.flushBy = min(f.flushBy, ends)
	}
	return true
}

// step records that a request is taken now and what comes of it, if that is another request. It returns when that ends.
func (f *FastForward) step(x *network.Request) (at int64, ok bool) {
	k, now := x.Tag.(*inFlight), f.network.Now
	if now != x.Decision.At || len(k.steps) == maxSteps {
		return 0, false
	}
	next, ok := k.ahead.Next()
	if !ok {
		return 0, false
	}
	k.steps, k.took = append(k.steps, ledger.NewStep(now, k.seg)), append(k.took, time.Duration(now-k.begun))
	k.seg, k.begun = next, now
	x.Decision.At, x.Deadline = x.To.Decides.Serve(now, next.Len()), now+x.To.Timeout()
	at, k.place = x.Ends()
	return at, true
}

// Flush books all steps. Requests in flight are in the queue of events then.
func (f *FastForward) Flush() {
	for _, p := range f.requests {
		f.flush(p.request)
		f.network.Add(p.at, world.ClassResponse, p.flight().place, p.request)
	}
	f.requests, f.flushBy = f.requests[:0], fakeam.Never
}

// FlushBefore books the steps before an event that may look at them. Requests see to that themselves.
func (f *FastForward) FlushBefore(next world.Event) {
	if _, ok := next.(*network.Request); !ok && len(f.requests) > 0 {
		f.Flush()
	}
}

// flush books the steps of a request.
func (f *FastForward) flush(x *network.Request) {
	k := x.Tag.(*inFlight)
	m, steps, last := k.model, k.steps, len(k.steps)-1
	x.To.FastForwarded = false
	taken := segment{Send: k.seg.Send, From: steps[0].Seg.From, To: steps[last].Seg.To}
	posted := segment{Send: k.seg.Send, From: steps[0].Seg.To, To: k.seg.To}
	f.network.TakeSteps(x.To.Alertmanager, steps)
	x.Delivered(steps, len(steps))
	if m.Depths != nil {
		m.recordDepths(k)
	}
	if !m.core.Advance(k.request, k.took) || x.Batch[0] != k.seg {
		f.network.Fail(fmt.Errorf("%s: %v was fast-forwarded to be in flight, and it is %v", x.To.Address, k.seg, x.Batch))
	}
	x.N, x.Begun = k.request.N, k.begun
	m.Observer.Release(taken)
	loop := k.request.Batch.Loop
	segs := [1]segment{posted}
	largest := min(m.core.BatchSize(), posted.Len())
	m.Observer.Popped(loop.Targets, segs[:], posted.Len())
	m.Observer.Posting(k.request.To, segs[:], largest)
	x.Posted(segs[:], largest, steps)
	k.steps, k.took = k.steps[:0], k.took[:0]
}

// recordDepths records how the queue changed in the steps.
func (m *Model) recordDepths(k *inFlight) {
	loop := k.request.Batch.Loop
	waiting := loop.Queue.Len()
	for i, s := range k.steps {
		next := k.seg.Len()
		if i+1 < len(k.steps) {
			next = k.steps[i+1].Seg.Len()
		}
		m.Depths.BatchDone(s.At, loop, s.Seg.Len())
		m.Depths.Popped(s.At, loop, waiting, waiting-next)
		waiting -= next
	}
}
