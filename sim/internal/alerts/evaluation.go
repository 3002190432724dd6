package alerts

import (
	"slices"

	"github.com/notifysim/notifysim/fakeam"
)

// Replicas are senders with one configuration and the same rules. In Prometheus the offset of a rule group follows from
// its name, so that all replicas evaluate it at the same instants. For an Alertmanager an alert is the same whichever
// replica sends it.

// Evaluations are the evaluations whose alerts several senders send, and how many alerts all senders lost. The zero
// value is empty and ready.
type Evaluations struct {
	open []*Evaluation // in the order in which they began
	lost int64         // of those that are closed
}

// An EvaluationKey identifies what makes all senders send the same alerts: the evaluation of a rule at an instant, or
// an event of the scenario.
type EvaluationKey struct {
	Position int
	At       int64
}

// An Evaluation is the alerts of one evaluation, over all senders.
type Evaluation struct {
	EvaluationKey
	sends []*Send // those that are not settled

	// Of the settled ones: the numbers of the alerts, without those that relabelling dropped on purpose, and the numbers
	// of the alerts that an Alertmanager accepted.
	numbers      []Span
	known, taken fakeam.Bitset
}

// Add adds a call of Send to its evaluation. A new evaluation closes those that are over: no copy of theirs waits or is
// in flight, and no sender will send more of them. blocked says that a sender waits for its manager's lock and may
// still send alerts of an earlier evaluation; then none is closed.
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

// Lost counts the alerts of evaluations that no sender delivered to any Alertmanager. waiting are the copies that may
// still be delivered.
func (l *Evaluations) Lost(waiting Waiting) int64 {
	lost := l.lost
	for _, e := range l.open {
		lost += e.lost(waiting)
	}
	return lost
}

// Settle closes the account of a send. If there was an Alertmanager (anyAlertmanager), alerts that were posted to none
// were dropped by relabelling on purpose.
func (e *Evaluation) Settle(s *Send, anyAlertmanager bool) {
	e.sends = slices.DeleteFunc(e.sends, func(o *Send) bool { return o == s })
	place := 0
	s.EachSpan(0, s.N, func(sp Span) {
		for number := sp.First; number < sp.First+sp.N; number++ {
			dropped := anyAlertmanager && !s.Asked.Has(place) || s.Filtered.Has(place)
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

// lost counts the alerts that no Alertmanager accepted from any sender, and of which no copy waits or is in flight.
func (e *Evaluation) lost(waiting Waiting) (n int64) {
	var seen, open fakeam.Bitset // open has those that are accepted, or may still be
	numbers := slices.Clone(e.numbers)
	for _, s := range e.sends {
		if s.Order == 0 {
			return 0 // it waits for the manager's lock, and what relabelling leaves of it is not known yet
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

// Pending counts the alerts that no Alertmanager has accepted yet and of which a copy waits or is in flight.
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
