package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/scenarios"
)

// A Failure is an expectation that did not hold.
type Failure struct {
	// Pos is where the expectation stands.
	Pos scenarios.Pos
	// Message says what happened and what was expected.
	Message string
	// Alerts says which alerts are behind it and what became of them; Trace is the part of the trace that shows it.
	Alerts []string
	Trace  []string
	// Known is why the expectation is known not to hold on the release, "" if that is news (see scenarios.FailsOn).
	Known string
	// Threshold says that it is a threshold that was crossed, no expectation.
	Threshold bool

	target   string // the Alertmanager, "" for the whole
	replica  int    // the sender, 0 for all
	from, to int64
	seen     *fakeam.Tally     // what it took, or nil
	reason   func(*Event) bool // the losses that it is about; nil: all
	wrong    Kind              // what an Alertmanager got wrong that it is about, or 0
	event    int64             // at which an invariant did not hold, or 0
}

// A window counts what reaches one Alertmanager between two instants, both included.
type window struct {
	from, to int64
	taken    fakeam.Tally
	requests int64
	late     int64
}

func (w *window) request(now int64) {
	if w.from <= now && now <= w.to {
		w.requests++
	}
}

func (w *window) take(now int64, sp span) {
	if w.from <= now && now <= w.to {
		w.taken.Add(sp.first, sp.n)
	}
}

// planChecks puts the expectations on the agenda.
func (r *run) planChecks() {
	for i := range r.test.Receipts {
		e := &r.test.Receipts[i]
		if !e.For(r.release) {
			continue
		}
		p := r.receiver(e.Target)
		windows, over := r.windows(e)
		p.windows = append(p.windows, windows...)
		r.agenda.add(over, classExpectation, e.Pos.Line, actionFunc(func(r *run) {
			r.judge(e.FailsOn, func() {
				r.anyWindow(windows, func(w *window) { r.checkReceipts(e, w) })
			})
		}))
	}
	for i := range r.test.AlertRules {
		if e := &r.test.AlertRules[i]; e.For(r.release) {
			r.agenda.add(int64(e.EvalTime), classExpectation, e.Pos.Line, actionFunc(func(r *run) {
				r.judge(e.FailsOn, func() { r.checkAlertRule(e) })
			}))
		}
	}
	for i := range r.test.PromQL {
		if e := &r.test.PromQL[i]; e.For(r.release) { // the run lasts until then; it is judged when all is over
			r.agenda.add(int64(e.EvalTime), classExpectation, e.Pos.Line, actionFunc(func(*run) {}))
		}
	}
	for i := range r.test.Ledger {
		e := &r.test.Ledger[i]
		if !e.For(r.release) {
			continue
		}
		r.planLedger(e)
	}
}

// checkReceipts judges what an Alertmanager got in a window.
func (r *run) checkReceipts(e *scenarios.AlertmanagerTest, w *window) {
	in := fmt.Sprintf("in [%v, %v]", Short(e.From), Short(e.To))
	failed := func(pos scenarios.Pos, format string, args ...any) {
		r.verdicts = append(r.verdicts, Failure{
			Pos: pos, Message: e.Target + " " + fmt.Sprintf(format, args...),
			target: e.Target, from: w.from, to: w.to, seen: &w.taken,
		})
	}
	if c := e.Unique; c != nil && c.N != w.taken.Unique {
		failed(c.Pos, "received %d unique alerts %s, want %d", w.taken.Unique, in, c.N)
	}
	if c := e.Duplicates; c != nil && c.N != w.taken.Duplicates {
		failed(c.Pos, "received %d duplicates %s, want %d", w.taken.Duplicates, in, c.N)
	}
	if c := e.Late; c != nil && c.N != w.late {
		failed(c.Pos, "received %d alerts after their end %s, want %d", w.late, in, c.N)
		r.verdicts[len(r.verdicts)-1].wrong = KindExpired
	}
	if c := e.Requests; c != nil && c.N != w.requests {
		failed(c.Pos, "was sent %d requests %s, want %d", w.requests, in, c.N)
	}
	if e.Alerts == nil {
		return
	}
	want := map[string]bool{}
	for _, name := range e.Alerts {
		want[name] = true
	}
	got := map[string]bool{}
	var surplus, missing []string
	for number, name := range r.labelSets.names {
		if w.taken.Has(number) && !got[name] {
			got[name] = true
			if !want[name] {
				surplus = append(surplus, name)
			}
		}
	}
	for _, name := range e.Alerts {
		if !got[name] {
			missing = append(missing, name)
		}
	}
	var wrong []string
	if len(missing) > 0 {
		wrong = append(wrong, "not "+shorten(strings.Join(missing, " "), 60))
	}
	if len(surplus) > 0 {
		wrong = append(wrong, "also "+shorten(strings.Join(surplus, " "), 60))
	}
	if len(wrong) > 0 {
		failed(e.AlertsPos, "received other alerts %s than expected: %s", in, strings.Join(wrong, ", "))
	}
}

// checkLedger judges the books at this instant.
func (r *run) checkLedger(e *scenarios.LedgerTest) {
	l := r.ledger()
	who := "all Alertmanagers"
	account := l.whole()
	lost := l.Lost
	if e.Replica > 0 {
		one := &l.Replicas[e.Replica-1]
		account, lost = one.whole(), one.Lost
	}
	switch {
	case e.Target != "" && e.Replica > 0:
		who, account = e.Target, l.Replicas[e.Replica-1].Alertmanagers[e.Target].account()
	case e.Target != "":
		who, account = e.Target, l.Alertmanagers[e.Target]
	}
	if e.Replica > 0 {
		who = fmt.Sprintf("replica %d to %s", e.Replica, who)
	}
	expect := func(what string, got int64, c *scenarios.Count, reason func(*Event) bool) {
		if c == nil || c.N == got {
			return
		}
		r.verdicts = append(r.verdicts, Failure{
			Pos: c.Pos, Message: fmt.Sprintf("%s: %s %d at %v, want %d", who, what, got, Short(e.EvalTime), c.N),
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
		expect("dropped "+d.Reason.String(), account.Dropped.Of(d.Reason), &d.Count, func(e *Event) bool { return e.lossFor(d.Reason) })
	}
	expect("queued", account.Queued, e.Queued, nil)
	expect("in flight", account.InFlight, e.InFlight, nil)
	for _, w := range []struct {
		what string
		got  int64
		want *scenarios.Count
		kind Kind
	}{
		{"late", account.Late, e.Late, KindExpired},
		{"falsely resolved", account.FalseResolves, e.FalselyResolved, KindFalselyResolved},
		{"refired", account.Refires, e.Refired, KindRefired},
		{"resurrected", account.Resurrections, e.Resurrected, KindResurrected},
	} {
		if expect(w.what, w.got, w.want, nil); w.want != nil && w.want.N != w.got {
			r.verdicts[len(r.verdicts)-1].wrong = w.kind
		}
	}
}

// Short writes a duration without zero units: "1m" rather than "1m0s".
func Short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = s[:len(s)-2]
	}
	if strings.HasSuffix(s, "h0m") {
		s = s[:len(s)-2]
	}
	return s
}

// sortFailures orders failures as they stand in the file.
func sortFailures(fs []Failure) {
	slices.SortStableFunc(fs, func(a, b Failure) int {
		if a.Pos.Line != b.Pos.Line {
			return a.Pos.Line - b.Pos.Line
		}
		return a.Pos.Col - b.Pos.Col
	})
}
