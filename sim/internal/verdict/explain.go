package verdict

import (
	"fmt"
	"maps"
	"slices"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/sim/internal/alerts"
)

// The most that an explanation shows.
const (
	maxLosses = 6
	maxEvents = 12
	maxKept   = 1 << 20 // events that are stored for it
)

// A TraceLog is called with every event of a run, and with the copies that the event is about.
type TraceLog = func(*trace.Event, []alerts.Segment)

// An EventLog stores the events of a run, and the copies that each is about.
type EventLog struct {
	events []trace.Event
	segs   [][]alerts.Segment
}

// Add stores an event.
func (l *EventLog) Add(e *trace.Event, segs []alerts.Segment) {
	if len(l.events) < maxKept {
		l.events, l.segs = append(l.events, *e), append(l.segs, segs)
	}
}

// Beside returns a TraceLog that stores every event and calls log with it, unless log is nil.
func (l *EventLog) Beside(log TraceLog) TraceLog {
	if log == nil {
		return l.Add
	}
	return func(e *trace.Event, segs []alerts.Segment) {
		l.Add(e, segs)
		log(e, segs)
	}
}

// Explain adds to a failure the alerts that caused it and the events that explain it. The events are from a second run
// of the same test, so that runs without failures need not store them.
func (f *Failure) Explain(l *alerts.LabelSets, log *EventLog) {
	events := log.events
	type loss struct {
		spans []alerts.Span
		text  string
	}
	var losses []loss
	if f.event > 0 {
		f.Trace = leading(events, f.event, f.target)
		return
	}
	r := reportedLosses{}
	var shown []int
	for i := range events {
		e := &events[i]
		if int64(e.At) > f.to {
			break
		}
		if !f.concerns(e) {
			continue
		}
		lost := f.losses(e, log.segs[i], r)
		if len(lost) == 0 {
			continue
		}
		if n := len(losses); n > 0 && losses[n-1].text == outcomeText(e) {
			losses[n-1].spans = append(losses[n-1].spans, lost...)
			continue
		}
		losses = append(losses, loss{lost, outcomeText(e)})
		shown = append(shown, i)
	}
	for i, one := range losses {
		if i == maxLosses {
			f.Alerts = append(f.Alerts, fmt.Sprintf("… and %d more such events", len(losses)-maxLosses))
			break
		}
		f.Alerts = append(f.Alerts, fmt.Sprintf("%s   %s", text.Shorten(l.Text(one.spans), 60), one.text))
	}
	f.Trace = excerpt(events, shown[:min(len(shown), maxLosses)], f)
}

// concerns reports whether an event is one of those that the failure is about.
func (f *Failure) concerns(e *trace.Event) bool {
	switch {
	case f.replica > 0 && e.Replica > 0 && e.Replica != f.replica:
		return false
	case !e.About(f.target) || int64(e.At) < f.from && f.wrong != 0:
		return false
	case f.wrong != 0:
		return e.Kind == f.wrong
	}
	return e.IsLoss() && (f.reason == nil || f.reason(e))
}

// losses are the alerts of a loss that caused the failure: those that the Alertmanager did not receive in the window by
// another request, or, for an expectation of all Alertmanagers, those that none accepted. segs are the copies that the
// event is about.
func (f *Failure) losses(e *trace.Event, segs []alerts.Segment, r reportedLosses) []alerts.Span {
	if f.target != "" && f.seen == nil || f.wrong != 0 {
		return e.Spans // the account of one Alertmanager counts every copy
	}
	var lost []alerts.Span
	for _, seg := range segs {
		place := seg.From
		seg.Send.EachSpan(seg.From, seg.To, func(sp alerts.Span) {
			for number := sp.First; number < sp.First+sp.N; number++ {
				if f.seen != nil && !f.seen.Has(number) || f.seen == nil && r.add(seg.Send, place) {
					lost = alerts.AppendSpan(lost, number)
				}
				place++
			}
		})
	}
	return lost
}

// reportedLosses holds, per send, the lost alerts already listed, so that one missed by two Alertmanagers is listed
// once.
type reportedLosses map[*alerts.Send]*fakeam.Bitset

// add reports whether no Alertmanager accepted the alert at a place of s and it has not been listed yet.
func (r reportedLosses) add(s *alerts.Send, place int) bool {
	place, s = s.RootPlace(place), s.Root()
	if r[s] == nil {
		r[s] = &fakeam.Bitset{}
	}
	return !s.Taken.Has(place) && r[s].Add(place, 1) == 1
}

// outcomeText says what happened to the alerts of a loss, or of a change at an Alertmanager.
func outcomeText(e *trace.Event) string {
	switch {
	case e.Kind == trace.KindExpired:
		return fmt.Sprintf("received by %s after their endsAt, at %v", e.Who(), text.Duration(e.At))
	case e.Kind == trace.KindFalselyResolved:
		return fmt.Sprintf("resolved at %s at %v, still firing at the source", e.Who(), text.Duration(e.At))
	case e.Kind == trace.KindRefired, e.Kind == trace.KindResurrected:
		return fmt.Sprintf("%s at %s at %v", e.Kind, e.Who(), text.Duration(e.At))
	case e.Kind == trace.KindDrop:
		return fmt.Sprintf("dropped at %v, %s%s", text.Duration(e.At), e.Reason, e.QueueState())
	case e.Outcome == "cut":
		return fmt.Sprintf("cut off by the shutdown at %v", text.Duration(e.At))
	}
	return fmt.Sprintf("lost at %v, request ended with %s", text.Duration(e.At), e.Outcome)
}

// excerpt renders the events at shown and their causes, with the faults, joins and leaves of the Alertmanagers that
// they are about. If these are too many, it leaves out the oldest faults, joins and leaves.
func excerpt(events []trace.Event, shown []int, f *Failure) []string {
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
	anyTarget := f.target == "" && len(shown) == 0
	for i := range events {
		e := &events[i]
		if int64(e.At) > f.to {
			break
		}
		switch e.Kind {
		case trace.KindFaultBegin, trace.KindFaultEnd, trace.KindJoin, trace.KindLeave, trace.KindStop:
			if anyTarget || len(e.Alertmanagers) == 0 ||
				slices.ContainsFunc(e.Alertmanagers, func(a string) bool { return whose[a] }) {
				around[i] = true
			}
		}
	}
	if len(shown) == 0 { // nothing was lost: show the responses
		for i := range events {
			e := &events[i]
			if at := int64(e.At); at >= f.from && at <= f.to && e.Kind == trace.KindAnswer && e.About(f.target) {
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

// leading renders an event, its causes, and the last events before it that are about the Alertmanager.
func leading(events []trace.Event, seq int64, target string) []string {
	last := int(min(seq, int64(len(events)))) - 1
	keep := map[int]bool{}
	for i := last; i >= 0 && len(keep) < 4; i = int(events[i].Cause) - 1 {
		keep[i] = true
	}
	for i := last; i >= 0 && len(keep) < maxEvents; i-- {
		if events[i].About(target) {
			keep[i] = true
		}
	}
	var lines []string
	for _, i := range slices.Sorted(maps.Keys(keep)) {
		lines = append(lines, events[i].String())
	}
	return lines
}
