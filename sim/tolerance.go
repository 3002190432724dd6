package sim

import (
	"fmt"
	"slices"
	"time"

	"github.com/notifysim/notifysim/scenarios"
)

// Real time is never on time: on the engine live an expectation may hold a little earlier or later than the scenario says. Each
// count of a ledger_test must hold at some instant within the tolerance of its eval_time, each of an alertmanager_test in some
// window whose two ends are within the tolerance of those of between: both are moved, in steps of half the tolerance, but for an
// end at 0s, since nothing is before that. Engines with virtual time have a tolerance of 0, and there is one instant and one window.

// toleranceSteps are the moves, in halves of the tolerance. The first is none.
var toleranceSteps = [...]int64{0, -2, -1, 1, 2}

// tolerance is how much earlier or later an expectation may hold.
func (r *run) tolerance() int64 {
	if r.live == nil {
		return 0
	}
	return int64(r.options.Live.Tolerance)
}

// windows are those in one of which the expectation must hold, first the one that the scenario says; and when all are over.
func (r *run) windows(e *scenarios.AlertmanagerTest) (list []*window, over int64) {
	from, to, half := int64(e.From), int64(e.To), r.tolerance()/2
	if half == 0 {
		return []*window{{from: from, to: to}}, to
	}
	for _, i := range toleranceSteps {
		for _, j := range toleranceSteps {
			if from > 0 || i == 0 {
				list = append(list, &window{from: from + i*half, to: to + j*half})
			}
		}
	}
	return list, to + 2*half
}

// anyWindow judges an expectation in windows, each of its counts in the one that suits it best.
func (r *run) anyWindow(list []*window, check func(*window)) {
	a := attempts{run: r}
	for _, w := range list {
		if a.try(func() { check(w) }) {
			break
		}
	}
	a.close()
}

// Attempts are several judgements of one expectation, of which one has to go well.
type attempts struct {
	*run
	made   int
	failed []Failure // each time so far, as the first attempt has them
}

// try makes an attempt. It is true when no further one is needed.
func (a *attempts) try(check func()) bool {
	before := len(a.verdicts)
	check()
	failed := slices.Clone(a.verdicts[before:])
	a.verdicts = a.verdicts[:before]
	if a.made++; a.made == 1 {
		a.failed = failed
	} else {
		a.failed = slices.DeleteFunc(a.failed, func(f Failure) bool {
			return !slices.ContainsFunc(failed, func(o Failure) bool { return o.Pos == f.Pos })
		})
	}
	return len(a.failed) == 0
}

// close makes verdicts of what went well in no attempt.
func (a *attempts) close() {
	for _, f := range a.failed {
		if t := a.tolerance(); t > 0 {
			f.Message += fmt.Sprintf(" (and not within %v of it)", Short(time.Duration(t)))
		}
		a.verdicts = append(a.verdicts, f)
	}
}

// planLedger puts an expectation of the ledger on the agenda.
func (r *run) planLedger(e *scenarios.LedgerTest) {
	at, line, tolerance := int64(e.EvalTime), e.Pos.Line, r.tolerance()
	if tolerance == 0 {
		r.agenda.add(at, classExpectation, line, actionFunc(func(r *run) {
			r.judge(e.FailsOn, func() { r.checkLedger(e) })
		}))
		return
	}
	a := &attempts{run: r}
	try := func() bool { return a.try(func() { r.checkLedger(e) }) }
	r.agenda.add(max(0, at-tolerance), classExpectation, line, actionFunc(func(r *run) {
		r.watches = append(r.watches, &ledgerWatch{pos: e.Pos, try: try, held: try()})
	}))
	r.agenda.add(at+tolerance, classExpectation, line, actionFunc(func(r *run) {
		r.watches = slices.DeleteFunc(r.watches, func(w *ledgerWatch) bool { return w.pos == e.Pos })
		r.judge(e.FailsOn, a.close)
	}))
}

// A ledgerWatch is an expectation of the ledger within the tolerance of its time.
type ledgerWatch struct {
	pos  scenarios.Pos
	try  func() bool
	held bool
}

// look has the watches look at the ledger, which has changed.
func (r *run) look() {
	for _, w := range r.watches {
		w.held = w.held || w.try()
	}
}
