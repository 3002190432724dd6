package scenarios

import (
	"cmp"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/scenarios/internal/document"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

func (t *testChecker) timeline() {
	docs := t.doc.Timeline
	if len(docs) > maxEvents {
		t.Errorf(docs[maxEvents].Pos, "the timeline has %d events, above the limit of %d; write fewer",
			len(docs), maxEvents)
		return
	}
	for i := range docs {
		t.test.Timeline = append(t.test.Timeline, t.events(&docs[i])...)
	}
	if n := len(t.test.Timeline); n > maxEvents {
		t.Errorf(t.doc.Pos, "the timeline with all events of its churn has %d events, above the limit of %d; write fewer",
			n, maxEvents)
	}
	slices.SortStableFunc(t.test.Timeline, func(a, b Event) int { return cmp.Compare(a.At, b.At) })
	t.shutdowns()
}

// events returns the events of an entry of the timeline, which is usually one event.
func (t *testChecker) events(doc *document.Event) []Event {
	e := Event{Pos: doc.Pos, At: doc.At.V, Replica: t.replica(doc.Replica)}
	t.inTime("`at`", doc.At)
	t.noteFault(doc)
	fault := doc.Fault != nil || doc.Target.Given() && doc.Restart == nil
	t.oneKind(doc, fault)
	switch {
	case doc.Send != nil:
		e.Send = t.send(doc)
	case doc.TargetGroups != nil:
		e.TargetGroups = t.targetUpdate(doc.TargetGroups)
	case fault:
		e.Fault = t.eventFault(doc)
	case doc.Swizzle != nil:
		e.Swizzle = t.swizzle(doc)
	case doc.Restart != nil && doc.Replica.Given():
		if doc.Target.Given() {
			t.Errorf(doc.Target.Pos,
				"a `restart` is of an Alertmanager (`target`) or of a server (`replica`); leave one of the two out")
		}
		e.ServerRestart = &ServerRestart{Down: doc.For.V}
	case doc.Restart != nil:
		e.Restart = t.restart(doc)
	case doc.Reload != nil:
		e.Reload = &Reload{Config: t.reloads[doc]}
	case doc.Shutdown != nil:
		e.Shutdown = &Shutdown{}
	}
	switch {
	case doc.ZoneOutage != nil:
		return t.zoneOutage(doc, e)
	case doc.Churn != nil:
		return t.churn(doc, e)
	}
	return []Event{e}
}

// oneKind reports an event that does not have exactly one kind, and fields that do not belong to its kind.
func (t *testChecker) oneKind(doc *document.Event, fault bool) {
	t.One(doc.Mapping, "the event",
		strictyaml.NewChoice("send", doc.Send != nil),
		strictyaml.NewChoice("target_groups", doc.TargetGroups != nil),
		strictyaml.NewChoice("target with fault", fault),
		strictyaml.NewChoice("target with restart", doc.Restart != nil),
		strictyaml.NewChoice("zone_outage", doc.ZoneOutage != nil),
		strictyaml.NewChoice("swizzle", doc.Swizzle != nil),
		strictyaml.NewChoice("churn", doc.Churn != nil),
		strictyaml.NewChoice("reload", doc.Reload != nil),
		strictyaml.NewChoice("shutdown", doc.Shutdown != nil))
	lasts := fault || doc.Restart != nil || doc.Send != nil && doc.Send.Every != nil ||
		doc.ZoneOutage != nil || doc.Swizzle != nil || doc.Churn != nil
	if doc.For.Given() && !lasts {
		t.Errorf(doc.For.Pos,
			"`for` applies only to faults, zone outages, swizzles, restarts, churn and sends with `every`; leave it out here")
	}
	ofServer := doc.Send != nil || doc.TargetGroups != nil || doc.Reload != nil ||
		doc.Restart != nil || doc.Shutdown != nil
	if doc.Replica.Given() && !ofServer {
		t.Errorf(doc.Replica.Pos,
			"`replica` applies only to sends, target groups, reloads, restarts and shutdowns; leave it out here")
	}
}

func (t *testChecker) send(event *document.Event) *Send {
	doc := event.Send
	more := t.sendLabels(doc.Labels)
	if doc.Alerts.Given() && len(doc.Alerts.Items) == 0 {
		t.Errorf(doc.Alerts.Pos, "the send has no alerts; write at least one, such as a1")
	}
	s := &Send{Names: t.expand(doc.Alerts, int64(len(more.String())+len(model.AlertNameLabel)))}
	b := labels.NewBuilder(more)
	for _, name := range s.Names {
		s.Alerts = append(s.Alerts, b.Set(model.AlertNameLabel, name).Labels())
		t.names[name] = true
	}
	if doc.Every != nil {
		t.repeat(event, s)
	}
	return s
}

// repeat reads how often a send is repeated, and for how long.
func (t *testChecker) repeat(event *document.Event, s *Send) {
	doc := event.Send
	every := t.distribution(doc.Every)
	if doc.Every.Invalid {
		return
	}
	s.Every, s.For = &every, event.For.V
	if !event.For.Given() {
		if s.For = t.doc.Duration.V - event.At.V; !t.doc.Duration.Given() {
			t.Errorf(doc.Pos, "the send is repeated for ever; "+
				"write `for` next to `at`, such as for: 10m, or the `duration` of the test")
			return
		}
	}
	if half := every.Median(); half < time.Microsecond {
		t.Errorf(doc.Pos, "the median time between two sends is %s, which is too short; "+
			"write an `every` of at least 1us", half)
	} else if n := int64(s.For / half); n > maxSends {
		t.Errorf(doc.Pos, "the event has %d sends, above the limit of %d; increase `every` or decrease `for`",
			n, maxSends)
	}
}

func (t *testChecker) restart(doc *document.Event) *Restart {
	if !doc.Target.Given() {
		t.Missing(doc.Mapping, "the event has a `restart` but no `target`; "+
			"write target: and the address of an Alertmanager, or replica: 1 to restart the server")
	}
	t.target(doc.Target)
	return &Restart{Target: doc.Target.V, Down: doc.For.V}
}

// shutdowns reports an event at a time when all servers that it concerns have been shut down.
func (t *testChecker) shutdowns() {
	if !slices.ContainsFunc(t.test.Timeline, func(e Event) bool { return e.Shutdown != nil }) {
		return
	}
	down := make([]*Event, t.test.Replicas+1) // the event that shuts down a replica, by its number
	last := func(e *Event) *Event {           // the last shutdown of the servers of e; nil if one is up
		var last *Event
		for i := 1; i < len(down); i++ {
			if e.Of(i) {
				if last = down[i]; last == nil {
					return nil
				}
			}
		}
		return last
	}
	for i := range t.test.Timeline {
		e := &t.test.Timeline[i]
		before := last(e)
		switch {
		case e.Shutdown != nil && before != nil:
			t.Errorf(e.Pos, "there is already a shutdown on line %d; remove one of the two", before.Pos.Line)
		case before != nil:
			t.Errorf(e.Pos, "the event has no effect after the shutdown on line %d; move it before that, or remove it",
				before.Pos.Line)
		case e.Shutdown != nil:
			for i := 1; i < len(down); i++ {
				if e.Of(i) && down[i] == nil {
					down[i] = e
				}
			}
		}
	}
	if before := last(&Event{}); before != nil {
		for _, e := range t.test.Timeline {
			if e.Churn != nil && e.At <= before.At && e.At+e.Churn.For > before.At {
				t.Errorf(e.Pos, "the churn continues after the shutdown on line %d; decrease `for`", before.Pos.Line)
			}
		}
	}
}
