package scenarios

import (
	"slices"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios/internal/document"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// expectations reads the expectations of a test.
func (t *testChecker) expectations() {
	n := len(t.doc.Alerts) + len(t.doc.Ledger) + len(t.doc.Receipts) + len(t.doc.PromQL) + len(t.doc.AlertRules)
	if n > maxExpectations {
		t.Errorf(t.doc.Pos, "the test has %d expectations, above the limit of %d; write fewer", n, maxExpectations)
		return
	}
	t.alertTests()
	t.ledgerTests()
	t.alertmanagerTests()
	t.promqlTests()
	t.alertRuleTests()
}

func (t *testChecker) ledgerTests() {
	for _, doc := range t.doc.Ledger {
		before := t.Count()
		t.inTime("`eval_time`", doc.EvalTime)
		t.target(doc.Target)
		e := LedgerTest{
			Pos: doc.Pos, EvalTime: doc.EvalTime.V, Target: doc.Target.V, Replica: t.replica(doc.Replica),
			Offered: count(doc.Offered), Delivered: count(doc.Delivered),
			Lost: count(doc.Lost), LostByAll: count(doc.LostByAll),
			Queued: count(doc.Queued), InFlight: count(doc.InFlight), Dropped: t.dropped(doc.Dropped),
			Late: count(doc.Late), FalselyResolved: count(doc.FalselyResolved),
			Refired: count(doc.Refired), Resurrected: count(doc.Resurrected),
		}
		e.Scope = t.scope(doc.Scope)
		t.wholeLedger(&doc)
		if none(e.Offered, e.Delivered, e.Lost, e.LostByAll, e.Queued, e.InFlight,
			e.Late, e.FalselyResolved, e.Refired, e.Resurrected) && len(doc.Dropped.Entries) == 0 && t.Count() == before {
			t.Missing(doc.Mapping, "the `ledger_test` expects nothing; write at least one of exp_offered, exp_delivered, "+
				"exp_lost, exp_lost_by_all, exp_dropped, exp_queued, exp_in_flight, exp_late, exp_false_resolved, "+
				"exp_refired or exp_resurrected")
		}
		t.test.Ledger = append(t.test.Ledger, e)
	}
}

// wholeLedger reports a target or a replica next to counts that exist only for the whole ledger.
func (t *testChecker) wholeLedger(doc *document.LedgerTest) {
	if doc.Target.Given() && doc.Lost.Given() {
		t.Errorf(doc.Lost.Pos, "`exp_lost` is for all Alertmanagers together; leave out `target`, or write `exp_dropped`")
	}
	if v := doc.LostByAll; v.Given() && (doc.Target.Given() || doc.Replica.Given()) {
		t.Errorf(v.Pos, "`exp_lost_by_all` counts the alerts that no replica delivered to any Alertmanager; "+
			"leave out `target` and `replica`, or write `exp_lost`")
	} else if v.Given() && t.test.Replicas == 1 {
		t.Errorf(v.Pos, "`exp_lost_by_all` needs several replicas, but the test has one; write `exp_lost`, or replicas: 2")
	}
	for _, f := range []struct {
		name string
		v    strictyaml.Value[int64]
	}{
		{"exp_late", doc.Late}, {"exp_false_resolved", doc.FalselyResolved},
		{"exp_refired", doc.Refired}, {"exp_resurrected", doc.Resurrected},
	} {
		if f.v.Given() && doc.Replica.Given() {
			t.Errorf(f.v.Pos, "`%s` counts the alerts of all replicas; leave out `replica`", f.name)
		}
	}
}

func none(counts ...*Count) bool {
	return !slices.ContainsFunc(counts, func(c *Count) bool { return c != nil })
}

func count(v strictyaml.Value[int64]) *Count {
	if !v.Given() {
		return nil
	}
	return &Count{v.Pos, v.V}
}

func (t *testChecker) dropped(doc document.Dropped) []DropCount {
	var counts []DropCount
	for _, e := range doc.Entries {
		if r, ok := t.dropReason(e.Key, e.Pos); ok && e.Value.OK() {
			counts = append(counts, DropCount{r, Count{e.Value.Pos, e.Value.V}})
		}
	}
	return counts
}

// dropReason reads the name of a reason for which alerts are dropped.
func (t *testChecker) dropReason(name string, pos Pos) (core.Reason, bool) {
	r, err := core.ParseReason(name)
	if err == nil {
		return r, true
	}
	var names []string
	for _, r := range core.Reasons() {
		names = append(names, r.String())
	}
	t.Known(pos, name, names, "alerts are never dropped for the reason %q")
	return r, false
}

func (t *testChecker) alertmanagerTests() {
	for _, doc := range t.doc.Receipts {
		t.target(doc.Target)
		from, to := doc.Between.From, doc.Between.To
		t.inTime("the end of `between`", to)
		if from.OK() && to.OK() && from.V > to.V {
			t.Errorf(doc.Between.Pos, "`between` ends before it begins; write [%s, %s]",
				strictyaml.FormatDuration(to.V), strictyaml.FormatDuration(from.V))
		}
		e := AlertmanagerTest{
			Pos: doc.Pos, Target: doc.Target.V, From: from.V, To: to.V,
			Requests: count(doc.Requests), AlertsPos: doc.Alerts.Pos,
		}
		e.Scope = t.scope(doc.Scope)
		if r := doc.Received; r != nil {
			e.Unique, e.Duplicates, e.Late = count(r.Unique), count(r.Duplicates), count(r.Late)
			doc.Malformed = doc.Malformed || r.Malformed
		}
		if doc.Alerts.Given() {
			e.Alerts = t.alertNames("exp_alerts", doc.Alerts)
		}
		if doc.Contains.Given() {
			e.Contains, e.ContainsPos = t.alertNames("exp_alerts_contain", doc.Contains), doc.Contains.Pos
		}
		if doc.Alerts.Given() && doc.Contains.Given() {
			t.Errorf(doc.Contains.Pos, "`exp_alerts` lists all alerts already; leave out `exp_alerts_contain` or `exp_alerts`")
		}
		e.Labels = t.expectedLabels(doc.Labels.Items)
		if none(e.Unique, e.Duplicates, e.Late, e.Requests) && !doc.Alerts.Given() && !doc.Contains.Given() &&
			!doc.Labels.Given() {
			t.Missing(doc.Mapping, "the `alertmanager_test` expects nothing; write at least one of "+
				"exp_received: {unique: 1, duplicates: 0}, exp_requests, exp_alerts, exp_alerts_contain or exp_labels")
		}
		t.test.Receipts = append(t.test.Receipts, e)
	}
}

func (t *testChecker) invariants() {
	known := document.InvariantNames()
	if doc := t.doc.Invariants; doc.Given() && doc.Entries != nil && len(doc.Entries) == 0 {
		t.Errorf(doc.Pos, "`invariants` is empty; leave it out, or write an entry such as {fifo: {off: 'why'}}")
	}
	for _, e := range t.doc.Invariants.Entries {
		if !t.Known(e.Pos, e.Key, known, "no invariant is called %q") {
			continue
		}
		doc := e.Value
		t.One(doc.Mapping, "`"+e.Key+"`", strictyaml.NewChoice("off", doc.Off.Given()),
			strictyaml.NewChoice("fails_on", doc.FailsOn.Given()))
		if e.Key == "conservation" && !doc.Malformed {
			t.Errorf(e.Pos, "`conservation` is always checked, because the ledger relies on it; remove the entry")
		}
		v := Invariant{Pos: e.Pos, Name: e.Key, FailsOn: t.failsOn(doc.FailsOn, nil)}
		if doc.Off.Given() {
			v.Off = t.reason(doc.Off)
		}
		t.test.Invariants = append(t.test.Invariants, v)
	}
}
