package verdict

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/notifysim/notifysim/internal/trace"
)

// maxCauses is how many events of a chain of causes an excerpt shows.
const maxCauses = 4

// excerpt renders the first event of each finding with its causes, and what else explains it: first the faults that the
// Alertmanager had then, and then the other faults, joins and leaves. If these are too many, it leaves out the last of
// them.
func (x *explanation) excerpt(findings []finding) []string {
	events := x.Events.events
	var order []int
	seen := map[int]bool{}
	add := func(i int) {
		if !seen[i] {
			seen[i], order = true, append(order, i)
		}
	}
	whose := map[string]bool{x.target: true}
	for _, one := range findings {
		for _, first := range append([]int{one.event}, one.evidence...) {
			for i, n := first, 0; i >= 0 && n < maxCauses; i, n = int(events[i].Cause)-1, n+1 {
				add(i)
			}
		}
		for _, address := range events[one.event].Alertmanagers {
			whose[address] = true
		}
		for _, i := range x.active(one.event) {
			add(i)
		}
	}
	if len(findings) == 0 { // nothing was lost: show the responses
		for i := range events {
			e := &events[i]
			at := int64(e.At)
			if at >= x.from && at <= x.to && e.Kind == trace.KindAnswer && e.About(x.target) && len(x.pick(e.Spans)) > 0 {
				add(i)
			}
		}
	}
	anyTarget := x.target == "" && len(findings) == 0
	var joins []int
	for i := range events {
		e := &events[i]
		if int64(e.At) > x.to {
			break
		}
		if !anyTarget && len(e.Alertmanagers) > 0 &&
			!slices.ContainsFunc(e.Alertmanagers, func(a string) bool { return whose[a] }) {
			continue
		}
		switch e.Kind {
		case trace.KindFaultBegin, trace.KindFaultEnd, trace.KindLeave, trace.KindStop:
			add(i)
		case trace.KindJoin:
			joins = append(joins, i)
		}
	}
	for _, i := range joins {
		add(i)
	}
	return render(events, order)
}

// active returns the events that began the faults which the Alertmanagers of an event had when it happened.
func (x *explanation) active(event int) []int {
	events := x.Events.events
	begun := map[string]int{} // by Alertmanager and fault
	for i := range event {
		e := &events[i]
		if e.Kind != trace.KindFaultBegin && e.Kind != trace.KindFaultEnd ||
			!slices.ContainsFunc(e.Alertmanagers, events[event].About) {
			continue
		}
		if key := e.Who() + " " + e.Note; e.Kind == trace.KindFaultBegin {
			begun[key] = i
		} else {
			delete(begun, key)
		}
	}
	return slices.Sorted(maps.Values(begun))
}

// render renders the first maxEvents events of a list, in the order of time.
func render(events []trace.Event, list []int) []string {
	shown := slices.Sorted(slices.Values(list[:min(len(list), maxEvents)]))
	lines := make([]string, 0, len(shown)+1)
	for _, i := range shown {
		e := events[i]
		e.At = e.At.Round(time.Millisecond)
		lines = append(lines, e.String())
	}
	if more := len(list) - len(shown); more > 0 {
		lines = append(lines, fmt.Sprintf("… %d more", more))
	}
	return lines
}

// leading renders an event, its causes, and the last events before it that are about the Alertmanager.
func leading(events []trace.Event, seq int64, target string) []string {
	last := int(min(seq, int64(len(events)))) - 1
	keep := map[int]bool{}
	for i := last; i >= 0 && len(keep) < maxCauses; i = int(events[i].Cause) - 1 {
		keep[i] = true
	}
	for i := last; i >= 0 && len(keep) < maxEvents; i-- {
		if events[i].About(target) {
			keep[i] = true
		}
	}
	return render(events, slices.Sorted(maps.Keys(keep)))
}
