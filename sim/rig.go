package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/adapter/protocol"
)

// A rig is the subject that drives a Manager with goroutines of its own, ours or Prometheus', in virtual time. It does one thing
// at a time, and lets the manager settle after each, so that what the manager does next is a matter of its rules and not of how
// its goroutines are scheduled. What cannot be seen from outside is inferred (see lane).
type rig struct {
	*sender
	host host
	// ahead is the time of the host, which has one of its own. It may be later than the run's: nothing was to happen to its manager
	// until then, and what that does by itself at the end is not heard of before its time.
	ahead  int64
	sends  []*send     // by the number that their alerts carry
	sets   []*core.Set // as our rules have them; what the manager says is compared
	lanes  []*lane
	visits []*visit // in flight
	// leaving are lanes of Alertmanagers that were removed, being drained one after the other while the manager holds its lock.
	// What must not be done until it is free: waiting are calls of Send, then come the changes, of sets and their Alertmanagers.
	leaving []*lane
	waiting []*send
	changes []func()
	// whenFree is what whoever holds the lock does when it is free; updating says that Run is busy with a target update.
	whenFree        func()
	updating        bool
	priming, exited bool
	compares        bool // the active Alertmanagers are to be compared

	seen map[int]*visit // every one, on the wall clock
}

func newRig(s *sender, h host) *rig {
	s.keepSends = true
	g := &rig{sender: s, host: h, seen: map[int]*visit{}}
	s.subject = g
	if s.release.Queues == core.Shared {
		g.lanes = []*lane{{}}
	}
	return g
}

// prime implements subject.
func (g *rig) prime(update func()) {
	g.priming = true
	update()
	g.settled()
	g.priming = false
}

// busy reports whether the manager may do something by itself.
func (g *rig) busy() bool { return len(g.visits) > 0 || g.stopping && !g.exited || g.lingers() }

// settled lets the manager go on until it waits, and takes down what it did, again and again until it does nothing.
func (g *rig) settled() {
	for g.err == nil && !g.dead {
		h, err := g.host.settle()
		if g.fail(err); err != nil {
			return
		}
		g.read()
		exits := h.Exited && g.stopping && !g.exited
		if len(h.Arrived) == 0 && len(h.GaveUp) == 0 && len(h.Ended) == 0 && len(h.Taken) == 0 && !exits {
			if g.veiled {
				g.fail(g.unveil(nil))
			}
			if g.unlock() {
				continue
			}
			if g.compares && !g.locked() {
				g.compareAlertmanagers()
			}
			break
		}
		g.gaveUp(h.GaveUp)
		g.turn()
		slices.SortStableFunc(h.Arrived, func(a, b arrival) int { return strings.Compare(a.URL, b.URL) })
		if g.veiled && !g.priming {
			g.fail(g.unveil(h.Arrived))
		} else {
			for _, a := range h.Arrived {
				g.fail(g.receive(a))
			}
		}
		g.happened(h)
		if exits {
			g.exit()
		}
	}
	if g.live != nil && g.err == nil { // what is dropped is so now, however late the next post shows it
		g.measure()
	}
	g.check()
	if len(g.watches) > 0 {
		g.look()
	}
}

// read ends the visits whose answers the manager has read to their ends by now.
func (g *rig) read() {
	for _, v := range slices.Clone(g.visits) {
		if v.x.reading && v.x.until <= g.now {
			g.cause = v.x.post
			v.x.took()
		}
	}
}

// gaveUp ends the visits that the manager has given up: they timed out, or it was told to stop.
func (g *rig) gaveUp(numbers []int) {
	var gone []*visit
	for _, v := range g.visits {
		if slices.Contains(numbers, v.number) {
			gone = append(gone, v)
		}
	}
	slices.SortStableFunc(gone, func(a, b *visit) int { return strings.Compare(a.url, b.url) })
	for _, v := range gone {
		g.cause, v.gaveUp = v.x.post, true
		if g.stopping && g.release.Stop == core.StopAborts {
			v.x.end(core.Cancelled, "cut")
		} else {
			v.x.end(core.Failed, "timeout")
		}
	}
}

// receive takes a request in: the Alertmanager decides what becomes of it.
func (g *rig) receive(a arrival) error {
	if g.priming {
		if _, am := g.find(a.URL); am != nil {
			g.guard.primed(am)
		}
		return g.host.answer(a.Visit, reply{Status: 200})
	}
	l, am := g.find(a.URL)
	if l == nil {
		g.guard.violated(noSendAfter, anyCase, nil, "%s is posted to, which is no active Alertmanager", a.URL)
		return untraceable{fmt.Errorf("%s was posted to, which is no active Alertmanager", a.URL)}
	}
	segs, n, err := g.segments(l, am, a.Body)
	if err != nil {
		return err
	}
	rc := am.Tag.(*recipient)
	g.guard.posted(rc, segs, n)
	if g.options.Bodies != nil {
		g.options.Bodies(time.Duration(g.now), a.URL, a.Body)
	}
	b := l.last
	if b == nil || b.open == 0 || slices.Contains(b.urls, a.URL) {
		if err := g.post(l, segs); err != nil {
			return untraceable{fmt.Errorf("%s: %w", a.URL, err)}
		}
		g.guard.flight.launched(n)
		b = &batch{segs: segs, anybody: true}
		l.last = b
	}
	g.visit(l, b, am, a, segs, n)
	return nil
}

// visit has an Alertmanager decide what becomes of a request, which carries segs of a batch.
func (g *rig) visit(l *lane, b *batch, am *core.Alertmanager, a arrival, segs []segment, n int) {
	rc := am.Tag.(*recipient)
	if g.guard.shared != nil {
		g.guard.flight.asked(rc)
	}
	b.urls = append(b.urls, a.URL)
	b.open++
	p := rc.peer
	v := &visit{number: a.Visit, lane: l, batch: b, url: a.URL, drains: l.draining}
	v.x = g.arrive(g, p, segs, n)
	v.x.visit, v.x.to = v, rc
	g.visits = append(g.visits, v)
	if g.live != nil {
		v.segs, g.seen[a.Visit] = segs, v
	}
	v.x.deadline = g.now + int64(time.Duration(am.Set.Config.Timeout))
	switch {
	case v.x.decision.At <= v.x.deadline:
		g.agenda.add(v.x.decision.At, classAnswer, p.answers, v.x)
	case g.live == nil: // the manager will have given up; a run ends no earlier, as in the model
		g.agenda.add(v.x.deadline, classAnswer, p.gaveUp, v.x)
	}
}

// ended implements exchanger: it answers the manager, unless that has given up.
func (g *rig) ended(x *exchange, o core.Outcome, _ time.Duration) {
	v := x.visit
	g.visits = slices.DeleteFunc(g.visits, func(o *visit) bool { return o == v })
	if v.batch.open--; v.batch.open == 0 {
		if g.guard.shared != nil {
			g.guard.landed(false, false)
		}
		g.land(v.batch)
	}
	var a reply
	switch {
	case x.reading: // it knows
		if g.now < x.until && o == core.Delivered {
			g.fail(g.host.cut(v.number))
		}
		return
	case o == core.Cancelled:
		a.Err = protocol.Over.Err
	case x.decision.Verdict == fakeam.Refused, x.decision.Verdict == fakeam.Reset, x.decision.Verdict == fakeam.TLSFails:
		a.Err = "connection " + x.decision.Verdict.String()
	default:
		a.Status = x.decision.Status
	}
	g.fail(g.host.answer(v.number, a))
}

// land is the end of a batch.
func (g *rig) land(b *batch) {
	g.books.land(b.segs, b.anybody)
	for _, seg := range b.segs {
		g.letGo(seg)
	}
}

// answered implements exchanger.
func (g *rig) answered(x *exchange) {
	g.fail(g.host.answer(x.visit.number, reply{Status: x.decision.Status, BodyFor: time.Duration(x.decision.BodyFor)}))
}

// anybody implements subject.
func (g *rig) anybody() bool {
	return slices.ContainsFunc(g.sets, func(s *core.Set) bool { return len(s.Active) > 0 })
}

// holds implements subject.
func (g *rig) holds(p *peer) (queued, inFlight int64) {
	for _, l := range g.lanes {
		for _, am := range l.ams {
			if am.Tag.(*recipient).peer == p {
				queued += int64(l.queued())
			}
		}
	}
	for _, v := range g.visits {
		if v.x.peer == p {
			inFlight += int64(v.x.n)
		}
	}
	return queued, inFlight
}

// open implements subject.
func (g *rig) open(each func(segment)) {
	for _, l := range g.lanes {
		for _, seg := range l.waiting {
			each(seg)
		}
	}
	for _, v := range g.visits {
		for _, seg := range v.batch.segs {
			each(seg)
		}
	}
}

// samples implements subject.
func (g *rig) samples() ([]Sample, error) { return g.host.samples() }

// shape implements subject.
func (g *rig) shape() int { return 0 }
