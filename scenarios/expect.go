package scenarios

import (
	"maps"
	"slices"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

func (t *testChecker) ledgerTests() {
	if n := len(t.doc.Ledger) + len(t.doc.Receipts) + len(t.doc.PromQL) + len(t.doc.AlertRules); n > maxExpectations {
		t.Errorf(t.doc.Pos, "the test has %d expectations, above the limit of %d; write fewer", n, maxExpectations)
		return
	}
	for _, doc := range t.doc.Ledger {
		wrong := t.Count()
		t.inTime("eval_time", doc.EvalTime)
		t.target(doc.Target)
		e := LedgerTest{
			Pos: doc.Pos, Only: t.only(doc.Release), EvalTime: doc.EvalTime.V, Target: doc.Target.V,
			Offered: count(doc.Offered), Delivered: count(doc.Delivered), Lost: count(doc.Lost),
			Replica: t.replica(doc.Replica), LostByAll: count(doc.LostByAll),
			Queued: count(doc.Queued), InFlight: count(doc.InFlight), Dropped: t.dropped(doc.Dropped),
			Late: count(doc.Late), FalselyResolved: count(doc.FalselyResolved), Refired: count(doc.Refired), Resurrected: count(doc.Resurrected),
		}
		if doc.Target.Given() && doc.Lost.Given() {
			t.Errorf(doc.Lost.Pos, "exp_lost is of the whole: lost is what no Alertmanager took; leave target out, or write exp_dropped")
		}
		t.ofReplicas(&doc)
		if e.expectsNothing() && len(doc.Dropped.Entries) == 0 && t.Count() == wrong {
			t.Missing(doc.Mapping, "the ledger_test expects nothing; write at least one of exp_offered, exp_delivered, exp_lost, exp_lost_by_all, exp_dropped, exp_queued, exp_in_flight, exp_late, exp_false_resolved, exp_refired or exp_resurrected")
		}
		e.FailsOn = t.failsOn(doc.FailsOn, e.Only)
		t.test.Ledger = append(t.test.Ledger, e)
	}
}

// ofReplicas checks what a ledger_test says of several servers.
func (t *testChecker) ofReplicas(doc *ledgerTestDoc) {
	if v := doc.LostByAll; v.Given() && (doc.Target.Given() || doc.Replica.Given()) {
		t.Errorf(v.Pos, "exp_lost_by_all is of the whole: what no replica brought to any Alertmanager; leave target and replica out, or write exp_lost")
	} else if v.Given() && t.test.Replicas == 1 {
		t.Errorf(v.Pos, "exp_lost_by_all is of several servers, and the test has one; write exp_lost, or replicas: 2")
	}
	for _, f := range []struct {
		name string
		v    strictyaml.Value[int64]
	}{{"exp_late", doc.Late}, {"exp_false_resolved", doc.FalselyResolved}, {"exp_refired", doc.Refired}, {"exp_resurrected", doc.Resurrected}} {
		if f.v.Given() && doc.Replica.Given() {
			t.Errorf(f.v.Pos, "%s is what Alertmanagers make of the alerts of all replicas; leave replica out", f.name)
		}
	}
}

// expectsNothing reports whether there is no count but perhaps of what is dropped.
func (e *LedgerTest) expectsNothing() bool {
	for _, c := range []*Count{
		e.Offered, e.Delivered, e.Lost, e.LostByAll, e.Queued, e.InFlight, e.Late, e.FalselyResolved, e.Refired, e.Resurrected,
	} {
		if c != nil {
			return false
		}
	}
	return true
}

func count(v strictyaml.Value[int64]) *Count {
	if !v.Given() {
		return nil
	}
	return &Count{v.Pos, v.V}
}

func (t *testChecker) dropped(doc droppedDoc) []DropCount {
	var names []string
	for _, r := range core.Reasons() {
		names = append(names, r.String())
	}
	var counts []DropCount
	for _, e := range doc.Entries {
		r, err := core.ParseReason(e.Key)
		if err != nil {
			t.Errorf(e.Pos, "nothing is dropped for the reason %q; %s", strictyaml.Shorten(e.Key), strictyaml.WriteOneOf(e.Key, names))
			continue
		}
		if e.Value.OK() {
			counts = append(counts, DropCount{r, Count{e.Value.Pos, e.Value.V}})
		}
	}
	return counts
}

func (t *testChecker) alertmanagerTests() {
	for _, doc := range t.doc.Receipts {
		t.target(doc.Target)
		t.inTime("the end of between", doc.Between.To)
		from, to := doc.Between.From, doc.Between.To
		if from.OK() && to.OK() && from.V > to.V {
			t.Errorf(doc.Between.Pos, "between ends before it begins; write [%s, %s]", strictyaml.FormatDuration(to.V), strictyaml.FormatDuration(from.V))
		}
		e := AlertmanagerTest{
			Pos: doc.Pos, Only: t.only(doc.Release), Target: doc.Target.V, From: from.V, To: to.V,
			Requests: count(doc.Requests), AlertsPos: doc.Alerts.Pos,
		}
		if doc.Received != nil {
			e.Unique, e.Duplicates = count(doc.Received.Unique), count(doc.Received.Duplicates)
			e.Late = count(doc.Received.Late)
		}
		if doc.Alerts.Given() {
			e.Alerts = t.alertNames(doc.Alerts)
		}
		if doc.Received != nil && doc.Received.Malformed {
			doc.Malformed = true
		}
		if e.Unique == nil && e.Duplicates == nil && e.Late == nil && e.Requests == nil && !doc.Alerts.Given() {
			t.Missing(doc.Mapping, "the alertmanager_test expects nothing; write at least one of exp_received: {unique: 1, duplicates: 0}, exp_requests or exp_alerts")
		}
		e.FailsOn = t.failsOn(doc.FailsOn, e.Only)
		t.test.Receipts = append(t.test.Receipts, e)
	}
}

// alertNames writes the names out, all of which the test's sends and series must have.
func (t *testChecker) alertNames(doc strictyaml.List[string]) []string {
	names := t.expand(doc, 0)
	wrong := t.Count()
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		switch {
		case !t.names[name]:
			t.Errorf(doc.Pos, "no alert of this test is called %q; %s", strictyaml.Shorten(name), strictyaml.WriteOneOf(name, t.sortedNames()))
		case seen[name]:
			t.Errorf(doc.Pos, "exp_alerts names %q twice; remove one", strictyaml.Shorten(name))
		}
		if t.Count() > wrong {
			return names // the first is enough
		}
		seen[name] = true
	}
	return names
}

// sortedNames is for messages; once made it serves them all.
func (t *testChecker) sortedNames() []string {
	if t.sorted == nil {
		t.sorted = slices.Sorted(maps.Keys(t.names))
	}
	return t.sorted
}
