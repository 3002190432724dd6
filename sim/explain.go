package sim

import (
	"fmt"
	"maps"
	"slices"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
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

// beside returns what calls log, which may be nil, with every event that it remembers.
func (rec *recorder) beside(log func(*Event)) func(*Event) {
	if log == nil {
		return rec.log
	}
	return func(e *Event) {
		rec.log(e)
		log(e)
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
func (e *Event) lossFor(why core.Reason) bool {
	switch {
	case e.Kind == KindDrop:
		return e.Reason == why
	case e.Outcome == "cut":
		return why == core.ShutDown
	}
	return why == core.SendFailed
}

// explain says of a failure which alerts are behind it, and shows the events that matter. The events are those of a second run
// of the same test: what is rarely needed costs nothing in the first.
func (f *Failure) explain(l *labelSets, events []Event) {
	type fate struct {
		spans []span
		text  string
	}
	var fates []fate
	if f.event > 0 {
		f.Trace = leading(events, f.event, f.target)
		return
	}
	t := told{}
	var shown []int
	for i := range events {
		e := &events[i]
		if int64(e.At) > f.to {
			break
		}
		if !f.concerns(e) {
			continue
		}
		lost := f.losses(e, t)
		if len(lost) == 0 {
			continue
		}
		if n := len(fates); n > 0 && fates[n-1].text == e.fate() {
			fates[n-1].spans = append(fates[n-1].spans, lost...)
			continue
		}
		fates = append(fates, fate{lost, e.fate()})
		shown = append(shown, i)
	}
	for i, fate := range fates {
		if i == maxFates {
			f.Alerts = append(f.Alerts, fmt.Sprintf("… and %d more such events", len(fates)-maxFates))
			break
		}
		f.Alerts = append(f.Alerts, fmt.Sprintf("%s   %s", shorten(l.alerts(fate.spans), 60), fate.text))
	}
	f.Trace = excerpt(events, shown[:min(len(shown), maxFates)], f)
}

// concerns reports whether an event is one of those that the failure is about.
func (f *Failure) concerns(e *Event) bool {
	switch {
	case f.replica > 0 && e.Replica > 0 && e.Replica != f.replica:
		return false
	case !e.about(f.target) || int64(e.At) < f.from && f.wrong != 0:
		return false
	case f.wrong != 0:
		return e.Kind == f.wrong
	}
	return e.bad() && (f.reason == nil || f.reason(e))
}

// losses are the alerts of a bad event that are behind the failure: those that the Alertmanager did not take in the window after
// all, or of the whole, those that nobody took.
func (f *Failure) losses(e *Event, t told) []span {
	if f.target != "" && f.seen == nil || f.wrong != 0 {
		return e.spans // its ledger counts every copy
	}
	var lost []span
	add := func(number int) {
		if n := len(lost); n > 0 && lost[n-1].first+lost[n-1].n == number {
			lost[n-1].n++
		} else {
			lost = append(lost, span{number, 1})
		}
	}
	for _, seg := range e.segs {
		place := seg.From
		seg.Send.each(seg.From, seg.To, func(sp span) {
			for number := sp.first; number < sp.first+sp.n; number++ {
				if f.seen != nil && !f.seen.Has(number) || f.seen == nil && t.isLost(seg.Send, place) {
					add(number)
				}
				place++
			}
		})
	}
	return lost
}

// A told is which lost alerts have been told of, by send: what two Alertmanagers miss is lost once.
type told map[*send]*fakeam.Tally

// isLost reports whether no Alertmanager took the alert at a place of s, and it has not been told of.
func (t told) isLost(s *send, place int) bool {
	if s.parent != nil {
		place, s = int(s.places[place]), s.parent
	}
	if t[s] == nil {
		t[s] = &fakeam.Tally{}
	}
	return !s.taken.Has(place) && t[s].Add(place, 1) == 1
}

// fate says what a bad event did to its alerts.
func (e *Event) fate() string {
	switch {
	case e.Kind == KindExpired:
		return fmt.Sprintf("taken by %s after their end at %v", e.who(), Short(e.At))
	case e.Kind == KindFalselyResolved:
		return fmt.Sprintf("resolved at %s at %v, still firing at the source", e.who(), Short(e.At))
	case e.Kind == KindRefired, e.Kind == KindResurrected:
		return fmt.Sprintf("%s at %s at %v", e.Kind, e.who(), Short(e.At))
	case e.Kind == KindDrop:
		return fmt.Sprintf("dropped at %v, %s%s", Short(e.At), e.Reason, e.crowd())
	case e.Outcome == "cut":
		return fmt.Sprintf("cut off by the shutdown at %v", Short(e.At))
	}
	return fmt.Sprintf("lost at %v, request ended with %s", Short(e.At), e.Outcome)
}

// excerpt renders the events at shown, what caused them, and around them the faults, joins and leaves of the Alertmanagers that they
// are about. Where these are too many, the oldest of what is around goes first.
func excerpt(events []Event, shown []int, f *Failure) []string {
	matters, around := map[int]bool{}, map[int]bool{}
	whose := map[string]bool{f.target: true}
	for _, i := range shown {
		for _, address := range events[i].Alertmanagers {
			whose[address] = true
		}
		for n := 0; i >= 0 && !matters[i] && n < 4; n++ {
			matters[i] = true
			i = int(events[i].Cause) - 1
		}
	}
	everybody := f.target == "" && len(shown) == 0
	for i := range events {
		e := &events[i]
		if int64(e.At) > f.to {
			break
		}
		switch e.Kind {
		case KindFaultBegin, KindFaultEnd, KindJoin, KindLeave, KindStop:
			if everybody || len(e.Alertmanagers) == 0 || slices.ContainsFunc(e.Alertmanagers, func(a string) bool { return whose[a] }) {
				around[i] = true
			}
		}
	}
	if len(shown) == 0 { // nothing was lost: show what did arrive
		for i := range events {
			e := &events[i]
			if at := int64(e.At); at >= f.from && at <= f.to && e.Kind == KindAnswer && e.about(f.target) {
				matters[i] = true
			}
		}
	}
	var order []int
	for i := range matters {
		delete(around, i)
		order = append(order, i)
	}
	latest := slices.Sorted(maps.Keys(around))
	before := min(max(len(order)+len(latest)-maxEvents, 0), len(latest))
	order = append(order, latest[before:]...)
	slices.Sort(order)
	var lines []string
	if before > 0 {
		lines = append(lines, fmt.Sprintf("… %d before", before))
	}
	for n, i := range order {
		if n == maxEvents {
			lines = append(lines, fmt.Sprintf("… %d more", len(order)-n))
			break
		}
		lines = append(lines, events[i].String())
	}
	return lines
}
