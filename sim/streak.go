package sim

import (
	"fmt"
	"math"
	"time"

	"github.com/notifysim/notifysim/fakeam"
)

// Nearly all requests of a long run are taken in time and followed at once by one with the next alerts of the same send. Where
// nobody reads events, exchanges foresee such requests until something else is to happen: they ask their Alertmanagers when these
// will answer, in the order in which that is, and note the answers. Then, before anything else, all is carried out: by the rules,
// which say whether the batches were foreseen rightly, by the Alertmanagers, in the books, and under the eyes of the invariants.

// A streak is the requests that an exchange has foreseen, by their steps: the end of one, and that the next goes out.
type streak struct {
	took  []time.Duration // how long the request took that ends
	fresh []int32         // its alerts that no other Alertmanager had taken before
	model *model
	am    *fakeam.Alertmanager
	send  *send
	// The places of the batch in flight after the last step, when it left, and how many alerts of the send wait behind it.
	from, to, rest int
	begun          int64
	most           int   // alerts in a request
	more           bool  // alerts of other sends wait behind those
	timeout        int64 // of a request
	position       int   // the place on the agenda of the end of the request in flight
}

// maxSteps bounds the memory of a streak.
const maxSteps = 1024

// foresee has streaks go on until something else is next. If that is the end of an exchange that does not go on, it happens too; it is
// false if the agenda has it.
func (r *run) foresee() bool {
	for {
		first := r.streaks[0]
		if r.agenda.len() > 0 && r.agenda.first().precedes(first.at, rankOf(classAnswer, first.x.streak.position, math.MaxUint32)) {
			if r.agenda.first().at >= r.bookBy {
				r.bookStreaks()
			}
			return false
		}
		if first.at >= r.bookBy {
			r.bookStreaks()
			return false
		}
		r.now = first.at
		at, ok := first.x.goOn(r)
		if !ok {
			first.x.act(r)
			return true
		}
		r.streaks.settle(upcoming{at, first.x})
	}
}

// follow is act for an answer with which a streak begins. If none does, nothing is done.
func (x *exchange) follow() bool {
	r := x.from.run
	if !x.mayFollow() {
		return false
	}
	at, ok := x.goOn(r)
	if !ok {
		return false
	}
	p := x.peer
	p.foreseen = true
	p.forget(x) // it is the latest from now on
	p.exchanges = append(p.exchanges, x)
	r.streaks.add(upcoming{at, x})
	if ends := x.streak.send.parts[0].endsAt; ends > r.now { // whether something expires then is known when it was taken
		r.bookBy = min(r.bookBy, ends)
	}
	return true
}

// mayFollow reports whether requests may follow an exchange. What it looks at does not change in a streak.
func (x *exchange) mayFollow() bool {
	s, p := x.from, x.peer
	m, ok := x.engine.(*model)
	if !ok || s.log != nil || x.over || p.am.Faulty() || p.foreseen || !x.decision.IsServed() || !m.core.CanFastForward(x.request) {
		return false
	}
	seg, next := x.batch[0], x.to.loop.Queue.First()
	if seg.Send.parent != nil || !seg.Send.isOne() || next == nil || next.Send != seg.Send || next.From != seg.To {
		return false
	}
	x.streak = streak{
		took: x.streak.took[:0], fresh: x.streak.fresh[:0], model: m, am: p.am, send: seg.Send,
		from: seg.From, to: seg.To, rest: next.Len(), begun: x.begun,
		most: m.core.BatchSize(), more: x.to.loop.Queue.Segments() > 1, timeout: x.to.timeout(),
	}
	return true
}

// goOn foresees that a request is taken now and what comes of it, if that is another request. It returns when that ends.
func (x *exchange) goOn(r *run) (at int64, ok bool) {
	k, now := &x.streak, r.now
	n := min(k.most, k.rest)
	if n == 0 || n < k.most && k.more || now != x.decision.At || len(k.took) == maxSteps {
		return 0, false
	}
	k.took, k.fresh = append(k.took, time.Duration(now-k.begun)), append(k.fresh, int32(k.send.first(k.from, k.to)))
	k.from, k.to, k.rest, k.begun = k.to, k.to+n, k.rest-n, now
	x.decision.At, x.deadline = k.am.Serve(now, n), now+k.timeout
	at, k.position = x.ends()
	return at, true
}

// bookBefore carries out what is foreseen before an action that it concerns. Exchanges see to that themselves.
func (r *run) bookBefore(next action) {
	if _, ok := next.(*exchange); !ok {
		r.bookStreaks()
	}
}

// bookExchange carries out what the end of an exchange must not find undone: if that concerns its own send loop and Alertmanager alone,
// what it has foreseen itself, else all.
func (r *run) bookExchange(x *exchange) {
	if len(r.streaks) > 0 && r.streaks[0].x == x { // nowhere else: it is time
		r.streaks.next()
		x.bookStreak()
	}
	if x.streak.model == nil || len(x.peer.exchanges) > 1 {
		r.bookStreaks()
	}
}

// bookStreaks carries out all that is foreseen. What is not is on the agenda.
func (r *run) bookStreaks() {
	for _, u := range r.streaks {
		u.x.bookStreak()
		r.agenda.add(u.at, classAnswer, u.x.streak.position, u.x)
	}
	r.streaks, r.bookBy = r.streaks[:0], fakeam.Never
}

// bookStreak carries out what an exchange has foreseen.
func (x *exchange) bookStreak() {
	k, s, p, first := &x.streak, x.from, x.peer, x.batch[0]
	p.foreseen = false
	taken, posted := segment{Send: k.send, From: first.From, To: k.from}, segment{Send: k.send, From: first.To, To: k.to}
	x.received(taken)
	k.each(x.begun, first, func(at int64, fresh int, seg segment) { s.books.took(p, k.send, at, seg.Len(), fresh) })
	for _, w := range p.windows {
		k.each(x.begun, first, func(at int64, _ int, _ segment) { w.request(at) })
	}
	if k.model.depths != nil {
		d, waiting := k.model.depths.of(x.to.loop), x.to.loop.Queue.Len()
		k.each(x.begun, first, func(at int64, _ int, seg segment) {
			next := min(k.most, k.to-seg.To)
			d.land(at, seg.Len())
			d.launch(at, waiting, waiting-next)
			waiting -= next
		})
	}
	if !k.model.core.FastForward(x.request, k.took) || x.batch[0] != (segment{Send: k.send, From: k.from, To: k.to}) {
		s.fail(fmt.Errorf("%s: %v was foreseen to be in flight, and it is %v", p.address, posted, x.batch))
	}
	x.n, x.begun = x.request.N, k.begun
	s.seq += 2 * int64(len(k.took)) // an answer and a post each
	account := p.touch()
	account.Requests += int64(len(k.took))
	account.Delivered += int64(taken.Len())
	p.acked += int64(taken.Len())
	k.send.open -= taken.Len()
	s.guard.followed(x.to, len(k.took), taken, posted, min(k.most, posted.Len()))
	k.took, k.fresh = k.took[:0], k.fresh[:0]
}

// each calls f with the requests that end in a streak, of which the first began at begun with the alerts of seg.
func (k *streak) each(begun int64, seg segment, f func(at int64, fresh int, seg segment)) {
	for i, took := range k.took {
		begun += int64(took)
		f(begun, int(k.fresh[i]), seg)
		seg.From, seg.To = seg.To, min(seg.To+k.most, k.to)
	}
}

// received has the Alertmanager take the alerts of the requests that end, those at once of which nothing else comes.
func (x *exchange) received(taken segment) {
	k, s, p, now := &x.streak, x.from, x.peer, x.from.now
	whole := k.send.one(taken.From, taken.Len())
	if len(p.windows) == 0 {
		n := p.episodes.Extend(k.begun, &whole)
		if s.scraper != nil {
			extended := whole
			extended.N = n
			p.received.count(k.begun, &extended)
		}
		taken.From += n
	}
	if taken.Len() > 0 {
		k.each(x.begun, x.batch[0], func(at int64, _ int, seg segment) {
			if from := max(seg.From, taken.From); from < seg.To {
				s.now = at
				part := k.send.one(from, seg.To-from)
				s.receive(p.receiver, &part)
			}
		})
		s.now = now
	}
}
