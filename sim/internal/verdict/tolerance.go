package verdict

import (
	"fmt"
	"slices"
	"time"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/network"
)

// In real time nothing happens at the exact instant: on the engine live an expectation may hold a little earlier or
// later than in the scenario. Each count of a ledger_test must hold at some instant within the tolerance of its
// eval_time. Each count of an alertmanager_test must hold in some window whose ends are within the tolerance of those
// of between. Both ends are moved in steps of half the tolerance, except a start at 0s, before which nothing happens.
// Engines with virtual time have a tolerance of 0, so that there is one instant and one window.

// toleranceSteps are the moves, in halves of the tolerance; the first is 0.
var toleranceSteps = [...]int64{0, -2, -1, 1, 2}

// tolerance is how much earlier or later an expectation may hold.
func (j *Judge) tolerance() int64 {
	return int64(j.run.Tolerance)
}

// windows returns the windows in one of which the expectation must hold, that of the scenario first, and when the last
// of them ends.
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

// anyWindow checks an expectation in windows. Each count must hold in one of them.
func (j *Judge) anyWindow(list []*network.Window, check func(*network.Window)) {
	a := attempts{judge: j}
	for _, w := range list {
		if a.try(func() { check(w) }) {
			break
		}
	}
	a.close()
}

// attempts are several checks of one expectation. Each of its counts must hold in one of them.
type attempts struct {
	judge  *Judge
	made   int
	failed []Failure // those of the first attempt whose counts failed in all attempts
}

// try makes an attempt. It returns true if no further attempt is needed.
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

// close adds the failures of the counts that held in no attempt.
func (a *attempts) close() {
	for _, f := range a.failed {
		if t := a.judge.tolerance(); t > 0 {
			f.Message += fmt.Sprintf(" (and not within %v of it)", text.Duration(time.Duration(t)))
		}
		a.judge.failures = append(a.judge.failures, f)
	}
}

// A pendingLedgerTest is an expectation of the ledger that may hold now, within the tolerance of its time.
type pendingLedgerTest struct {
	pos  scenarios.Pos
	try  func() bool
	held bool
}

// CheckPending checks the pending expectations of the ledger. It is called when the ledger has changed.
func (j *Judge) CheckPending() {
	for _, w := range j.pending {
		w.held = w.held || w.try()
	}
}
