package sim

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/notifysim/notifysim/fakeam"
)

// Nearly all requests of a long run are taken in time and followed at once by one with the next alerts of the same send. Where
// nobody reads events, an exchange foresees such requests until something else happens: it asks the Alertmanager when it will
// answer, and notes the answers. Then, before anything else, they are carried out, one after the other: by the rules, which say
// whether they were foreseen rightly, and in the books.

// A streak is the requests that an exchange has foreseen.
type streak struct {
	steps []step
	model *model
	send  *send
	until int64 // none is foreseen to begin after that: the notifier would be busy for too long
	// The places of the batch that is in flight once the steps are carried out, and what waits of the send behind it.
	from, to, rest int
	more           bool  // and other sends behind that
	most           int   // alerts in a request
	timeout        int64 // of one
}

// A step is the end of a request, and that its loop's next batch went out.
type step struct {
	at    int64
	fresh int32 // alerts that no other Alertmanager had taken before
	n     int32 // alerts of the next request
}

// maxSteps bounds the memory of a streak.
const maxSteps = 1024

// follow is act for an answer that an exchange goes on from, and foresees the answers after it. If it does not go on, nothing is done.
func (x *exchange) follow() bool {
	if len(x.streak.steps) == 0 && !x.mayFollow() || !x.goOn() {
		return false
	}
	r := x.from.run
	for {
		now, at := r.now, x.decision.At
		if at > r.nextScrape || at >= r.bookBy || r.agenda.len() > 0 && at >= r.agenda.first().at {
			break
		}
		if r.now = at; !x.goOn() {
			r.now = now
			break
		}
	}
	x.streak.model.await(x)
	return true
}

// mayFollow reports whether requests may follow an exchange. What it looks at does not change in a streak.
func (x *exchange) mayFollow() bool {
	s, p := x.from, x.peer
	m, ok := x.engine.(*model)
	if !ok || s.log != nil || x.over || x.reading || x.broken || len(x.late) > 0 || x.to.gone || s.guard.exited || p.am.Faulty() || p.foreseen ||
		x.decision != (fakeam.Decision{Verdict: fakeam.OK, Status: 200, Takes: true, At: x.decision.At}) || !m.core.Follows(x.request) {
		return false
	}
	seg, next := x.batch[0], x.to.loop.Queue.First()
	if seg.Send.parent != nil || len(seg.Send.spans) != 1 || len(seg.Send.parts) != 1 || next == nil || next.Send != seg.Send || next.From != seg.To {
		return false
	}
	x.streak = streak{
		steps: x.streak.steps, model: m, send: seg.Send, until: later(s.guard.disturbed, s.guard.bound),
		from: seg.From, to: seg.To, rest: next.Len(), more: x.to.loop.Queue.Segments() > 1,
		most: m.core.BatchSize(), timeout: x.to.timeout(),
	}
	return true
}

// goOn foresees that a request is taken now and what comes of it, if that is another request.
func (x *exchange) goOn() bool {
	k, s, p := &x.streak, x.from, x.peer
	n := min(k.most, k.rest)
	if n == 0 || n < k.most && k.more || s.now != x.decision.At || s.now > min(k.until, x.deadline) || len(k.steps) == maxSteps {
		return false
	}
	if len(k.steps) == 0 {
		p.foreseen = true
		s.streaks = append(s.streaks, x)
		s.bookBy = min(s.bookBy, k.send.parts[0].endsAt) // what expires then is known when they are carried out
	}
	k.steps = append(k.steps, step{s.now, int32(s.books.first(k.send, k.from, k.to)), int32(n)})
	k.from, k.to, k.rest = k.to, k.to+n, k.rest-n
	x.decision.At, x.deadline = p.am.Serve(s.now, n), s.now+k.timeout
	if len(p.exchanges) > 1 { // it is the latest now
		p.forget(x)
		p.exchanges = append(p.exchanges, x)
	}
	return true
}

// bookBefore carries out what the next action must not find undone: of an exchange that concerns its own send loop and Alertmanager
// alone what it has foreseen itself, else all.
func (r *run) bookBefore(next action) {
	x, ok := next.(*exchange)
	if !ok || len(x.peer.exchanges) > 1 || x.streak.model == nil || !x.streak.model.core.Follows(x.request) {
		r.bookStreaks()
	} else if i := slices.Index(r.streaks, x); i >= 0 {
		r.streaks = slices.Delete(r.streaks, i, i+1)
		x.bookStreak()
	}
}

// bookStreaks carries out what exchanges have foreseen.
func (r *run) bookStreaks() {
	for _, x := range r.streaks {
		x.bookStreak()
	}
	r.streaks, r.bookBy = r.streaks[:0], math.MaxInt64
}

func (x *exchange) bookStreak() {
	x.peer.foreseen = false
	k, s, p, now := &x.streak, x.from, x.peer, x.from.now
	first, requests, largest := x.batch[0], len(k.steps), int(k.steps[0].n)
	var depth *loopDepth
	if k.model.depths != nil {
		depth = k.model.depths.of(x.to.loop)
	}
	taken := segment{Send: k.send, From: first.From, To: k.from}
	last := k.steps[len(k.steps)-1].at
	whole := k.send.parts[0].batch(k.send.spans[0].first+taken.From, taken.Len())
	extended := taken.From
	if len(p.windows) == 0 {
		extended += p.episodes.Extend(last, &whole)
		if s.scraper != nil {
			whole.N = extended - taken.From
			p.received.count(last, &whole)
		}
	}
	for i := range k.steps {
		st := &k.steps[i]
		s.now = st.at
		from := x.batch[0].From
		if to := x.batch[0].To; extended < to {
			b := k.send.parts[0].batch(k.send.spans[0].first+max(from, extended), to-max(from, extended))
			s.receive(p.receiver, &b)
		}
		s.books.took(p, k.send, s.now, x.batch[0].Len(), int(st.fresh))
		for _, w := range p.windows {
			w.request(s.now)
		}
		if !k.model.core.Follow(x.request, time.Duration(s.now-x.begun)) || x.request.N != int(st.n) {
			s.fail(fmt.Errorf("%s: a batch of %d alerts was foreseen, and it is %d", p.address, st.n, x.request.N))
			return
		}
		if depth != nil {
			depth.land(s.now, x.n)
			k.model.depths.launch(x.request.Flight)
		}
		x.n, x.begun = x.request.N, s.now
	}
	s.now = now
	s.watch(p.receiver)
	s.seq += 2 * int64(len(k.steps)) // an answer and a post each
	account := p.touch()
	account.Requests += int64(len(k.steps))
	account.Delivered += int64(taken.Len())
	p.acked += int64(taken.Len())
	k.send.open -= taken.Len()
	k.steps = k.steps[:0]
	s.guard.followed(x.to, requests, taken, segment{Send: k.send, From: first.To, To: k.to}, largest)
}
