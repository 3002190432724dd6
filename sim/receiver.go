package sim

import (
	"slices"
	"sort"

	"github.com/notifysim/notifysim/fakeam"
)

// times are what alerts of one send say of themselves, and what is true of them.
type times struct {
	// startsAt and endsAt are in the alert.
	startsAt, endsAt int64
	// resolved says that the sender sent it as resolved.
	resolved bool
	// until is when it is over at the source. An alert of a raw send is over when it says so.
	until int64
}

// A part is the alerts of a send before the place to that are not in the part before; they share their times.
type part struct {
	to int
	times
}

// appendPart adds the alerts before the place to.
func appendPart(parts []part, to int, t times) []part {
	switch n := len(parts); {
	case n > 0 && parts[n-1].times == t:
		parts[n-1].to = to
		return parts
	case n > 0 && parts[n-1].to == to || to == 0:
		return parts
	}
	return append(parts, part{to, t})
}

// partAt returns the number of the part with the alert at a place.
func (s *send) partAt(place int) int {
	return sort.Search(len(s.parts), func(i int) bool { return s.parts[i].to > place })
}

// batches calls f with the alerts from to to-1 as an Alertmanager takes them.
func (s *send) batches(from, to int, f func(fakeam.Batch)) {
	k := s.partAt(from)
	s.each(from, to, func(sp span) {
		for sp.n > 0 {
			p := &s.parts[k]
			n := min(sp.n, p.to-from)
			f(p.batch(sp.first, n))
			sp = span{sp.first + n, sp.n - n}
			if from += n; from == p.to {
				k++
			}
		}
	})
}

// isOne reports whether all alerts of s have consecutive numbers and the same times, as nearly always.
func (s *send) isOne() bool { return len(s.spans) == 1 && len(s.parts) == 1 }

// one returns n alerts from a place on, of a send that is one.
func (s *send) one(from, n int) fakeam.Batch { return s.parts[0].batch(s.spans[0].first+from, n) }

func (t *times) batch(first, n int) fakeam.Batch {
	return fakeam.Batch{First: first, N: n, StartsAt: t.startsAt, EndsAt: t.endsAt, Resolved: t.resolved, Until: t.until}
}

// receive records alerts that an Alertmanager took, and what it makes of them.
func (r *run) receive(p *receiver, b *fakeam.Batch) {
	for _, w := range p.windows {
		w.take(r.now, span{b.First, b.N})
	}
	if r.scraper != nil {
		p.received.count(r.now, b)
	}
	changes := p.episodes.Take(r.now, b)
	if len(changes) > 0 {
		r.changed(p, changes)
	}
	r.watch(p)
}

// watch plans to look when p will wrongly take an alert for resolved because nothing more comes of it.
func (r *run) watch(p *receiver) {
	if at := p.episodes.Lapses(); at < p.lapses || p.lapses == 0 {
		r.lookAt(at, p)
	}
}

func (r *run) lookAt(at int64, p *receiver) {
	if p.lapses = at; at != fakeam.Never {
		r.agenda.add(at, classExpiry, p.rank, (*lapse)(p))
	}
}

// A lapse is the action of alerts that expire at an Alertmanager though they still fire at the source.
type lapse receiver

func (l *lapse) act(r *run) {
	p := (*receiver)(l)
	if p.lapses > r.now { // an earlier one took its place, and planned the next
		return
	}
	p.lapses = fakeam.Never
	r.changed(p, p.episodes.Expire(r.now))
	r.watch(p)
}

// faulty are the changes that the trace shows, as events.
var faulty = map[fakeam.ChangeKind]Kind{
	fakeam.Late:            KindExpired,
	fakeam.FalselyResolves: KindFalselyResolved,
	fakeam.Refires:         KindRefired,
	fakeam.Resurrects:      KindResurrected,
}

// changed writes to the trace what an Alertmanager got wrong, one event for each kind and time.
func (r *run) changed(p *receiver, changes []fakeam.Change) {
	cause := r.cause
	for i, c := range changes {
		kind, shown := faulty[c.Kind]
		same := func(o fakeam.Change) bool { return o.Kind == c.Kind && o.At == c.At }
		if !shown || slices.ContainsFunc(changes[:i], same) {
			continue
		}
		e := Event{Kind: kind, Alertmanagers: []string{p.address}}
		for _, o := range changes[i:] {
			if same(o) {
				e.spans = append(e.spans, span{o.First, o.N})
				e.N += o.N
				if kind == KindExpired {
					p.late(r.now, o.N)
				}
			}
		}
		r.cause = cause
		r.emit(e)
	}
	r.cause = cause
}

// late counts alerts that came too late in the windows of expectations.
func (p *receiver) late(now int64, n int) {
	for _, w := range p.windows {
		if w.from <= now && now <= w.to {
			w.late += int64(n)
		}
	}
}

// appendBatches appends the first n alerts of segments as an Alertmanager takes them: what it takes later must not refer to sends,
// which are used again.
func appendBatches(list []fakeam.Batch, n int, segs ...segment) []fakeam.Batch {
	for _, seg := range segs {
		to := min(seg.To, seg.From+n)
		seg.Send.batches(seg.From, to, func(b fakeam.Batch) { list = append(list, b) })
		n -= to - seg.From
	}
	return list
}

// spansTaken returns the label sets of batches.
func spansTaken(list []fakeam.Batch) (spans []span, n int) {
	for _, b := range list {
		n += b.N
		if last := len(spans) - 1; last >= 0 && spans[last].first+spans[last].n == b.First {
			spans[last].n += b.N
		} else {
			spans = append(spans, span{b.First, b.N})
		}
	}
	return spans, n
}
