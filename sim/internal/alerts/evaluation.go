package alerts

import (
	"slices"

	"github.com/notifysim/notifysim/fakeam"
)

// Replicas are senders with the same configuration and rules. In Prometheus the offset of a rule group is derived from
// its file and name, so all replicas evaluate the group at the same instants. An Alertmanager treats the copies of an
// alert as one alert, whichever replica sent them.

// Evaluations keeps the evaluations whose alerts several senders send, and counts the alerts that all senders lost. The
// zero value is empty and ready.
type Evaluations struct {
	open []*Evaluation // in the order in which they began
	lost int64         // the lost alerts of the evaluations that are closed
}

// An EvaluationKey identifies an occasion at which all senders send the same alerts: the evaluation of a rule at an
// instant, or an event of the scenario.
type EvaluationKey struct {
	Position int
	At       int64
}

// An Evaluation holds the sends that one evaluation caused at all senders.
type Evaluation struct {
	EvaluationKey
	sends []*Send // the sends whose accounts are not closed

	// Of the closed sends: the numbers of the alerts that relabelling did not drop on purpose, and the sets of those
	// that were seen and of those that an Alertmanager accepted.
	numbers      []Span
	known, taken fakeam.Bitset
}

// Add adds a call of Send to its evaluation. If the evaluation is new, Add closes the earlier ones that are over: none
// of their copies waits or is in flight, and no sender will send more of them. blocked says that a sender waits for its
// manager's lock and may still send alerts of an earlier evaluation; then Add closes none.
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

// Lost counts the alerts that no sender delivered to any Alertmanager. It leaves out those of which a copy in waiting
// may still be delivered.
func (l *Evaluations) Lost(waiting Waiting) int64 {
	lost := l.lost
	for _, e := range l.open {
		lost += e.lost(waiting)
	}
	return lost
}

// Settle closes the account of a send. The alerts that were posted to no Alertmanager are lost or, if there was an
// Alertmanager (anyAlertmanager), were dropped by relabelling on purpose.
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

// lost counts the alerts that no Alertmanager accepted from any sender and of which no copy waits or is in flight.
func (e *Evaluation) lost(waiting Waiting) (n int64) {
	var seen, open fakeam.Bitset // open has the alerts that were accepted or may still be
	numbers := slices.Clone(e.numbers)
	for _, s := range e.sends {
		if s.Order == 0 {
			return 0 // the send waits for the manager's lock, so it is not known yet which alerts relabelling leaves
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

// Waiting holds, for each send, the set of places whose copies wait or are in flight.
type Waiting map[*Send]*fakeam.Bitset

// Add adds the copies of a segment.
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
