package verdict

import (
	"fmt"
	"slices"
	"time"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/network"
)

// Real time is never on time: on the engine live an expectation may hold a little earlier or later than the scenario
// says. Each count of a ledger_test must hold at some instant within the tolerance of its eval_time, each of an
// alertmanager_test in some window whose two ends are within the tolerance of those of between: both are moved, in
// steps of half the tolerance, but for an end at 0s, since nothing is before that. Engines with virtual time have a
// tolerance of 0, and there is one instant and one window.

// toleranceSteps are the moves, in halves of the tolerance. The first is none.
var toleranceSteps = [...]int64{0, -2, -1, 1, 2}

// tolerance is how much earlier or later an expectation may hold.
func (j *Judge) tolerance() int64 {
	return int64(j.run.Tolerance)
}

// windows are those in one of which the expectation must hold, first the one that the scenario says; and when all are
// over.
func (j *Judge) windows(e *scenarios.AlertmanagerTest) (list []*network.Window, over int64) {
	from, to, half := int64(e.From), int64(e.To), j.tolerance()/2
	if half == 0 {
		return []*network.Window{{From: from, To: to}}, to
	}
	for _, i := range toleranceSteps {
		for _, k := range toleranceSteps {
			if from > 0 || i == 0 {
				list = append(list, &network.Window{From: from + i*half, To: to + k*half})
			}
		}
	}
	return list, to + 2*half
}

// anyWindow judges an expectation in windows, each of its counts in the one that suits it best.
func (j *Judge) anyWindow(list []*network.Window, check func(*network.Window)) {
	a := attempts{judge: j}
	for _, w := range list {
		if a.try(func() { check(w) }) {
			break
		}
	}
	a.close()
}

// attempts are several judgements of one expectation, of which one has to go well.
type attempts struct {
	judge  *Judge
	made   int
	failed []Failure // each time so far, as the first attempt has them
}

// try makes an attempt. It is true when no further one is needed.
func (a *attempts) try(check func()) bool {
	before := len(a.judge.failures)
	check()
	failed := slices.Clone(a.judge.failures[before:])
	a.judge.failures = a.judge.failures[:before]
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
		if t := a.judge.tolerance(); t > 0 {
			f.Message += fmt.Sprintf(" (and not within %v of it)", text.Duration(time.Duration(t)))
		}
		a.judge.failures = append(a.judge.failures, f)
	}
}

// A pendingLedgerTest is an expectation of the ledger within the tolerance of its time.
type pendingLedgerTest struct {
	pos  scenarios.Pos
	try  func() bool
	held bool
}

// CheckPending has the watches look at the ledger, which has changed.
func (j *Judge) CheckPending() {
	for _, w := range j.pending {
		w.held = w.held || w.try()
	}
}
