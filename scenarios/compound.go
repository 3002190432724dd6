package scenarios

import (
	"cmp"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/discovery/targetgroup"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// compound returns the events that one entry of the timeline stands for: most are one.
func (t *testChecker) compound(doc *eventDoc) []Event {
	e := t.event(doc)
	switch {
	case doc.ZoneOutage != nil:
		return t.zoneOutage(doc, e)
	case doc.Churn != nil:
		return t.churn(doc, e)
	}
	return []Event{e}
}

// zone returns the targets of a compound fault.
func (t *testChecker) zone(doc *zoneDoc) []string {
	if doc.Targets.Given() && len(doc.Targets.Items) == 0 {
		t.Errorf(doc.Targets.Pos, "targets is empty; write the addresses of Alertmanagers")
	}
	var targets []string
	for _, v := range doc.Targets.Items {
		t.target(v)
		if v.OK() && slices.Contains(targets, v.V) {
			t.Errorf(v.Pos, "%q stands here twice; remove one", strictyaml.Shorten(v.V))
		}
		targets = append(targets, v.V)
	}
	return targets
}

// zoneOutage has all targets hang at once.
func (t *testChecker) zoneOutage(doc *eventDoc, e Event) []Event {
	var events []Event
	for _, target := range t.zone(doc.ZoneOutage) {
		e.Fault = &Fault{Target: target, For: doc.For.V, Fault: fakeam.Fault{Hang: true}}
		events = append(events, e)
	}
	return events
}

// swizzle checks a swizzle, which the seed draws.
func (t *testChecker) swizzle(doc *eventDoc) *Swizzle {
	s := &Swizzle{Targets: t.zone(doc.Swizzle), For: doc.For.V}
	if !doc.For.Given() {
		t.Missing(doc.Mapping, "the swizzle has no for; write how long it takes in all, such as for: 10m")
	}
	return s
}

// churn has the addresses of sets take turns: after each period the one that was there longest goes, and the next one comes.
func (t *testChecker) churn(doc *eventDoc, e Event) []Event {
	var events []Event
	end := e.At + doc.For.V
	if !doc.For.Given() {
		end = t.doc.Duration.V
		if !t.doc.Duration.Given() {
			t.Missing(doc.Mapping, "the churn has no for and the test no duration; write how long it goes on, such as for: 1h")
		}
	}
	for _, set := range doc.Churn.Entries {
		c := set.Value
		if len(t.test.Timeline)+len(events) > maxEvents {
			break // which is an error
		}
		if !t.partly && len(t.sets[set.Key]) == 0 {
			t.Errorf(set.Pos, "the configuration has no alertmanagers entry %q; %s", strictyaml.Shorten(set.Key), strictyaml.WriteOneOf(set.Key, setKeys(t.configs)))
			continue
		}
		pool := t.zone(&c.zoneDoc)
		up := int(cmp.Or(c.Up.V, int64(len(pool)-1)))
		switch {
		case c.Leaves.OK() && c.Leaves.V != "oldest" && c.Leaves.V != "random":
			t.Errorf(c.Leaves.Pos, "leaves is %q; write oldest or random", strictyaml.Shorten(c.Leaves.V))
			continue
		case !c.Every.OK() || len(pool) == 0 || c.Leaves.Invalid:
			continue
		case up >= len(pool) || up < 1:
			t.Errorf(cmp.Or(c.Up.Pos, c.Pos), "churn needs more targets than are there at a time; write at least %d targets", max(up, 1)+1)
			continue
		case (end-e.At)/c.Every.V*time.Duration(max(2, up)) > maxEvents:
			t.Errorf(c.Every.Pos, "every is so short that the targets of all periods are above the limit of %d; write a longer one, or a shorter for", maxEvents)
			continue
		}
		if random := c.Leaves.V == "random"; random || c.Every.exponential {
			events = append(events, Event{Pos: set.Pos, At: e.At, Churn: &Churn{
				Set: set.Key, Targets: pool, Up: up, For: end - e.At, Every: c.Every.V, Exponential: c.Every.exponential, Random: random,
			}})
			continue
		}
		for k := 0; k == 0 || e.At+time.Duration(k)*c.Every.V < end; k++ {
			next := Event{Pos: set.Pos, At: e.At + time.Duration(k)*c.Every.V}
			if k > 0 { // who goes is down until its address is used again, by another with an empty store
				gone := next
				down := time.Duration(len(pool)-up) * c.Every.V
				gone.Restart = &Restart{Target: pool[(k-1)%len(pool)], Down: down}
				events = append(events, gone)
			}
			group := &targetgroup.Group{Source: "0"}
			for i := range up {
				group.Targets = append(group.Targets, model.LabelSet{model.AddressLabel: model.LabelValue(pool[(k+i)%len(pool)])})
			}
			next.TargetGroups = map[string][]*targetgroup.Group{set.Key: {group}}
			events = append(events, next)
		}
	}
	return events
}

// pools are the addresses that churn brings, as target groups.
func (doc *churnDoc) pools() []*targetgroup.Group {
	return targetGroups([]groupDoc{{Targets: doc.Targets.Items}})
}
