package sim

import "time"

// Numbers are N alerts with consecutive numbers from First on. The number of an alert is its index in Result.Alerts.
type Numbers struct{ First, N int }

// Numbers returns which alerts the event is about, by their numbers. Like the event, it is valid while Options.Events has it.
func (e *Event) Numbers() []Numbers {
	list := make([]Numbers, len(e.spans))
	for i, sp := range e.spans {
		list[i] = Numbers{sp.first, sp.n}
	}
	return list
}

// Delays returns how long ago the alerts of an answer were handed over with Send: the least and the most. They are 0 of other
// events.
func (e *Event) Delays() (least, most time.Duration) {
	for i, seg := range e.segs {
		d := e.At - time.Duration(seg.Send.root().begun)
		if i == 0 {
			least = d
		}
		least, most = min(least, d), max(most, d)
	}
	return least, most
}
