package scenarios

import (
	"cmp"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/discovery/targetgroup"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/scenarios/internal/document"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// Checks of events that concern several Alertmanagers.

// zone returns the addresses in `targets` of an event that concerns several Alertmanagers.
func (t *testChecker) zone(doc *document.Zone) []string {
	if doc.Targets.Given() && len(doc.Targets.Items) == 0 {
		t.Errorf(doc.Targets.Pos, "`targets` is empty; write the addresses of Alertmanagers")
	}
	var targets []string
	for _, v := range doc.Targets.Items {
		t.target(v)
		if v.OK() && slices.Contains(targets, v.V) {
			t.Errorf(v.Pos, "%q is given twice; remove one", strictyaml.Shorten(v.V))
		}
		targets = append(targets, v.V)
	}
	return targets
}

// zoneOutage returns the events of a zone outage, in which all targets hang at once.
func (t *testChecker) zoneOutage(doc *document.Event, e Event) []Event {
	var events []Event
	for _, target := range t.zone(doc.ZoneOutage) {
		e.Fault = &Fault{Target: target, For: doc.For.V, Fault: fakeam.Fault{Hang: true}}
		events = append(events, e)
	}
	return events
}

// swizzle reads a swizzle: targets begin to hang one after the other, in an order drawn from the seed.
func (t *testChecker) swizzle(doc *document.Event) *Swizzle {
	s := &Swizzle{Targets: t.zone(doc.Swizzle), For: doc.For.V}
	if !doc.For.Given() {
		t.Missing(doc.Mapping, "the `swizzle` has no `for`; write how long it lasts altogether, such as for: 10m")
	}
	return s
}

// churn returns the events of an entry `churn`, which may concern several sets.
func (t *testChecker) churn(doc *document.Event, e Event) []Event {
	end := e.At + doc.For.V
	if !doc.For.Given() {
		end = t.doc.Duration.V
		if !t.doc.Duration.Given() {
			t.Missing(doc.Mapping,
				"the `churn` has no `for` and the test has no `duration`; write how long it lasts, such as for: 1h")
		}
	}
	var events []Event
	for _, set := range doc.Churn.Entries {
		if len(t.test.Timeline)+len(events) > maxEvents {
			break // the caller reports it as an error
		}
		if !t.setKey(set.Key, set.Pos) {
			continue
		}
		c := &set.Value
		pool := t.zone(&c.Zone)
		up := int(cmp.Or(c.Up.V, int64(len(pool)-1)))
		if !t.churnOK(c, pool, up, end-e.At) {
			continue
		}
		churn := Churn{
			Set: set.Key, Targets: pool, Up: up, For: end - e.At,
			Every: c.Every.V, Exponential: c.Every.Exponential, Random: c.Leaves.V == "random",
		}
		if churn.Random || churn.Exponential {
			events = append(events, Event{Pos: set.Pos, At: e.At, Churn: &churn})
		} else {
			events = append(events, churn.events(set.Pos, e.At)...)
		}
	}
	return events
}

// churnOK reports what is wrong with the churn of a set. It returns false if anything is.
func (t *testChecker) churnOK(c *document.Churn, pool []string, up int, length time.Duration) bool {
	switch {
	case c.Leaves.OK() && c.Leaves.V != "oldest" && c.Leaves.V != "random":
		t.Errorf(c.Leaves.Pos, "`leaves` is %q; write oldest or random", strictyaml.Shorten(c.Leaves.V))
	case !c.Every.OK() || len(pool) == 0 || c.Leaves.Invalid:
	case up >= len(pool) || up < 1:
		t.Errorf(cmp.Or(c.Up.Pos, c.Pos), "`targets` must have more addresses than are in use at a time; write at least %d",
			max(up, 1)+1)
	case length/c.Every.V*time.Duration(max(2, up)) > maxEvents:
		t.Errorf(c.Every.Pos, "`every` is so short that the targets of all periods together exceed the limit of %d; "+
			"increase `every` or decrease `for`", maxEvents)
	default:
		return true
	}
	return false
}

// events returns the events of churn without random draws, from at on. After each period the address that has been in
// use for the longest is removed and the next one is added. The Alertmanager that is removed is down until its address
// is used again.
func (c *Churn) events(pos Pos, at time.Duration) []Event {
	var events []Event
	down := time.Duration(len(c.Targets)-c.Up) * c.Every
	for k := 0; k == 0 || time.Duration(k)*c.Every < c.For; k++ {
		next := Event{Pos: pos, At: at + time.Duration(k)*c.Every}
		if k > 0 {
			gone := next
			gone.Restart = &Restart{Target: c.Targets[(k-1)%len(c.Targets)], Down: down}
			events = append(events, gone)
		}
		group := &targetgroup.Group{Source: "0"}
		for i := range c.Up {
			address := model.LabelValue(c.Targets[(k+i)%len(c.Targets)])
			group.Targets = append(group.Targets, model.LabelSet{model.AddressLabel: address})
		}
		next.TargetGroups = map[string][]*targetgroup.Group{c.Set: {group}}
		events = append(events, next)
	}
	return events
}
