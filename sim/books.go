package sim

import (
	"fmt"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
)

type loop = core.SendLoop[*send]

// A receiver is an Alertmanager of the run.
type receiver struct {
	address string
	rank    int // among the addresses, sorted
	am      *fakeam.Alertmanager
	// episodes are what it remembers of the alerts; lapses is when it will be looked at, 0 or fakeam.Never if it is not planned.
	episodes fakeam.Episodes
	lapses   int64
	// exchanges are the requests to it that have not ended, or of which it will still take alerts.
	exchanges []*exchange
	windows   []*window
	foreseen  bool     // an exchange has foreseen requests; no other may, since what it takes is remembered in order
	received  received // for virtual scrapes
}

// A peer is an Alertmanager as a sender has it, and what the sender's books say of it.
type peer struct {
	*receiver
	sender *sender
	// The places on the agenda of its answers and of what the sender does by itself, which gives up waiting, say.
	answers, gaveUp int

	loops []*loop // that feed it, or have a request to it in flight

	account Account // Queued, Unique and Duplicates are filled in when it is read
	acked   int64   // alerts that it took and answered in time, by its own count
	delays  Delays  // of the alerts that it took and answered in time

	recipients []*recipient // what the invariants keep about it, by set
}

// books are the ledger while it is written. Alerts that wait or are in flight are not counted here: they are read off the
// send loops, so that the check compares what was booked with what is there.
type books struct {
	total   Ledger
	delays  Delays  // until somebody first took an alert
	unasked int64   // alerts that were offered until it was known that every set's relabelling dropped them
	settled int64   // lost alerts of sends that are closed
	open    int     // sends that are not
	peers   []*peer // one of each receiver, by rank
}

// offer books a call of Send that goes ahead.
func (b *books) offer(s *send) {
	b.open++
	b.total.Sends++
	b.total.Offered += int64(s.n)
	b.total.Relabelled += int64(s.handed() - s.n)
}

// hold books that a send loop got the alerts of seg.
func (b *books) hold(seg segment) {
	root := seg.Send.root()
	root.open += seg.Len()
	if !root.veiled {
		seg.Send.mark(&root.asked, seg.From, seg.To)
	}
}

// ask books that somebody is asked to take the alerts of a batch, or would be if they were not lost.
func (b *books) ask(batch ...segment) {
	for i := range batch {
		if root := batch[i].Send.root(); root.veiled {
			batch[i].Send.mark(&root.asked, batch[i].From, batch[i].To)
		}
	}
}

// land books the end of a batch: what of it nobody was asked to take is lost or, if there was anybody to ask, dropped on purpose.
func (b *books) land(batch []segment, anybody bool) {
	for i := range batch {
		seg := &batch[i]
		root := seg.Send.root()
		if !root.veiled {
			continue
		}
		if anybody && root.among != nil {
			root.spare(*seg)
		}
		if unasked := int64(seg.Send.mark(&root.asked, seg.From, seg.To)); anybody {
			b.total.Relabelled += unasked
			b.total.Offered -= unasked
			b.settled -= unasked
		}
	}
}

// take books that p took the alerts of seg.
func (b *books) take(p *peer, seg *segment, now int64) {
	b.took(p, seg.Send.root(), now, seg.Len(), seg.Send.first(seg.From, seg.To))
}

// first notes that somebody took the alerts from to to-1, and returns how many nobody had taken before.
func (s *send) first(from, to int) int {
	root := s.root()
	if root.taken.Unique == int64(root.n) {
		return 0
	}
	return s.mark(&root.taken, from, to)
}

// took books that p took n alerts of a send, of which fresh had not been taken before.
func (b *books) took(p *peer, root *send, now int64, n, fresh int) {
	delay := now - root.begun
	bin := binOf(delay)
	p.delays.add(bin, delay, int64(n))
	if fresh > 0 {
		b.total.Delivered += int64(fresh)
		b.delays.add(bin, delay, int64(fresh))
	}
}

// settle closes the account of a send of which no copy is left. What nobody took is lost, but for what every set's
// relabelling dropped, if there was anybody to ask.
func (b *books) settle(s *send, anybody bool) {
	b.open--
	if unasked := int64(s.n) - s.asked.Unique; anybody && unasked > 0 {
		b.total.Relabelled += unasked
		b.total.Offered -= unasked
		b.unasked += unasked
		b.settled -= unasked
	}
	b.settled += int64(s.n) - s.taken.Unique
}

// touch marks p's account for the next check.
func (p *peer) touch() *Account {
	s := p.sender
	s.unchecked = true
	if n := len(s.touched); n == 0 || s.touched[n-1] != p {
		s.touched = append(s.touched, p)
	}
	return &p.account
}

// read completes p's account and returns it as it is at this instant.
func (p *peer) read(sub subject) *Account {
	a := &p.account
	a.Queued, a.InFlight = sub.holds(p)
	c := &p.episodes.Counts
	a.Unique, a.Duplicates = c.Unique, c.Duplicates
	a.Late, a.FalseResolves, a.Refires, a.Resurrections = c.Late, c.FalseResolves, c.Refires, c.Resurrections
	return a
}

// check compares the accounts that changed with the send loops and with the Alertmanagers' own counts.
func (s *sender) check() {
	for _, p := range s.touched {
		a := &p.account
		if a.Queued, a.InFlight = s.subject.holds(p); a.open() != a.Queued+a.InFlight {
			s.fail(untraceable{fmt.Errorf("conservation: %s: %s", p.address, a.wrong())})
		}
		if a.Delivered != p.acked {
			s.fail(untraceable{fmt.Errorf("receipts: %s: delivered %d, but it took %d", p.address, a.Delivered, p.acked)})
		}
	}
	s.touched = s.touched[:0]
}

// ledger returns the books at this instant.
func (b *books) ledger(sub subject, waiting map[*send]*fakeam.Tally, blocked []*send) (Ledger, error) {
	l := b.total
	l.Alertmanagers = map[string]Account{}
	for _, p := range b.peers {
		l.Alertmanagers[p.address] = *p.read(sub)
	}
	l.Pending = pending(waiting)
	l.Lost = l.Offered - l.Delivered - l.Pending
	if l.Lost < b.settled || b.open == 0 && l.Lost != b.settled {
		return l, fmt.Errorf("conservation: lost %d, but the closed sends lost %d (%d sends are open)", l.Lost, b.settled, b.open)
	}
	for _, s := range blocked {
		l.Offered += int64(s.handed())
		l.Pending += int64(s.handed())
	}
	return l, nil
}

// Any stands for all Alertmanagers, where their addresses have something each.
const Any = "any"

// delivery returns the delays of all and of each Alertmanager, apart from the books, which a result need not keep alive.
func (r *run) delivery() map[string]*Delays {
	whole := *r.delays("")
	all := map[string]*Delays{Any: &whole}
	for _, p := range r.receivers {
		delays := *r.delays(p.address)
		all[p.address] = &delays
	}
	return all
}

// waiting returns, by send, the places of the alerts of which a copy waits or is in flight.
func waiting(sub subject) map[*send]*fakeam.Tally {
	waiting := map[*send]*fakeam.Tally{}
	sub.open(func(seg segment) {
		root := seg.Send.root()
		t := waiting[root]
		if t == nil {
			t = &fakeam.Tally{}
			waiting[root] = t
		}
		seg.Send.mark(t, seg.From, seg.To)
	})
	return waiting
}

// pending counts the alerts that nobody has taken yet and of which a copy waits or is in flight.
func pending(waiting map[*send]*fakeam.Tally) int64 {
	var n int64
	for s, t := range waiting {
		for i := range s.n {
			if t.Has(i) && !s.taken.Has(i) {
				n++
			}
		}
	}
	return n
}
