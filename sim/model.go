package sim

import (
	"slices"
	"strconv"
	"time"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier"
)

// model is the engine of that name: it carries out what the rules decide, on the run's agenda.
type model run

type (
	flight  = notifier.Flight[*send]
	request = notifier.Request[*send]
)

func (m *model) run() *run { return (*run)(m) }

// Join implements notifier.Driver.
func (m *model) Join(am *notifier.Alertmanager, l *loop) {
	p := m.run().peer(am.Address(), fakeam.Behaviour{})
	am.Tag = p
	p.loops = slices.DeleteFunc(p.loops, func(o *loop) bool { return o == l || !slices.Contains(m.core.Loops(), o) })
	p.loops = append(p.loops, l)
	m.books.touch(p).Offered += int64(l.Queue.Len()) // of a shared queue
	m.run().emit(Event{Kind: KindJoin, Alertmanagers: []string{p.address}, Note: am.String()})
}

// Leave implements notifier.Driver.
func (m *model) Leave(am *notifier.Alertmanager, l *loop) {
	p := am.Tag.(*peer)
	m.books.touch(p).Dropped[notifier.Removed] += int64(l.Queue.Len()) // of a shared queue
	m.run().emit(Event{Kind: KindLeave, Alertmanagers: []string{p.address}, Note: am.String()})
}

// Admit implements notifier.Driver.
func (m *model) Admit(s *send) int {
	for _, src := range s.sources {
		src.relabel(&m.sets, m.rules, m.configs)
		s.spans = append(s.spans, src.relabelled...)
		s.n += src.n
	}
	m.books.offer(s, s.handed())
	m.cause = m.run().emit(Event{Kind: KindSend, N: s.n, spans: s.spans})
	return s.n
}

// Queue implements notifier.Driver.
func (m *model) Queue(l *loop, seg segment) {
	m.books.hold(seg)
	for _, am := range l.Targets {
		m.books.touch(am.Tag.(*peer)).Offered += int64(seg.Len())
	}
	if m.run().listens() {
		m.run().emit(Event{Kind: KindQueue, Alertmanagers: addresses(l), N: seg.Len(), spans: spansOf(seg), Queued: l.Queue.Len()})
	}
}

// Drop implements notifier.Driver.
func (m *model) Drop(l *loop, seg segment, why notifier.Reason) {
	for _, am := range l.Targets {
		m.books.touch(am.Tag.(*peer)).Dropped[why] += int64(seg.Len())
	}
	if m.run().listens() {
		m.run().emit(Event{
			Kind: KindDrop, Alertmanagers: addresses(l), N: seg.Len(), spans: spansOf(seg),
			Reason: why, Queued: l.Queue.Len(),
		})
	}
	m.drop(seg)
}

// drop lets go of a send loop's copies of alerts.
func (m *model) drop(seg segment) {
	root := seg.Send.root()
	root.open -= seg.Len()
	m.run().settle(root)
}

// Relabel implements notifier.Driver.
func (m *model) Relabel(set *notifier.Set, seg segment) segment { return relabel(set, &m.sets, seg) }

// Skip implements notifier.Driver.
func (m *model) Skip(f *flight, am *notifier.Alertmanager) {
	m.books.touch(am.Tag.(*peer)).Offered -= int64(f.N)
}

// Land implements notifier.Driver.
func (m *model) Land(f *flight, lost bool) {
	if lost && f.N > 0 && m.run().listens() {
		m.run().emit(Event{Kind: KindLost, Alertmanagers: addresses(f.Loop), N: f.N, spans: spansOf(f.Batch...)})
	}
	for _, seg := range f.Batch {
		m.drop(seg)
	}
}

// Observe implements notifier.Driver.
func (m *model) Observe(*notifier.Alertmanager, time.Duration) {}

// Forget implements notifier.Driver.
func (m *model) Forget(*notifier.Alertmanager) {}

// Sent implements notifier.Driver.
func (m *model) Sent(s *send) {
	s.returned = true
	if i := slices.Index(m.blocked, s); i >= 0 {
		m.blocked = slices.Delete(m.blocked, i, i+1)
		if back := s.back; back != nil {
			m.agenda.add(m.now, classSend, 0, actionFunc(func(*run) { back() }))
		}
	}
	m.run().settle(s)
}

// Stopped implements notifier.Driver.
func (m *model) Stopped() { m.run().emit(Event{Kind: KindStopped}) }

// An exchange is a request on its way, with the answer that the Alertmanager has decided on.
type exchange struct {
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
	x.request, x.peer, x.begun, x.decision = r, p, m.now, p.am.Decide(m.now, r.N)
	r.Tag = x
	if m.run().listens() {
		x.post = m.run().emit(Event{Kind: KindPost, Alertmanagers: []string{p.address}, N: r.N, spans: spansOf(r.Batch...)})
	}
	timeout := time.Duration(r.To.Set.Config.Timeout)
	m.agenda.add(min(x.decision.At, m.now+int64(timeout)), classAnswer, p.rank, x)
}

func (m *model) exchange() *exchange {
	n := len(m.freeExchanges)
	if n == 0 {
		return &exchange{}
	}
	x := m.freeExchanges[n-1]
	m.freeExchanges = m.freeExchanges[:n-1]
	return x
}

// act is the answer, the timeout, or what an Alertmanager takes when nobody listens any more.
func (x *exchange) act(r *run) {
	r.cause = x.post
	switch {
	case x.request == nil && len(x.late) == 0:
		r.recycle(x)
	case x.request == nil && r.now < x.decision.At:
		r.agenda.add(x.decision.At, classAnswer, x.peer.rank, x)
	case x.request == nil:
		r.emit(Event{Kind: KindLate, Alertmanagers: []string{x.peer.address}, N: size(x.late), spans: x.late})
		r.receive(x.peer, x.late)
		r.recycle(x)
	case r.now < x.decision.At:
		x.end(r, notifier.Failed, "timeout")
	default:
		x.answer(r)
	}
}

// answer ends an exchange with what the Alertmanager decided.
func (x *exchange) answer(r *run) {
	req, p, d := x.request, x.peer, x.decision
	if d.Takes {
		for _, seg := range req.Batch {
			if len(seg.Send.spans) == 1 { // nearly always
				r.receiveSpan(p, span{seg.Send.spans[0].first + seg.From, seg.Len()})
			} else {
				seg.Send.each(seg.From, seg.To, func(sp span) { r.receiveSpan(p, sp) })
			}
			if d.Verdict == fakeam.OK {
				r.books.take(seg)
			}
		}
	}
	if d.Verdict == fakeam.OK {
		p.acked += int64(req.N)
		x.end(r, notifier.Took, "200")
		return
	}
	outcome := d.Verdict.String()
	if d.Verdict == fakeam.BadStatus {
		outcome = strconv.Itoa(d.Status)
	}
	x.end(r, notifier.Failed, outcome)
}

// end closes an exchange for its sender.
func (x *exchange) end(r *run, o notifier.Outcome, outcome string) {
	req := x.request
	account := r.books.touch(x.peer)
	switch o {
	case notifier.Took:
		account.Delivered += int64(req.N)
	case notifier.Failed:
		account.Dropped[notifier.SendFailed] += int64(req.N)
	case notifier.Cut:
		account.Dropped[notifier.ShutDown] += int64(req.N)
	}
	if r.listens() {
		r.cause = x.post
		r.cause = r.emit(Event{
			Kind: KindAnswer, Alertmanagers: []string{x.peer.address}, N: req.N, spans: spansOf(req.Batch...), Outcome: outcome,
		})
	}
	took := time.Duration(r.now - x.begun)
	x.request = nil
	if x.decision.Takes && r.now < x.decision.At {
		x.late = append(x.late[:0], spansOf(req.Batch...)...)
	}
	switch {
	case o == notifier.Cut: // its entry on the agenda stands
		return
	case len(x.late) > 0:
		r.agenda.add(x.decision.At, classAnswer, x.peer.rank, x)
	default:
		r.recycle(x)
	}
	r.core.Done(req, o, took)
}

// Cancel implements notifier.Driver.
func (m *model) Cancel(r *request) time.Duration {
	x := r.Tag.(*exchange)
	took := time.Duration(m.now - x.begun)
	x.end(m.run(), notifier.Cut, "cut")
	return took
}

func (r *run) recycle(x *exchange) {
	*x = exchange{late: x.late[:0]}
	r.freeExchanges = append(r.freeExchanges, x)
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
