package sim

import (
	"time"

	"github.com/notifysim/notifysim/fakeam"
)

// Nearly all requests of a long run are taken in time and followed at once by one with the next alerts of the same send. Where
// nobody reads events, an exchange goes on with the next such request itself. What comes of each request is decided and remembered
// one by one; what only adds up is booked, and looked at by the invariants, when something else happens, for all of a streak.

// A streak is requests that an exchange went on with, and that are not booked yet.
type streak struct {
	requests int
	from, to int   // the places of the batch in flight before the first of them
	largest  int   // the most alerts of one
	until    int64 // no request goes on after that, since the notifier would be busy for too long
}

// follow is act for an answer after which the exchange goes on with the next request of a streak. If it does not, nothing was done.
func (x *exchange) follow() bool {
	k := &x.streak
	if k.requests == 0 && !x.begins() {
		return false
	}
	s := x.from
	if s.now != x.decision.At || s.now > k.until {
		return false
	}
	seg := x.batch[0]
	if next := x.to.loop.Queue.First(); next == nil || next.Send != seg.Send || next.From != seg.To {
		return false
	}
	m := x.engine.(*model)
	if !m.core.Follow(x.request, time.Duration(s.now-x.begun)) {
		return false
	}
	p := x.peer
	s.receive(p.receiver, seg.Send.parts[0].batch(seg.Send.spans[0].first+seg.From, x.n))
	s.books.take(p, &seg, s.now)
	s.seq += 2 // the answer and the next post
	x.n, x.begun = x.request.N, s.now
	for _, w := range p.windows {
		w.request(s.now)
	}
	p.am.DecideTo(&x.decision, s.now, x.n)
	if len(p.exchanges) > 1 { // it is the latest now
		p.forget(x)
		p.exchanges = append(p.exchanges, x)
	}
	if m.depths != nil {
		m.depths.of(x.to.loop).land(s.now, seg.Len())
		m.depths.launch(x.request.Flight)
	}
	if k.requests++; k.requests == 1 {
		k.from, k.to, k.largest = seg.From, seg.To, x.n
		s.streaks = append(s.streaks, x)
	}
	m.await(x)
	return true
}

// begins reports whether an exchange may go on with the next request.
func (x *exchange) begins() bool {
	s := x.from
	if s.log != nil || x.request == nil || x.over || x.reading || x.broken || len(x.late) > 0 || len(x.batch) != 1 || x.to.gone || x.peer.am.Faulty() ||
		x.decision != (fakeam.Decision{Verdict: fakeam.OK, Status: 200, Takes: true, At: x.decision.At}) || s.guard.shared != nil || s.guard.exited {
		return false
	}
	x.streak.until = later(s.guard.disturbed, s.guard.bound)
	send := x.batch[0].Send
	return send.parent == nil && len(send.spans) == 1 && len(send.parts) == 1
}

// bookStreaks books what streaks add up to.
func (r *run) bookStreaks() {
	for _, x := range r.streaks {
		x.bookStreak()
	}
	r.streaks = r.streaks[:0]
}

func (x *exchange) bookStreak() {
	k, s, now := &x.streak, x.from, x.batch[0]
	taken, posted := segment{Send: now.Send, From: k.from, To: now.From}, segment{Send: now.Send, From: k.to, To: now.To}
	account := x.peer.touch()
	account.Requests += int64(k.requests)
	account.Delivered += int64(taken.Len())
	x.peer.acked += int64(taken.Len())
	now.Send.open -= taken.Len()
	s.guard.followed(x.to, k, []segment{taken}, []segment{posted}, posted.Len())
	k.requests = 0
}
