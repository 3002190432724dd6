package verdict

import (
	"strings"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/sim/internal/alerts"
)

// learn follows which alerts each Alertmanager knows.
func (x *explanation) learn(i int) {
	e := &x.Events.events[i]
	if x.known == nil || len(e.Alertmanagers) != 1 {
		return
	}
	known := x.known[e.Who()]
	if known == nil {
		known = map[int]bool{}
		x.known[e.Who()] = known
	}
	switch {
	case e.Kind == trace.KindAnswer && e.Outcome == "200":
		for _, seg := range x.Events.segs[i] {
			seg.Send.Batches(seg.From, seg.To, func(b fakeam.AlertRange) {
				firing := !b.IsResolved(int64(e.At))
				x.eachAlert([]alerts.Span{{First: b.First, N: b.N}}, func(alert int) { known[alert] = firing })
			})
		}
	case e.Kind == trace.KindFalselyResolved:
		x.eachAlert(e.Spans, func(alert int) { known[alert] = false })
	case e.Kind == trace.KindFaultBegin && strings.HasPrefix(e.Note, "restart"):
		clear(known)
	}
}

// eachAlert calls f with the numbers of the alerts in spans of label sets.
func (ev *Evidence) eachAlert(spans []alerts.Span, f func(alert int)) {
	for _, sp := range spans {
		for labelSet := sp.First; labelSet < sp.First+sp.N; labelSet++ {
			ev.Sources.EachAlert(labelSet, f)
		}
	}
}

// picks reports whether the failure is about the alert that a label set stands for.
func (x *explanation) picks(labelSet int) bool {
	if x.selected == nil && x.known == nil {
		return true
	}
	picked := false
	x.Sources.EachAlert(labelSet, func(alert int) {
		unknown := true
		for _, known := range x.known {
			unknown = unknown && !known[alert]
		}
		picked = picked || unknown && (x.selected == nil || x.selected[alert])
	})
	return picked
}

// pick returns the label sets of spans that the failure is about.
func (x *explanation) pick(spans []alerts.Span) []alerts.Span {
	if x.selected == nil && x.known == nil {
		return spans
	}
	var picked []alerts.Span
	for _, sp := range spans {
		for labelSet := sp.First; labelSet < sp.First+sp.N; labelSet++ {
			if x.picks(labelSet) {
				picked = alerts.AppendSpan(picked, labelSet)
			}
		}
	}
	return picked
}

// size is the number of label sets in spans.
func size(spans []alerts.Span) int {
	n := 0
	for _, sp := range spans {
		n += sp.N
	}
	return n
}
