package sim

import (
	"slices"
	"strconv"
	"time"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
)

// An exchange is a request on its way, with the answer that the Alertmanager has decided on.
type exchange struct {
	engine exchanger
	over   bool // for its sender, who has an answer or gave up
	// what the engine keeps: the model's request, a bubble's visit.
	request *request
	visit   *visit

	from     *sender
	peer     *peer
	to       *recipient
	batch    []segment
	n        int
	decision fakeam.Decision
	begun    int64
	deadline int64          // when the sender gives it up
	reading  bool           // the sender knows the status and reads the body of the answer,
	until    int64          // and is done with it then
	post     int64          // the event
	late     []fakeam.Batch // the alerts of a request that was given up
	broken   bool           // its Alertmanager stopped
	streak   streak
}

// An exchanger is told how the requests that it made have ended.
type exchanger interface {
	// answered says that the status of an answer came, and that its body takes longer.
	answered(x *exchange)
	ended(x *exchange, o core.Outcome, took time.Duration)
}

// arrive books that a request has reached p, and has p decide what becomes of it.
func (s *sender) arrive(e exchanger, p *peer, batch []segment, n int) *exchange {
	p.touch().Requests++
	for _, w := range p.windows {
		w.request(s.now)
	}
	if s.guard.shared != nil {
		s.books.ask(batch...)
	}
	x := s.newExchange()
	x.engine, x.over, x.from, x.peer, x.batch, x.n, x.begun = e, false, s, p, batch, n, s.now
	p.am.DecideTo(&x.decision, s.now, n)
	p.exchanges = append(p.exchanges, x)
	if s.listens() {
		x.post = s.emit(Event{Kind: KindPost, Alertmanagers: []string{p.address}, N: n, spans: spansOf(batch...)})
	}
	return x
}

func (r *run) newExchange() *exchange {
	n := len(r.freeExchanges)
	if n == 0 {
		return &exchange{}
	}
	x := r.freeExchanges[n-1]
	r.freeExchanges = r.freeExchanges[:n-1]
	return x
}

func (r *run) recycle(x *exchange) {
	x.late, x.reading, x.broken, x.post, x.streak.model = x.late[:0], false, false, 0, nil // whoever uses it again sets the rest
	r.freeExchanges = append(r.freeExchanges, x)
}

// act is the answer, the timeout, or what an Alertmanager takes when nobody listens any more.
func (x *exchange) act(r *run) {
	if x.follow() {
		return
	}
	r.bookExchange(x)
	r.cause = x.post
	switch {
	case x.over && len(x.late) == 0:
		r.recycle(x)
	case x.over && r.now < x.decision.At:
		r.agenda.add(x.decision.At, classAnswer, x.peer.answers, x)
	case x.over:
		x.arriveLate(r)
	case x.reading:
		x.took()
	case r.now < x.decision.At:
		x.end(core.Failed, "timeout")
	default:
		x.answer()
	}
}

// arriveLate is when an Alertmanager takes what its sender has given up.
func (x *exchange) arriveLate(r *run) {
	spans, n := spansTaken(x.late)
	r.cause = x.from.emit(Event{Kind: KindLate, Alertmanagers: []string{x.peer.address}, N: n, spans: spans})
	for i := range x.late {
		r.receive(x.peer.receiver, &x.late[i])
	}
	x.peer.forget(x)
	r.recycle(x)
}

// answer ends an exchange with what the Alertmanager decided. What it takes and what it answers are two things: it may take the
// alerts, or the first few of them, and answer with an error.
func (x *exchange) answer() {
	r, p, d := x.from, x.peer, &x.decision
	r.takeFirst(p.receiver, x.batch, x.taken())
	switch {
	case d.Verdict == fakeam.OK && d.BodyFor > 0 && r.release.ReadsBody:
		x.reading, x.until = true, r.now+min(d.BodyFor, x.deadline-r.now)
		x.engine.answered(x)
		r.agenda.add(x.until, classAnswer, p.gaveUp, x)
	case d.Verdict == fakeam.OK:
		x.took()
	case d.Verdict == fakeam.BadStatus:
		x.end(core.Failed, strconv.Itoa(d.Status))
	default:
		x.end(core.Failed, d.Verdict.String())
	}
}

// takeFirst records that an Alertmanager took the first n alerts of a batch.
func (r *run) takeFirst(p *receiver, batch []segment, n int) {
	for i := range batch {
		seg := &batch[i]
		part := min(n, seg.Len())
		if part <= 0 {
			return
		}
		if s := seg.Send; s.isOne() {
			b := s.one(seg.From, part)
			r.receive(p, &b)
		} else {
			s.batches(seg.From, seg.From+part, func(b fakeam.Batch) { r.receive(p, &b) })
		}
		n -= part
	}
}

// took ends an exchange as the sender sees it that has a status of 2xx: the alerts are delivered, whatever came of them and of the
// body, which it reads until the deadline.
func (x *exchange) took() {
	r := x.from
	for i := range x.batch {
		r.books.take(x.peer, &x.batch[i], r.now)
	}
	x.peer.acked += int64(x.n)
	x.end(core.Delivered, "200")
}

// taken is how many alerts the Alertmanager takes, of the first.
func (x *exchange) taken() int {
	switch {
	case !x.decision.Takes:
		return 0
	case x.decision.Part > 0:
		return min(x.decision.Part, x.n)
	}
	return x.n
}

// end closes an exchange for its sender. What the Alertmanager still takes of it stays on the agenda.
func (x *exchange) end(o core.Outcome, outcome string) {
	r := x.from
	account := x.peer.touch()
	switch o {
	case core.Delivered:
		account.Delivered += int64(x.n)
	case core.Failed:
		x.lose(account, core.SendFailed)
	case core.Cancelled:
		x.lose(account, core.ShutDown)
	}
	if x.to != nil {
		r.guard.ended(x.to, x.batch, x.n, o)
	}
	if r.listens() {
		r.cause = x.post
		r.cause = r.emit(Event{
			Kind: KindAnswer, Alertmanagers: []string{x.peer.address}, N: x.n, spans: spansOf(x.batch...), segs: slices.Clone(x.batch), Outcome: outcome,
		})
	}
	if x.decision.Takes && r.now < x.decision.At && !x.broken {
		x.late = appendBatches(x.late[:0], x.taken(), x.batch...)
	}
	if len(x.late) == 0 {
		x.peer.forget(x)
	}
	x.over = true
	x.engine.ended(x, o, time.Duration(r.now-x.begun))
}

// lose books that the alerts of an exchange are not delivered.
func (x *exchange) lose(account *Account, why core.Reason) {
	account.Dropped[why] += int64(x.n)
	if x.from.scraper != nil {
		x.from.scraper.gone(x.batch, why)
	}
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
