package blackbox

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/adapter/protocol"
	"github.com/notifysim/notifysim/sim/internal/network"
)

// A batch is a batch in flight, for which there is one request to each Alertmanager of its queue.
type batch struct {
	queue *queue
	segs  []segment
	n     int
	urls  []string // the URLs that it was posted to
	// anyAlertmanager says that there was an Alertmanager to post to.
	anyAlertmanager bool
	open            int // the number of its requests that have not ended
}

// A pendingRequest is a request of a manager that has not ended.
type pendingRequest struct {
	number  int
	queue   *queue
	batch   *batch
	url     string
	request *network.Request
	drains  bool      // the request began while the drain of its queue held the lock
	gaveUp  bool      // the request timed out, or the manager cancelled it
	segs    []segment // the copies that it carries; used on the wall clock only
}

// receive records a request of the manager, whose Alertmanager then decides on the response.
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
		return engine.Untraceable{Err: fmt.Errorf("the notifier posted to %s, which is not an active Alertmanager", a.URL)}
	}
	segs, n, err := e.segments(q, am, a.Body)
	if err != nil {
		return err
	}
	e.inferDrain(q)
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
		b = &batch{queue: q, segs: segs, n: n, anyAlertmanager: true}
		q.last = b
	}
	e.begin(q, b, am, a, segs, n)
	return nil
}

// begin makes an Alertmanager decide on the response to a request, which carries the copies segs of a batch.
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
	at, class, place := r.Ends()
	// on the wall clock the manager itself reports timeouts
	if !r.TimesOut() || e.Live == nil {
		e.world.Add(at, class, place, r)
	}
}

// Responding implements network.Engine.
func (e *Engine) Responding(r *network.Request) {
	e.world.Fail(e.host.Answer(r.Tag.(*pendingRequest).number,
		protocol.Reply{Status: r.Decision.Status, BodyFor: time.Duration(r.Decision.BodyDuration)}))
}

// Happening implements network.Engine.
func (e *Engine) Happening(*network.Request) bool { return false }

// Ended implements network.Engine: it passes the response to the manager.
func (e *Engine) Ended(r *network.Request, o core.Outcome, _ time.Duration) {
	p := r.Tag.(*pendingRequest)
	e.requests = slices.DeleteFunc(e.requests, func(o *pendingRequest) bool { return o == p })
	if p.batch.open--; p.batch.open == 0 {
		e.batchDone(p.batch)
	}
	var reply protocol.Reply
	switch {
	case r.Reading: // the manager already has the response
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

// endReadBodies ends the requests whose response bodies the manager has read by now.
func (e *Engine) endReadBodies() {
	for _, p := range slices.Clone(e.requests) {
		if p.request.Reading && p.request.Until <= e.world.Now {
			e.world.Cause = p.request.Event
			p.request.Deliver()
		}
	}
}

// endGivenUp ends the requests that timed out in the manager, or that the manager cancelled when it stopped.
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

// batchDone reports the end of a batch to the observer.
func (e *Engine) batchDone(b *batch) {
	e.Observer.BatchDone(b.queue.ams, b.segs, b.n, b.anyAlertmanager, engine.Unseen)
}
