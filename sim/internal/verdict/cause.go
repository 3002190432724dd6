package verdict

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/sim/internal/alerts"
)

// A reason is why copies of alerts did not arrive at an Alertmanager.
type reason struct {
	kind, text string
	event      int             // the first event that shows it
	sent       []time.Duration // when the copies were sent, if they were lost
}

// cause says why an Alertmanager resolved alerts at an event while they fired: which copies did not arrive since the
// last one that did, and why. kind is the same for all events with this kind of cause; evidence are the events that
// show it.
func (x *explanation) cause(event int, spans []alerts.Span) (said, kind string, evidence []int) {
	events := x.Events.events
	at, who := events[event].At, events[event].Who()
	wanted := map[int]bool{}
	x.eachAlert(spans, func(alert int) { wanted[alert] = true })
	last, lastSent := -1, time.Duration(0)
	for i := event - 1; i >= 0 && last < 0; i-- {
		if sent, ok := x.arrives(i, who, wanted); ok {
			last, lastSent = i, sent
		}
	}
	for i := event + 1; i < len(events) && events[i].At == at; i++ {
		if sent, ok := x.arrives(i, who, wanted); ok {
			return "a copy sent at " + instant(sent) + " said that it is resolved", "resolved copy", []int{i}
		}
	}
	reasons := x.lostSince(max(last, 0), event, who, wanted)
	reasons = append(reasons, x.goneSince(max(last, 0), event, who)...)
	if len(reasons) == 0 {
		return x.lateCopy(event, lastSent, wanted)
	}
	var texts, kinds []string
	for _, r := range reasons {
		texts, kinds, evidence = append(texts, r.text), append(kinds, r.kind), append(evidence, r.event)
	}
	return strings.Join(texts, ", "), strings.Join(kinds, ","), evidence
}

// lateCopy says why no copy of the alerts arrived in time although none was lost: it was sent or arrived too late.
func (x *explanation) lateCopy(event int, lastSent time.Duration, wanted map[int]bool) (string, string, []int) {
	events := x.Events.events
	at, who := events[event].At, events[event].Who()
	valid := fmt.Sprintf("the copy sent at %s was valid until %s", instant(lastSent), instant(at))
	for i := event + 1; i < len(events); i++ {
		if sent, ok := x.arrives(i, who, wanted); ok && sent < at {
			return fmt.Sprintf("%s, and the next, sent at %s, arrived at %s", valid, instant(sent), instant(events[i].At)),
				"late copy", []int{i}
		} else if ok {
			return fmt.Sprintf("%s, and the next was sent at %s", valid, instant(sent)), "late send", []int{i}
		}
	}
	return valid + ", and no other arrived", "no copy", nil
}

// arrives reports whether an event is the arrival of a copy of one of the alerts at an Alertmanager, and when the copy
// was sent.
func (x *explanation) arrives(i int, who string, wanted map[int]bool) (time.Duration, bool) {
	e := &x.Events.events[i]
	if e.Kind != trace.KindAnswer || e.Outcome != "200" || e.Who() != who {
		return 0, false
	}
	return x.sent(i, wanted)
}

// sent returns when the first copy of one of the alerts that an event is about was sent.
func (x *explanation) sent(i int, wanted map[int]bool) (time.Duration, bool) {
	for _, seg := range x.Events.segs[i] {
		found := false
		seg.Send.EachSpan(seg.From, seg.To, func(sp alerts.Span) {
			if !found {
				x.eachAlert([]alerts.Span{sp}, func(alert int) { found = found || wanted[alert] })
			}
		})
		if found {
			return time.Duration(seg.Send.Root().Begun), true
		}
	}
	return 0, false
}

// lostSince says which copies of the alerts were lost between two events, and how.
func (x *explanation) lostSince(from, to int, who string, wanted map[int]bool) []reason {
	var list []reason
	for i := from; i < to; i++ {
		e := &x.Events.events[i]
		if !e.IsLoss() || !e.About(who) {
			continue
		}
		sent, ok := x.sent(i, wanted)
		if !ok {
			continue
		}
		word := lossWord(e)
		k := slices.IndexFunc(list, func(r reason) bool { return r.kind == word })
		if k < 0 {
			k, list = len(list), append(list, reason{kind: word, event: i})
		}
		if !slices.Contains(list[k].sent, sent) {
			list[k].sent = append(list[k].sent, sent)
		}
	}
	for k := range list {
		subject, verb := "copies", "were"
		if len(wanted) == 1 && len(list[k].sent) == 1 {
			subject, verb = "the copy", "was"
		}
		list[k].text = fmt.Sprintf("%s sent %s %s %s", subject, atTimes(list[k].sent), verb, list[k].kind)
	}
	return list
}

// lossWord says how copies were lost.
func lossWord(e *trace.Event) string {
	switch {
	case e.Kind == trace.KindDrop:
		return "dropped (" + e.Reason.String() + ")"
	case e.Outcome == "cut":
		return "cut off by the shutdown"
	case e.Outcome == fakeam.Refused.String():
		return "refused"
	case e.Outcome == fakeam.Reset.String():
		return "lost with a reset connection"
	case e.Outcome == "timeout":
		return "not answered before the timeout"
	}
	return "answered with " + e.Outcome
}

// goneSince says whether an Alertmanager was removed, or a server stopped, between two events.
func (x *explanation) goneSince(from, to int, who string) []reason {
	var left, down *reason
	for i := from; i < to; i++ {
		switch e := &x.Events.events[i]; {
		case e.Kind == trace.KindLeave && e.Cause > 0 && x.Events.events[e.Cause-1].Kind == trace.KindStop:
			// the server stops, and that is said below
		case e.Kind == trace.KindLeave && e.About(who):
			left = &reason{kind: "removed", event: i, text: who + " was removed at " + instant(e.At)}
		case e.Kind == trace.KindJoin && e.About(who) && left != nil:
			left.text += " and came back at " + instant(e.At)
		case e.Kind == trace.KindStop:
			down = &reason{kind: "stopped", event: i, text: server(e) + " was stopped at " + instant(e.At)}
		case e.Kind == trace.KindStarted && down != nil:
			down.text += " and started at " + instant(e.At)
		}
	}
	var list []reason
	for _, r := range []*reason{left, down} {
		if r != nil {
			list = append(list, *r)
		}
	}
	return list
}

// server names the server of an event.
func server(e *trace.Event) string {
	if e.Replica > 0 {
		return fmt.Sprintf("replica %d", e.Replica)
	}
	return "the server"
}
