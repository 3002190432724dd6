package sim

import (
	"fmt"
	"maps"
	"slices"

	"github.com/notifysim/notifysim/fakeam"
)

// Replicas are senders of one configuration with the same rules. Prometheus has the groups of a rule file at offsets that follow
// from their names, so that all of them evaluate at the same instants, and an alert is the same to an Alertmanager whoever sends it.

// replicas is what the books of several senders come to together.
type replicas struct {
	open []*handover // in the order in which they began
	lost int64       // by all, of those that are closed
}

// An evaluation is what makes senders hand over the same alerts: a rule's, at an instant, or an event of the scenario.
type evaluation struct {
	position int
	at       int64
}

// A handover is the alerts of an evaluation, over all senders.
type handover struct {
	evaluation
	sends []*send // that are not settled

	// Of those that are: the numbers of the alerts, but for what relabelling dropped on purpose, and of those that somebody took.
	numbers      []span
	known, taken fakeam.Tally
}

// hand notes a call of Send.
func (l *replicas) hand(r *run, of evaluation, s *send) {
	for i := len(l.open) - 1; i >= 0 && s.among == nil; i-- {
		if l.open[i].evaluation == of {
			s.among = l.open[i]
		}
	}
	if s.among == nil {
		l.close(r)
		s.among = &handover{evaluation: of}
		l.open = append(l.open, s.among)
	}
	s.among.sends = append(s.among.sends, s)
}

// close closes the accounts of evaluations of which no sender will hand anything over any more, and no copy is left. A sender that
// waits for its lock may have more of an earlier evaluation to hand over.
func (l *replicas) close(r *run) {
	if slices.ContainsFunc(r.senders, func(s *sender) bool { return len(s.blocked) > 0 }) {
		return
	}
	l.open = slices.DeleteFunc(l.open, func(h *handover) bool {
		over := len(h.sends) == 0 && h.at < r.now
		if over {
			l.lost += h.lost(nil)
		}
		return over
	})
}

// settle closes the account of a send. What nobody was asked to take, though there was somebody, was dropped on purpose.
func (h *handover) settle(s *send, anybody bool) {
	h.sends = slices.DeleteFunc(h.sends, func(o *send) bool { return o == s })
	place := 0
	s.each(0, s.n, func(sp span) {
		for number := sp.first; number < sp.first+sp.n; number++ {
			if spared := anybody && !s.asked.Has(place) || s.spared.Has(place); !spared && h.known.Add(number, 1) == 1 {
				h.numbers = appendSpan(h.numbers, number)
			}
			if s.taken.Has(place) {
				h.taken.Add(number, 1)
			}
			place++
		}
	})
}

// lost counts the alerts that nobody has taken, of no sender, and of which no copy is left; waiting are those of which one is, by send.
func (h *handover) lost(waiting map[*send]*fakeam.Tally) (n int64) {
	var seen, hope fakeam.Tally // hope is of those that are taken, or may be
	numbers := slices.Clone(h.numbers)
	for _, s := range h.sends {
		if s.order == 0 {
			return 0 // it waits, and its alerts are not known yet
		}
		place := 0
		s.each(0, s.n, func(sp span) {
			numbers = append(numbers, sp)
			for number := sp.first; number < sp.first+sp.n; number++ {
				if t := waiting[s]; s.taken.Has(place) || t != nil && t.Has(place) {
					hope.Add(number, 1)
				}
				place++
			}
		})
	}
	for _, sp := range numbers {
		for number := sp.first; number < sp.first+sp.n; number++ {
			if seen.Add(number, 1) == 1 && !h.taken.Has(number) && !hope.Has(number) {
				n++
			}
		}
	}
	return n
}

// ledger returns the books as they stand.
func (s *sender) ledger() (Ledger, map[*send]*fakeam.Tally) {
	s.subject.measure()
	waiting := waiting(s.subject)
	l, err := s.books.ledger(s.subject, waiting, s.blocked)
	s.fail(err)
	return l, waiting
}

// ledger returns the books of all senders as they stand.
func (r *run) ledger() Ledger {
	all, copies := r.senders[0].ledger()
	if r.replicas == nil {
		return all
	}
	all.Replicas = append(all.Replicas, all.replica())
	for _, s := range r.senders[1:] {
		l, more := s.ledger()
		maps.Copy(copies, more)
		all.add(&l)
	}
	lost := r.replicas.lost
	for _, h := range r.replicas.open {
		lost += h.lost(copies)
	}
	if lost > all.Lost {
		r.fail(fmt.Errorf("conservation: all replicas lost %d alerts, but added up they lost %d", lost, all.Lost))
	}
	all.LostByAll = &lost
	return all
}

// suffix says in a message of which sender it is.
func (s *sender) suffix() string {
	if s.replicas == nil {
		return ""
	}
	return fmt.Sprintf(" (replica %d)", s.number+1)
}
