package sim

import (
	"strconv"
	"time"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier"
)

// An exchange is a request on its way, with the answer that the Alertmanager has decided on.
type exchange struct {
	m        *model
	request  *request // nil once the sender has given up
	peer     *peer
	decision fakeam.Decision
	begun    int64
	post     int64  // the event
	late     []span // the alerts of a request that was given up
}

// Post implements notifier.Driver.
func (m *model) Post(r *request) {
	if m.priming {
		m.primed = append(m.primed, r)
		return
	}
	p := r.To.Tag.(*peer)
	account := m.books.touch(p)
	account.Requests++
	account.Offered -= int64(r.Flight.N - r.N) // what the set's relabelling dropped
	for _, w := range p.windows {
		w.request(m.now)
	}
	x := m.exchange()
	x.m, x.request, x.peer, x.begun, x.decision = m, r, p, m.now, p.am.Decide(m.now, r.N)
	r.Tag = x
	if m.listens() {
		x.post = m.emit(Event{Kind: KindPost, Alertmanagers: []string{p.address}, N: r.N, spans: spansOf(r.Batch...)})
	}
	timeout := time.Duration(r.To.Set.Config.Timeout)
	m.agenda.add(min(x.decision.At, m.now+int64(timeout)), classAnswer, p.rank, x)
}

func (m *model) exchange() *exchange {
	n := len(m.free)
	if n == 0 {
		return &exchange{}
	}
	x := m.free[n-1]
	m.free = m.free[:n-1]
	return x
}

// act is the answer, the timeout, or what an Alertmanager takes when nobody listens any more.
func (x *exchange) act(*run) {
	m := x.m
	m.cause = x.post
	switch {
	case x.request == nil && len(x.late) == 0:
		m.recycle(x)
	case x.request == nil && m.now < x.decision.At:
		m.agenda.add(x.decision.At, classAnswer, x.peer.rank, x)
	case x.request == nil:
		m.emit(Event{Kind: KindLate, Alertmanagers: []string{x.peer.address}, N: size(x.late), spans: x.late})
		m.receive(x.peer, x.late)
		m.recycle(x)
	case m.now < x.decision.At:
		x.end(m, notifier.Failed, "timeout")
	default:
		x.answer(m)
	}
}

// answer ends an exchange with what the Alertmanager decided.
func (x *exchange) answer(m *model) {
	req, p, d := x.request, x.peer, x.decision
	if d.Takes {
		for _, seg := range req.Batch {
			if len(seg.Send.spans) == 1 { // nearly always
				m.receiveSpan(p, span{seg.Send.spans[0].first + seg.From, seg.Len()})
			} else {
				seg.Send.each(seg.From, seg.To, func(sp span) { m.receiveSpan(p, sp) })
			}
			if d.Verdict == fakeam.OK {
				m.books.take(seg)
			}
		}
	}
	if d.Verdict == fakeam.OK {
		p.acked += int64(req.N)
		x.end(m, notifier.Took, "200")
		return
	}
	outcome := d.Verdict.String()
	if d.Verdict == fakeam.BadStatus {
		outcome = strconv.Itoa(d.Status)
	}
	x.end(m, notifier.Failed, outcome)
}

// end closes an exchange for its sender.
func (x *exchange) end(m *model, o notifier.Outcome, outcome string) {
	req := x.request
	account := m.books.touch(x.peer)
	switch o {
	case notifier.Took:
		account.Delivered += int64(req.N)
	case notifier.Failed:
		account.Dropped[notifier.SendFailed] += int64(req.N)
	case notifier.Cut:
		account.Dropped[notifier.ShutDown] += int64(req.N)
	}
	if m.listens() {
		m.cause = x.post
		m.cause = m.emit(Event{
			Kind: KindAnswer, Alertmanagers: []string{x.peer.address}, N: req.N, spans: spansOf(req.Batch...), Outcome: outcome,
		})
	}
	took := time.Duration(m.now - x.begun)
	x.request = nil
	if x.decision.Takes && m.now < x.decision.At {
		x.late = append(x.late[:0], spansOf(req.Batch...)...)
	}
	switch {
	case o == notifier.Cut: // its entry on the agenda stands
		return
	case len(x.late) > 0:
		m.agenda.add(x.decision.At, classAnswer, x.peer.rank, x)
	default:
		m.recycle(x)
	}
	m.core.Done(req, o, took)
}

// Cancel implements notifier.Driver.
func (m *model) Cancel(r *request) time.Duration {
	x := r.Tag.(*exchange)
	took := time.Duration(m.now - x.begun)
	x.end(m, notifier.Cut, "cut")
	return took
}

func (m *model) recycle(x *exchange) {
	*x = exchange{late: x.late[:0]}
	m.free = append(m.free, x)
}

// receive records alerts that an Alertmanager took.
func (r *run) receive(p *peer, spans []span) {
	for _, sp := range spans {
		r.receiveSpan(p, sp)
	}
}

func (r *run) receiveSpan(p *peer, sp span) {
	p.am.Take(sp.first, sp.n)
	for _, w := range p.windows {
		w.take(r.now, sp)
	}
}

// addresses are those of the Alertmanagers that a send loop feeds.
func addresses(l *loop) []string {
	list := make([]string, len(l.Targets))
	for i, am := range l.Targets {
		list[i] = am.Address()
	}
	return list
}

// spansOf returns the label sets of segments.
func spansOf(segs ...segment) []span {
	var spans []span
	for _, seg := range segs {
		seg.Send.each(seg.From, seg.To, func(sp span) {
			if n := len(spans); n > 0 && spans[n-1].first+spans[n-1].n == sp.first {
				spans[n-1].n += sp.n
				return
			}
			spans = append(spans, sp)
		})
	}
	return spans
}

func size(spans []span) int {
	n := 0
	for _, sp := range spans {
		n += sp.n
	}
	return n
}
