package sim

import (
	"slices"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
)

// What the rules decide, carried out on the books and the agenda: the model as core.Driver and exchanger.

// Joined implements core.Driver.
func (m *model) Joined(am *core.Alertmanager, l *loop) {
	p := m.peer(am.Address())
	p.loops = slices.DeleteFunc(p.loops, func(o *loop) bool { return o == l || !slices.Contains(m.core.Loops(), o) })
	p.loops = append(p.loops, l)
	rc := m.guard.joined(am, p)
	am.Tag, rc.loop = rc, l
	p.touch().Offered += int64(l.Queue.Len()) // of a shared queue
	m.emit(Event{Kind: KindJoin, Alertmanagers: []string{p.address}, Note: am.String()})
}

// Left implements core.Driver.
func (m *model) Left(am *core.Alertmanager, l *loop) {
	rc := am.Tag.(*recipient)
	p := rc.peer
	p.touch().Dropped[core.Removed] += int64(l.Queue.Len()) // of a shared queue
	m.guard.left(rc)
	m.emit(Event{Kind: KindLeave, Alertmanagers: []string{p.address}, Note: am.String()})
}

// OnSend implements core.Driver.
func (m *model) OnSend(s *send) int {
	m.admit(s)
	return s.n
}

// Queued implements core.Driver.
func (m *model) Queued(l *loop, seg segment) {
	m.books.hold(seg)
	m.guard.queued(m.backlog(l), seg)
	for _, am := range l.Targets {
		am.Tag.(*recipient).peer.touch().Offered += int64(seg.Len())
	}
	m.queued, m.arriving = l.Queue.Len(), seg.Len()
	if m.depths != nil {
		m.depths.arrive(l, m.arriving)
	}
	if m.listens() {
		m.emit(Event{
			Kind: KindQueue, Alertmanagers: addresses(l), N: seg.Len(), spans: spansOf(seg),
			Queued: m.queued, Arriving: m.arriving, Capacity: l.Queue.Capacity,
		})
	}
}

// Dropped implements core.Driver.
func (m *model) Dropped(l *loop, seg segment, why core.Reason) {
	m.guard.dropped(m.backlog(l), seg, why)
	for _, am := range l.Targets {
		am.Tag.(*recipient).peer.touch().Dropped[why] += int64(seg.Len())
	}
	if m.scraper != nil {
		m.scraper.gone([]segment{seg}, why)
	}
	if m.listens() {
		e := Event{Kind: KindDrop, Alertmanagers: addresses(l), N: seg.Len(), spans: spansOf(seg), segs: []segment{seg}, Reason: why}
		if why == core.BatchTooLarge || why == core.QueueFull {
			e.Queued, e.Arriving, e.Capacity = m.queued, m.arriving, l.Queue.Capacity
		}
		m.emit(e)
	}
	m.books.ask(seg)
	m.letGo(seg)
}

// Relabel implements core.Driver.
func (m *model) Relabel(set *core.Set, seg segment) segment {
	return passing(set, &m.labelSets, seg)
}

// SetOrder implements core.Driver: the order that the options name.
func (m *model) SetOrder(sets []*core.Set) []*core.Set {
	if m.batches >= len(m.options.Orders) {
		return nil
	}
	order := m.options.Orders[m.batches]
	m.batches++
	if len(order) != len(sets) {
		return nil
	}
	list := make([]*core.Set, len(sets))
	for i, n := range order {
		list[i] = sets[n]
	}
	return list
}

// Skipped implements core.Driver.
func (m *model) Skipped(f *flight, am *core.Alertmanager) {
	m.launched(f)
	am.Tag.(*recipient).peer.touch().Offered -= int64(f.N)
}

// BatchDone implements core.Driver.
func (m *model) BatchDone(f *flight, lost bool) {
	if m.guard.shared != nil {
		m.launched(f) // if there was nobody to ask
		m.guard.landed(lost, true)
		m.books.land(f.Segments, f.Asked() || len(f.Loop.Targets) > 0)
	}
	if lost && f.N > 0 && m.listens() {
		m.emit(Event{Kind: KindLost, Alertmanagers: addresses(f.Loop), N: f.N, spans: spansOf(f.Segments...)})
	}
	for i := range f.Segments {
		m.letGo(f.Segments[i])
	}
	if m.depths != nil && !m.priming {
		m.depths.land(f)
	}
}

// ObserveLatency implements core.Driver.
func (m *model) ObserveLatency(*core.Alertmanager, time.Duration) {}

// DeleteLatencies implements core.Driver.
func (m *model) DeleteLatencies(*core.Alertmanager) {}

// SendReturned implements core.Driver.
func (m *model) SendReturned(s *send) { m.returned(s) }

// Stopped implements core.Driver.
func (m *model) Stopped() { m.runReturned() }

// Post implements core.Driver.
func (m *model) Post(r *request) {
	if m.priming {
		m.primed = append(m.primed, r)
		return
	}
	rc := r.To.Tag.(*recipient)
	p := rc.peer
	p.account.Offered -= int64(r.Batch.N - r.N) // what the set's relabelling dropped
	if m.depths != nil {
		m.depths.launch(r.Batch)
	}
	if m.guard.shared == nil {
		m.guard.taken(rc.backlog, r.Segments, r.N)
	} else {
		m.launched(r.Batch)
		m.guard.flight.asked(rc)
	}
	m.guard.posted(rc, r.Segments, r.N)
	x := m.arrive(m, p, r.Segments, r.N)
	x.to = rc
	x.request = r
	r.Tag = x
	x.deadline = m.now + rc.timeout()
	at, position := x.ends()
	m.agenda.add(at, classAnswer, position, x)
}

// ends returns when an exchange ends if nothing else happens, and the place of that on the agenda.
func (x *exchange) ends() (at int64, position int) {
	if x.decision.At <= x.deadline {
		return x.decision.At, x.peer.answers
	}
	return x.deadline, x.peer.gaveUp
}

// answered implements exchanger.
func (m *model) answered(*exchange) {}

// ended implements exchanger.
func (m *model) ended(x *exchange, o core.Outcome, took time.Duration) {
	req := x.request
	if m.depths != nil {
		m.depths.ended(req.Batch.Loop, o, m.now >= x.deadline)
	}
	switch {
	case o == core.Cancelled: // its entry on the agenda stands, and nobody is told
		return
	case x.broken: // its entry stands
	case len(x.late) > 0:
		m.agenda.add(x.decision.At, classAnswer, x.peer.answers, x)
	default:
		m.recycle(x)
	}
	m.core.RequestDone(req, o, took)
}

// Cancel implements core.Driver.
func (m *model) Cancel(r *request) time.Duration {
	x := r.Tag.(*exchange)
	took := time.Duration(m.now - x.begun)
	x.end(core.Cancelled, "cut")
	return took
}

// addresses are those of the Alertmanagers that a send loop feeds.
func addresses(l *loop) []string {
	return appendAddresses(make([]string, 0, len(l.Targets)), l)
}

func appendAddresses(list []string, l *loop) []string {
	for _, am := range l.Targets {
		list = append(list, am.Address())
	}
	return list
}
