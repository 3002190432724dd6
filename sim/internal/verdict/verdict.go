package verdict

import (
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/internal/scrape"
	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/invariant"
	"github.com/notifysim/notifysim/sim/internal/network"
	"github.com/notifysim/notifysim/sim/internal/world"
	"github.com/notifysim/notifysim/sim/ledger"
)

// A Failure is an expectation that did not hold.
type Failure struct {
	// Pos is the position of the expectation.
	Pos scenarios.Pos
	// Message says what happened and what was expected.
	Message string
	// Alerts says which alerts caused it and what happened to them; Trace is the part of the trace that explains it.
	Alerts []string
	Trace  []string
	// Known is why the expectation is known not to hold on the release, "" if it should hold (see scenarios.FailsOn).
	Known string
	// Threshold says that a threshold was crossed; otherwise an expectation did not hold.
	Threshold bool
	// Scope is what the expectation is about, nil if it is about no time of the run.
	Scope *Scope

	target   string // the Alertmanager, "" for all
	replica  int    // the sender, 0 for all
	from, to int64
	seen     *fakeam.Bitset          // the alerts that the Alertmanager received in the window, or nil
	reason   func(*trace.Event) bool // selects the losses that it is about; nil: all
	wrong    trace.Kind              // the kind of difference from the source that it is about, or 0
	event    int64                   // the event at which an invariant was violated, or 0

	account bool                     // it is about alerts, not about copies
	selects func(labels.Labels) bool // selects the alerts by their labels at the source; nil: all
}

// A Scope is an Alertmanager, "" for all, and a time since the start of the run. The time is an instant if From and To
// are equal.
type Scope struct {
	Alertmanager string
	From, To     time.Duration
}

// A Run is what a Judge sees of a run.
type Run struct {
	World   *world.World
	Network *network.Network
	File    *scenarios.File
	Test    *scenarios.Test
	Release *core.Release
	// Ledger returns the accounts at this instant; Final are those at the end.
	Ledger func() ledger.Ledger
	Final  ledger.Ledger
	// Delays are those of the Alertmanager at an address, or for "" until the first one accepted each alert.
	Delays func(address string) *ledger.Delays
	// Accounts returns the account of the alerts with labels that match, or of all if match is nil, once the run is over.
	Accounts func(match func(labels.Labels) bool) ledger.AlertAccounts
	// Shutdown returns how long the slowest of the senders that were shut down took to stop, and whether all did.
	Shutdown func() (took time.Duration, ended bool)
	// Firing are the alerts of a name that fire now, by sender.
	Firing func(alertname string) [][]FiringAlert
	// Scrapes are the virtual scrapes, nil without them.
	Scrapes func() *scrape.Store
	// Violations are the violated invariants.
	Violations func() []invariant.Violation
	// Tolerance is how much earlier or later an expectation may hold: 0 in virtual time.
	Tolerance time.Duration
}

// A FiringAlert is an alert that a rule says fires.
type FiringAlert struct{ Labels, Annotations labels.Labels }

// A Judge checks the expectations of a run.
type Judge struct {
	run      *Run
	failures []Failure
	pending  []*pendingLedgerTest
}

// New returns a Judge of a run.
func New(r *Run) *Judge { return &Judge{run: r} }

// Failures are the expectations that did not hold, in the order of the file: those that should hold, and the known
// ones.
func (j *Judge) Failures() (unexpected, known []Failure) {
	sortFailures(j.failures)
	return splitKnown(j.failures)
}

// Fail adds a failure that is not one of an expectation.
func (j *Judge) Fail(pos scenarios.Pos, message string) {
	j.fail(Failure{Pos: pos, Message: message, to: -1})
}

func (j *Judge) fail(f Failure) { j.failures = append(j.failures, f) }

// Plan plans the expectations.
func (j *Judge) Plan() {
	for i := range j.run.Test.Receipts {
		e := &j.run.Test.Receipts[i]
		if !e.For(j.run.Release) {
			continue
		}
		p := j.run.Network.Alertmanager(e.Target)
		windows, over := j.windows(e)
		p.Windows = append(p.Windows, windows...)
		j.run.World.Do(over, world.ClassExpectation, e.Pos.Line, func() {
			j.expect(e.FailsOn, func() {
				j.anyWindow(windows, func(w *network.Window) { j.checkReceipts(e, w) })
			})
		})
	}
	for i := range j.run.Test.AlertRules {
		if e := &j.run.Test.AlertRules[i]; e.For(j.run.Release) {
			j.run.World.Do(int64(e.EvalTime), world.ClassExpectation, e.Pos.Line, func() {
				j.expect(e.FailsOn, func() { j.checkAlertRule(e) })
			})
		}
	}
	for i := range j.run.Test.PromQL {
		if e := &j.run.Test.PromQL[i]; e.For(j.run.Release) { // an event, so that the run lasts until then
			j.run.World.Do(int64(e.EvalTime), world.ClassExpectation, e.Pos.Line, world.EventFunc(func() {}))
		}
	}
	for i := range j.run.Test.Ledger {
		e := &j.run.Test.Ledger[i]
		if !e.For(j.run.Release) {
			continue
		}
		j.planLedger(e)
	}
}

// planLedger plans an expectation of the ledger. On the wall clock it must hold at some instant within the tolerance
// (see tolerance.go).
func (j *Judge) planLedger(e *scenarios.LedgerTest) {
	at, line, tolerance := int64(e.EvalTime), e.Pos.Line, j.tolerance()
	if tolerance == 0 {
		j.run.World.Do(at, world.ClassExpectation, line, func() {
			j.expect(e.FailsOn, func() { j.checkLedger(e) })
		})
		return
	}
	a := &attempts{judge: j}
	try := func() bool { return a.try(func() { j.checkLedger(e) }) }
	j.run.World.Do(max(0, at-tolerance), world.ClassExpectation, line, func() {
		j.pending = append(j.pending, &pendingLedgerTest{pos: e.Pos, try: try, held: try()})
	})
	j.run.World.Do(at+tolerance, world.ClassExpectation, line, func() {
		j.pending = slices.DeleteFunc(j.pending, func(w *pendingLedgerTest) bool { return w.pos == e.Pos })
		j.expect(e.FailsOn, a.close)
	})
}

// checkReceipts checks what an Alertmanager received in a window.
func (j *Judge) checkReceipts(e *scenarios.AlertmanagerTest, w *network.Window) {
	in := fmt.Sprintf("in [%v, %v]", text.Duration(e.From), text.Duration(e.To))
	failed := func(pos scenarios.Pos, format string, args ...any) {
		j.failures = append(j.failures, Failure{
			Pos: pos, Message: e.Target + " " + fmt.Sprintf(format, args...),
			Scope:  &Scope{e.Target, time.Duration(w.From), time.Duration(w.To)},
			target: e.Target, from: w.From, to: w.To, seen: &w.Taken,
		})
	}
	if c := e.Unique; c != nil && c.N != w.Taken.Unique {
		failed(c.Pos, "received %d unique alerts %s, want %d", w.Taken.Unique, in, c.N)
	}
	if c := e.Duplicates; c != nil && c.N != w.Taken.Duplicates {
		failed(c.Pos, "received %d duplicates %s, want %d", w.Taken.Duplicates, in, c.N)
	}
	if c := e.Late; c != nil && c.N != w.Late {
		failed(c.Pos, "received %d alerts after their end %s, want %d", w.Late, in, c.N)
		j.failures[len(j.failures)-1].wrong = trace.KindExpired
	}
	if c := e.Requests; c != nil && c.N != w.Requests {
		failed(c.Pos, "was sent %d requests %s, want %d", w.Requests, in, c.N)
	}
	j.checkNames(e, w, in, failed)
	j.checkLabels(e, w, in, failed)
}

// checkLedger checks the accounts at this instant.
func (j *Judge) checkLedger(e *scenarios.LedgerTest) {
	l := j.run.Ledger()
	who := "all Alertmanagers"
	account := l.Whole()
	lost := l.Lost
	if e.Replica > 0 {
		one := &l.Replicas[e.Replica-1]
		account, lost = one.Whole(), one.Lost
	}
	switch {
	case e.Target != "" && e.Replica > 0:
		who, account = e.Target, l.Replicas[e.Replica-1].Alertmanagers[e.Target].Account()
	case e.Target != "":
		who, account = e.Target, l.Alertmanagers[e.Target]
	}
	if e.Replica > 0 {
		who = fmt.Sprintf("replica %d to %s", e.Replica, who)
	}
	expect := func(what string, got int64, c *scenarios.Count, reason func(*trace.Event) bool) {
		if c == nil || c.N == got {
			return
		}
		j.failures = append(j.failures, Failure{
			Pos: c.Pos, Message: fmt.Sprintf("%s: %s %d at %v, want %d", who, what, got, text.Duration(e.EvalTime), c.N),
			Scope:  &Scope{e.Target, e.EvalTime, e.EvalTime},
			target: e.Target, replica: e.Replica, to: int64(e.EvalTime), reason: reason,
		})
	}
	expect("offered", account.Offered, e.Offered, nil)
	expect("delivered", account.Delivered, e.Delivered, nil)
	expect("lost", lost, e.Lost, nil)
	if e.LostByAll != nil {
		expect("lost by all replicas", *l.LostByAll, e.LostByAll, nil)
	}
	for i := range e.Dropped {
		d := &e.Dropped[i]
		expect("dropped "+d.Reason.String(), account.Dropped.Of(d.Reason), &d.Count,
			func(e *trace.Event) bool { return e.LostFor(d.Reason) })
	}
	expect("queued", account.Queued, e.Queued, nil)
	expect("in flight", account.InFlight, e.InFlight, nil)
	for _, w := range []struct {
		what string
		got  int64
		want *scenarios.Count
		kind trace.Kind
	}{
		{"late", account.Late, e.Late, trace.KindExpired},
		{"falsely resolved", account.FalseResolves, e.FalselyResolved, trace.KindFalselyResolved},
		{"refired", account.Refires, e.Refired, trace.KindRefired},
		{"resurrected", account.Resurrections, e.Resurrected, trace.KindResurrected},
	} {
		if expect(w.what, w.got, w.want, nil); w.want != nil && w.want.N != w.got {
			j.failures[len(j.failures)-1].wrong = w.kind
		}
	}
}

// sortFailures orders failures by their positions in the file.
func sortFailures(fs []Failure) {
	slices.SortStableFunc(fs, func(a, b Failure) int {
		if a.Pos.Line != b.Pos.Line {
			return a.Pos.Line - b.Pos.Line
		}
		return a.Pos.Col - b.Pos.Col
	})
}
