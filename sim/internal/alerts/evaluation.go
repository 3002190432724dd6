package alerts

import (
	"slices"

	"github.com/notifysim/notifysim/fakeam"
)

// Replicas are senders of one configuration with the same rules. Prometheus has the groups of a rule file at offsets
// that follow from their names, so that all replicas evaluate at the same instants, and an alert is the same to an
// Alertmanager whoever sends it.

// Evaluations are the evaluations whose alerts several senders send, and how many alerts all senders lost. The zero
// value is empty and ready.
type Evaluations struct {
	open []*Evaluation // in the order in which they began
	lost int64         // of those that are closed
}

// An EvaluationKey is what makes senders hand over the same alerts: a rule's evaluation at an instant, or an event of
// the scenario.
type EvaluationKey struct {
	Position int
	At       int64
}

// An Evaluation is the alerts of one evaluation, over all senders.
type Evaluation struct {
	EvaluationKey
	sends []*Send // that are not settled

	// Of the settled ones: the numbers of the alerts, without those that relabelling dropped on purpose, and of those
	// somebody took.
	numbers      []Span
	known, taken fakeam.Bitset
}

// Add adds a call of Send to its evaluation. A new evaluation closes those that are over: of which no copy is left, and
// no sender will hand anything over any more. blocked says that a sender waits for its lock: it may have more of an
// earlier evaluation.
func (l *Evaluations) Add(now int64, key EvaluationKey, s *Send, blocked bool) {
	for i := len(l.open) - 1; i >= 0 && s.Evaluation == nil; i-- {
		if l.open[i].EvaluationKey == key {
			s.Evaluation = l.open[i]
		}
	}
	if s.Evaluation == nil {
		if !blocked {
			l.close(now)
		}
		s.Evaluation = &Evaluation{EvaluationKey: key}
		l.open = append(l.open, s.Evaluation)
	}
	s.Evaluation.sends = append(s.Evaluation.sends, s)
}

func (l *Evaluations) close(now int64) {
	l.open = slices.DeleteFunc(l.open, func(e *Evaluation) bool {
		over := len(e.sends) == 0 && e.At < now
		if over {
			l.lost += e.lost(nil)
		}
		return over
	})
}

// Lost counts the alerts of evaluations that no sender brought to any Alertmanager; waiting are the copies that still
// may.
func (l *Evaluations) Lost(waiting Waiting) int64 {
	lost := l.lost
	for _, e := range l.open {
		lost += e.lost(waiting)
	}
	return lost
}

// Settle closes the account of a send. What nobody was asked to take, though there was somebody, was dropped on
// purpose.
func (e *Evaluation) Settle(s *Send, anybody bool) {
	e.sends = slices.DeleteFunc(e.sends, func(o *Send) bool { return o == s })
	place := 0
	s.EachSpan(0, s.N, func(sp Span) {
		for number := sp.First; number < sp.First+sp.N; number++ {
			dropped := anybody && !s.Asked.Has(place) || s.Filtered.Has(place)
			if !dropped && e.known.Add(number, 1) == 1 {
				e.numbers = AppendSpan(e.numbers, number)
			}
			if s.Taken.Has(place) {
				e.taken.Add(number, 1)
			}
			place++
		}
	})
}

// lost counts the alerts that nobody has taken, of no sender, and of which no copy is left.
func (e *Evaluation) lost(waiting Waiting) (n int64) {
	var seen, open fakeam.Bitset // open is of those that are taken, or may be
	numbers := slices.Clone(e.numbers)
	for _, s := range e.sends {
		if s.Order == 0 {
			return 0 // it waits, and its alerts are not known yet
		}
		place := 0
		s.EachSpan(0, s.N, func(sp Span) {
			numbers = append(numbers, sp)
			for number := sp.First; number < sp.First+sp.N; number++ {
				if t := waiting[s]; s.Taken.Has(place) || t != nil && t.Has(place) {
					open.Add(number, 1)
				}
				place++
			}
		})
	}
	for _, sp := range numbers {
		for number := sp.First; number < sp.First+sp.N; number++ {
			if seen.Add(number, 1) == 1 && !e.taken.Has(number) && !open.Has(number) {
				n++
			}
		}
	}
	return n
}

// Waiting is, by send, the places of the alerts of which a copy waits or is in flight.
type Waiting map[*Send]*fakeam.Bitset

// Add adds a segment that waits or is in flight.
func (w Waiting) Add(seg Segment) {
	root := seg.Send.Root()
	set := w[root]
	if set == nil {
		set = &fakeam.Bitset{}
		w[root] = set
	}
	seg.Send.SetBits(set, seg.From, seg.To)
}

// Pending counts the alerts that nobody has taken yet and of which a copy waits or is in flight.
func (w Waiting) Pending() int64 {
	var n int64
	for s, t := range w {
		for i := range s.N {
			if t.Has(i) && !s.Taken.Has(i) {
				n++
			}
		}
	}
	return n
}
