package sim

import (
	"fmt"
	"slices"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier"
)

// The most that an explanation shows.
const (
	maxFates  = 6
	maxEvents = 12
	maxKept   = 1 << 20 // events remembered for it
)

// A recorder remembers the events of a run.
type recorder struct{ events []Event }

func (rec *recorder) log(e *Event) {
	if len(rec.events) < maxKept {
		rec.events = append(rec.events, *e)
	}
}

// about reports whether an event concerns the Alertmanager; "" is all of them.
func (e *Event) about(address string) bool {
	return address == "" || slices.Contains(e.Alertmanagers, address)
}

// bad reports whether an event is a loss to the Alertmanagers that it is about.
func (e *Event) bad() bool {
	return e.Kind == KindDrop || e.Kind == KindAnswer && e.Outcome != "200"
}

// lossFor reports whether a bad event is a loss for the reason.
func (e *Event) lossFor(why notifier.Reason) bool {
	switch {
	case e.Kind == KindDrop:
		return e.Reason == why
	case e.Outcome == "cut":
		return why == notifier.ShutDown
	}
	return why == notifier.SendFailed
}

// explain says of a failure which alerts are behind it, and shows the events that matter. The events are those of a second run
// of the same test: what is rarely needed costs nothing in the first.
func (f *Failure) explain(events []Event) {
	var missing fakeam.Tally
	fates := 0
	var shown []int
	for i := range events {
		e := &events[i]
		if int64(e.At) > f.to {
			break
		}
		if !e.about(f.target) || !e.bad() || f.reason != nil && !f.reason(e) {
			continue
		}
		lost := f.untaken(e.spans, &missing)
		if lost == 0 {
			continue
		}
		fates++
		if fates > maxFates {
			continue
		}
		f.Alerts = append(f.Alerts, fmt.Sprintf("%s   %s", shorten(e.Alerts, 60), e.fate()))
		shown = append(shown, i)
	}
	if fates > maxFates {
		f.Alerts = append(f.Alerts, fmt.Sprintf("… and %d more such events", fates-maxFates))
	}
	f.Trace = excerpt(events, shown, f)
}

// untaken returns how many of the alerts the Alertmanager did not take in the window after all.
func (f *Failure) untaken(spans []span, missing *fakeam.Tally) int {
	n := 0
	for _, sp := range spans {
		for number := sp.first; number < sp.first+sp.n; number++ {
			if f.seen == nil || !f.seen.Has(number) {
				n += missing.Add(number, 1)
				if f.seen == nil {
					n++ // the ledger counts every copy
				}
			}
		}
	}
	return n
}

// fate says what a bad event did to its alerts.
func (e *Event) fate() string {
	if e.Kind == KindDrop {
		return fmt.Sprintf("dropped at %v, %s (%d queued)", short(e.At), e.Reason, e.Queued)
	}
	return fmt.Sprintf("lost at %v, request ended with %s", short(e.At), e.Outcome)
}

// excerpt renders the events at shown, what caused them, and the faults, joins and leaves of the Alertmanager around them.
func excerpt(events []Event, shown []int, f *Failure) []string {
	keep := map[int]bool{}
	for _, i := range shown {
		for n := 0; i >= 0 && !keep[i] && n < 4; n++ {
			keep[i] = true
			i = int(events[i].Cause) - 1
		}
	}
	for i := range events {
		e := &events[i]
		if int64(e.At) > f.to {
			break
		}
		switch e.Kind {
		case KindFaultBegin, KindFaultEnd, KindJoin, KindLeave, KindStop:
			keep[i] = keep[i] || e.about(f.target)
		}
	}
	if len(shown) == 0 { // nothing was lost: show what did arrive
		for i := range events {
			e := &events[i]
			if at := int64(e.At); at >= f.from && at <= f.to && e.Kind == KindAnswer && e.about(f.target) {
				keep[i] = true
			}
		}
	}
	order := make([]int, 0, len(keep))
	for i := range keep {
		order = append(order, i)
	}
	slices.Sort(order)
	var lines []string
	for n, i := range order {
		if n == maxEvents {
			lines = append(lines, fmt.Sprintf("… %d more", len(order)-n))
			break
		}
		lines = append(lines, events[i].String())
	}
	return lines
}
