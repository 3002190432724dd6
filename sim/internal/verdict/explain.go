package verdict

import (
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/ledger"
)

// The most that an explanation shows.
const (
	maxFindings = 6
	maxEvents   = 12
	maxKept     = 1 << 20 // events that are stored for it
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

// Evidence is what Explain reads: the events of a run, and which alerts they are about.
type Evidence struct {
	Labels *alerts.LabelSets
	Events *EventLog
	// Sources says which alerts the label sets stand for.
	Sources *ledger.AlertLog
	// Select returns the numbers in Sources of the alerts with labels that match.
	Select func(match func(labels.Labels) bool) map[int]bool
}

// A finding is what happened to alerts at one instant, and how often the same happened later.
type finding struct {
	event    int   // the first event
	evidence []int // the events that caused it, beside those that the trace gives as its causes
	spans    []alerts.Span
	text     string // what happened, with its time
	again    []time.Duration
	later    []alerts.Span // the label sets of the later events
}

// Explain adds to a failure the alerts that caused it and the events that explain it. The events are from a second run
// of the same test, so that runs without failures need not store them.
func (f *Failure) Explain(ev *Evidence) {
	events := ev.Events.events
	if f.event > 0 {
		f.Trace = leading(events, f.event, f.target)
		return
	}
	x := &explanation{Failure: f, Evidence: ev, reported: reportedLosses{}}
	if f.selects != nil {
		x.selected = ev.Select(f.selects)
	}
	if f.wrong == trace.KindFalselyResolved && f.account && f.target == "" {
		x.known = map[string]map[int]bool{}
	}
	findings := x.findings()
	for i, one := range findings {
		if i == maxFindings {
			f.Alerts = append(f.Alerts, fmt.Sprintf("… and %s more", text.Count(len(findings)-maxFindings, "cause")))
			break
		}
		f.Alerts = append(f.Alerts, fmt.Sprintf("%s   %s", text.Shorten(ev.Labels.Text(one.spans), 60), one.text))
		if n := len(one.again); n > 0 {
			f.Alerts = append(f.Alerts, fmt.Sprintf("  again %s: %s", atTimes(one.again), x.counted(one.later)))
		}
	}
	f.Trace = x.excerpt(findings[:min(len(findings), maxFindings)])
}

// An explanation is a failure that is being explained.
type explanation struct {
	*Failure
	*Evidence
	reported reportedLosses
	selected map[int]bool // the alerts that the failure is about, by number; nil: all
	// known holds the alerts that each Alertmanager knows as firing. It is nil if the failure is not about what no
	// Alertmanager knew.
	known map[string]map[int]bool
}

// findings lists what happened to the alerts that the failure is about. An event of the same kind and cause as an
// earlier one is added to its finding.
func (x *explanation) findings() []finding {
	var list []finding
	byKey := map[string]int{}
	for i := range x.Events.events {
		e := &x.Events.events[i]
		if int64(e.At) > x.to {
			break
		}
		x.learn(i)
		if !x.concerns(e) {
			continue
		}
		lost := x.losses(e, x.Events.segs[i])
		if len(lost) == 0 {
			continue
		}
		said, key := outcomeText(e), outcomeKey(e)
		var evidence []int
		if e.Kind == trace.KindFalselyResolved && len(list) < maxFindings {
			var cause, kind string
			cause, kind, evidence = x.cause(i, lost)
			said, key = said+": "+cause, key+" "+kind
		}
		k, found := byKey[key]
		switch {
		case !found:
			byKey[key], list = len(list), append(list, finding{event: i, evidence: evidence, spans: lost, text: said})
		case len(list[k].again) == 0 && x.Events.events[list[k].event].At == e.At:
			list[k].spans = append(list[k].spans, lost...)
		default:
			one := &list[k]
			if n := len(one.again); n == 0 || one.again[n-1] != e.At {
				one.again = append(one.again, e.At)
			}
			one.later = append(one.later, lost...)
		}
	}
	return list
}

// counted says how many alerts, or copies of them, events are about. An alert counts once, however often it occurs.
func (x *explanation) counted(spans []alerts.Span) string {
	if x.wrong != 0 {
		distinct := map[int]bool{}
		x.eachAlert(spans, func(alert int) { distinct[alert] = true })
		return text.Count(len(distinct), "alert")
	}
	n := size(spans)
	if n == 1 {
		return "1 copy"
	}
	return text.Thousands(n) + " copies"
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
func (x *explanation) losses(e *trace.Event, segs []alerts.Segment) []alerts.Span {
	if x.target != "" && x.seen == nil || x.wrong != 0 {
		return x.pick(e.Spans) // the account of one Alertmanager counts every copy
	}
	var lost []alerts.Span
	for _, seg := range segs {
		place := seg.From
		seg.Send.EachSpan(seg.From, seg.To, func(sp alerts.Span) {
			for number := sp.First; number < sp.First+sp.N; number++ {
				lostHere := x.seen != nil && !x.seen.Has(number) || x.seen == nil && x.reported.add(seg.Send, place)
				if lostHere && x.picks(number) {
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
		return fmt.Sprintf("received by %s after their endsAt, at %s", e.Who(), instant(e.At))
	case e.Kind == trace.KindFalselyResolved:
		return fmt.Sprintf("resolved at %s at %s, still firing at the source", e.Who(), instant(e.At))
	case e.Kind == trace.KindRefired, e.Kind == trace.KindResurrected:
		return fmt.Sprintf("%s at %s at %s", e.Kind, e.Who(), instant(e.At))
	case e.Kind == trace.KindDrop:
		return fmt.Sprintf("dropped at %s, %s%s", instant(e.At), e.Reason, e.QueueState())
	case e.Outcome == "cut":
		return fmt.Sprintf("cut off by the shutdown at %s", instant(e.At))
	}
	return fmt.Sprintf("lost at %s, request ended with %s", instant(e.At), e.Outcome)
}

// outcomeKey is the part of outcomeText that does not depend on the time and on the length of the queue.
func outcomeKey(e *trace.Event) string {
	if e.Kind == trace.KindDrop {
		return fmt.Sprintf("%v %v %v", e.Kind, e.Alertmanagers, e.Reason)
	}
	return fmt.Sprintf("%v %v %v", e.Kind, e.Alertmanagers, e.Outcome)
}

// instant writes a time to the millisecond, so that all times of an explanation have one precision.
func instant(at time.Duration) string { return text.Duration(at.Round(time.Millisecond)) }

// atTimes writes times in their order, or their number and the last one if there are many.
func atTimes(list []time.Duration) string {
	if n := len(list); n > 3 {
		return fmt.Sprintf("%d times until %s", n, instant(list[n-1]))
	}
	words := make([]string, len(list))
	for i, at := range list {
		words[i] = instant(at)
	}
	if n := len(words); n > 1 {
		return "at " + strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return "at " + words[0]
}
