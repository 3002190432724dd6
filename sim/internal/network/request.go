package network

import (
	"strconv"
	"time"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/world"
	"github.com/notifysim/notifysim/sim/ledger"
)

// A Request is one POST in flight, together with the response that its Alertmanager has decided on.
type Request struct {
	// To is the target, Batch holds the copies that the request carries, and N is their number.
	To    *Target
	Batch []alerts.Segment
	N     int
	// Begun is when the request went out, Deadline when it times out.
	Begun, Deadline int64
	// Decision is the Alertmanager's decision on the response.
	Decision fakeam.Decision
	// Event is the number of the request's event in the trace.
	Event int64
	// Sender is the number of the sender, Observer the observer that records the sender's requests.
	Sender   int
	Observer Observer
	// Reading says that the sender has the status of the response and reads its body, until the time Until.
	Reading bool
	Until   int64
	// Engine is told when the request ends. Tag is data that the engine attaches to the request.
	Engine Engine
	Tag    any
	// Over says that the request has ended for its sender. Late holds the copies that the Alertmanager will still store
	// after that. Broken says that a stop of the Alertmanager ended the request, whose event is still in the queue.
	Over   bool
	Late   []fakeam.AlertRange
	Broken bool

	network  *Network
	answered bool          // the Alertmanager has processed it
	storing  bool          // its event in the queue stores Late
	posts    []ledger.Step // for reuse
	steps    []ledger.Steps
}

// An Engine is told about the progress of the requests that it made.
type Engine interface {
	// Responding reports that the status of a response has arrived, and that its body takes longer.
	Responding(*Request)
	// Happening is called when an event of the request is due. It reports whether the engine has handled the event.
	Happening(*Request) bool
	// Ended reports how a request ended, and how long it took.
	Ended(r *Request, o core.Outcome, took time.Duration)
}

// Post makes a request to a target, whose Alertmanager decides on the response. The caller must plan the end of the
// request (see Ends).
func (n *Network) Post(e Engine, o Observer, sender int, to *Target, batch []alerts.Segment, count int) *Request {
	r := n.newRequest()
	r.Engine, r.Observer, r.Sender, r.Over = e, o, sender, false
	r.To, r.Batch, r.N, r.Begun, r.Deadline = to, batch, count, n.Now, n.Now+to.Timeout()
	to.inSet()
	to.Decides.DecideTo(&r.Decision, n.Now, count)
	to.Requests = append(to.Requests, r)
	r.posts = append(r.posts[:0], ledger.Step{At: n.Now})
	r.Posted(batch, count, r.posts)
	return r
}

// Posted records that requests went out at the times of posts. Together they carry segs, and each carries at most
// largest copies.
func (r *Request) Posted(segs []alerts.Segment, largest int, posts []ledger.Step) {
	r.To.countRequests(posts)
	r.Observer.Posted(r, segs, largest, posts)
}

// Delivered records that so many requests were answered 2xx in time. steps are the copies that they carried.
func (r *Request) Delivered(steps []ledger.Steps, requests int) {
	r.Observer.Delivered(r, steps, requests)
}

// MoveLast moves r to the end of the list of its Alertmanager's requests.
func (r *Request) MoveLast() {
	r.To.forget(r)
	r.To.Requests = append(r.To.Requests, r)
}

func (n *Network) newRequest() *Request {
	last := len(n.free) - 1
	if last < 0 {
		return &Request{network: n}
	}
	r := n.free[last]
	n.free = n.free[:last]
	return r
}

// Stored returns how many of the first copies of a request that now ends its Alertmanager has stored, and when.
func (r *Request) Stored() (n int, at time.Duration) {
	if !r.answered {
		return 0, 0
	}
	return r.Decision.Accepted(r.N), time.Duration(r.Decision.At)
}

// Recycle frees a request for reuse. No event of the request may be left in the event queue.
func (r *Request) Recycle() {
	// Post sets the other fields, and Tag is kept for reuse.
	r.Late, r.Reading, r.Broken, r.Event = r.Late[:0], false, false, 0
	r.storing, r.answered = false, false
	r.network.free = append(r.network.free, r)
}

// Happen handles the event that is due: the response, the end of its body or the timeout. After a timeout, it is the
// time at which the Alertmanager stores the copies.
func (r *Request) Happen() {
	if r.Engine.Happening(r) {
		return
	}
	n := r.network
	n.Cause = r.Event
	switch {
	case r.Over && len(r.Late) == 0:
		r.Recycle()
	case r.Over && !r.storing:
		r.Store()
	case r.Over:
		r.takeLate()
	case r.Reading:
		r.Deliver()
	case r.TimesOut():
		r.End(core.Failed, "timeout")
	default:
		r.respond()
	}
}

// Store plans that the Alertmanager stores the copies of a request whose sender no longer waits.
func (r *Request) Store() {
	r.storing = true
	r.network.Add(r.Decision.At, world.ClassResponse, r.To.ResponsePlace, r)
}

// takeLate stores the copies of a request whose sender no longer waits.
func (r *Request) takeLate() {
	spans, n := alerts.SpansOfBatches(r.Late)
	r.Observer.TakenLate(r, spans, n)
	for i := range r.Late {
		r.network.take(r.To, r.network.Now, &r.Late[i])
	}
	r.To.forget(r)
	r.Recycle()
}

// respond ends a request with the response that the Alertmanager decided on. The Alertmanager may store all copies or
// the first few of them even if it answers with an error.
func (r *Request) respond() {
	n, d := r.network, &r.Decision
	r.answered = true
	n.TakeFirst(r.To, r.Batch, r.Decision.Accepted(r.N))
	switch {
	case d.Outcome == fakeam.OK && d.BodyDuration > 0 && n.ReadsBody:
		r.Reading, r.Until = true, r.bodyEnd()
		r.Engine.Responding(r)
		n.Add(r.Until, world.ClassTimeout, r.To.GiveUpPlace, r)
	case d.Outcome == fakeam.OK:
		r.Deliver()
	case d.Outcome == fakeam.BadStatus:
		r.End(core.Failed, strconv.Itoa(d.Status))
	default:
		r.End(core.Failed, d.Outcome.String())
	}
}

// Deliver ends a request that was answered with a 2xx status. For the sender its copies are delivered, even if the
// Alertmanager did not store them or the body was incomplete.
func (r *Request) Deliver() {
	r.posts, r.steps = r.posts[:0], r.steps[:0]
	for i := range r.Batch {
		r.posts = append(r.posts, ledger.NewStep(r.network.Now, &r.Batch[i]))
	}
	for i := range r.Batch {
		r.steps = append(r.steps, ledger.Steps{Seg: r.Batch[i], List: r.posts[i : i+1]})
	}
	r.Delivered(r.steps, 1)
	r.close(core.Delivered)
}

// End ends a request without delivery.
func (r *Request) End(o core.Outcome, text string) {
	r.Observer.Ended(r, o, text)
	r.close(o)
}

// close ends a request for its sender. If the Alertmanager will still store copies of it, its event stays in the queue.
func (r *Request) close(o core.Outcome) {
	n := r.network
	n.LastEnd = max(n.LastEnd, n.Now)
	if r.Decision.Accepts && !r.answered && !r.Broken {
		r.Late = alerts.AppendBatches(r.Late[:0], r.Decision.Accepted(r.N), r.Batch...)
	}
	if len(r.Late) == 0 {
		r.To.forget(r)
	}
	r.Over = true
	r.Engine.Ended(r, o, time.Duration(n.Now-r.Begun))
}
