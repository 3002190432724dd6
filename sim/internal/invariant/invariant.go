package invariant

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/engine"
)

// An Invariant is something that holds after every event of a run.
type Invariant uint8

// The invariants, in the order of scenarios.InvariantNames.
const (
	conservation     Invariant = iota // the ledger adds up
	queueBound                        // a queue holds no more than its capacity, and drops nothing while there is room
	batchBound                        // a request has no more alerts than the batch size, and is not empty
	fifo                              // requests to an Alertmanager go out and are accepted in the order of Send
	oldestFirst                       // a full queue drops the oldest alerts
	oneRequest                        // an Alertmanager has at most one request in flight
	noSendAfter                       // no request begins after its Alertmanager was removed or Run has returned
	sendNeverBlocks                   // Send does not wait for the manager's lock
	metricsMatch                      // the counters equal the sums of the events, counted as the release counts
	lossesCounted                     // dropped_total, as scraped, counts every lost alert
	atLeastOnePerSet                  // a delivered batch was accepted by an Alertmanager of every set
	targetsUnique                     // no set contains an Alertmanager twice
	// after the last event that gives the notifier work, its queues become empty within a time that follows from the
	// configuration
	quiesces
	Number // the number of invariants
)

var invariantNames = scenarios.InvariantNames()

func (v Invariant) String() string { return invariantNames[v] }

// An exception is an invariant that some releases do not promise, although users may expect it. An exception may cover
// one kind of violation only.
type exception struct {
	invariant Invariant
	only      violationCase
	releases  func(*core.Release) bool
	reason    string
}

// A violationCase is a kind of violation that some releases allow.
type violationCase uint8

const (
	anyCase     violationCase = iota
	caseOverlap               // one Alertmanager has overlapping requests
	caseStop                  // the sender stops
	caseHang                  // the notifier hangs for ever
)

// relabellingDeadlock is why the notifier hangs in releases with SetRelabelDeadlocks.
const relabellingDeadlock = "prometheus#13861: a set whose relabelling drops a whole batch never releases its lock"

// exceptions lists which invariants releases do not promise, depending on the fields of core.Release.
var exceptions = []exception{
	{oneRequest, anyCase, drainsBeside,
		"a drain posts while another request is in flight (sendloop.go, stop and drainQueue)"},
	{fifo, caseOverlap, drainsBeside,
		"a drain overtakes the request that is in flight (sendloop.go, stop and drainQueue)"},
	{sendNeverBlocks, anyCase, drainsBeside,
		"a leaving Alertmanager's queue is drained while the lock is held that Send needs (manager.go, reload)"},
	{sendNeverBlocks, anyCase, deadlocks, relabellingDeadlock},
	{quiesces, caseHang, deadlocks, relabellingDeadlock},
	{quiesces, caseStop, func(r *core.Release) bool { return r.Stop == core.StopAborts },
		"prometheus#14290: Stop abandons all alerts that wait or are in flight"},
	{quiesces, caseStop, drainsBeside,
		"Run returns without waiting for the request in flight (alertmanagerset.go, startSendLoops)"},
	{lossesCounted, anyCase, func(r *core.Release) bool { return r.Success != core.AnyAlertmanager },
		"alerts sent while there is no Alertmanager are not counted (prometheus#15979), nor those whose counters go with " +
			"an Alertmanager"},
	{atLeastOnePerSet, anyCase, func(r *core.Release) bool { return r.Success == core.AnyAlertmanager },
		"prometheus#15978: one Alertmanager of any set is enough"},
}

func drainsBeside(r *core.Release) bool { return r.Stop == core.StopOvertakes }
func deadlocks(r *core.Release) bool    { return r.SetRelabel == core.SetRelabelDeadlocks }

// excuse returns why a release does not promise an invariant, or "" if it promises it.
func (v Invariant) excuse(c violationCase, rel *core.Release) string {
	for _, e := range exceptions {
		if e.invariant == v && (e.only == anyCase || e.only == c) && e.releases(rel) {
			return e.reason
		}
	}
	return ""
}

// A Violation is the first time in a run that an invariant did not hold.
type Violation struct {
	Invariant string
	// Excuse is why the release does not promise the invariant, or "" if it promises it.
	Excuse string
	Event  int64 // the number of the last event before the violation was noticed
	At     time.Duration
	Target string // the address of the Alertmanager, or ""
	// Message says what happened the first time; Count is how often it happened.
	Message string
	Count   int64

	// Of is the invariant.
	Of   Invariant
	kind violationCase
}

// Excuses returns the reasons for which a release does not promise the invariant called name, one for each kind of
// violation that the release allows.
func Excuses(name string, rel *core.Release) []string {
	list := []string{}
	for _, e := range exceptions {
		if e.invariant.String() == name && e.releases(rel) {
			list = append(list, e.reason)
		}
	}
	return list
}

// violated records a violation. Violations are rare, so formatting the message may take time.
func (c *Checker) violated(v Invariant, kind violationCase, target, format string, args ...any) {
	if c.off[v] {
		return
	}
	for i := range c.violations {
		if o := &c.violations[i]; o.Of == v && o.kind == kind {
			o.Count++
			return
		}
	}
	if target != "" {
		format = target + " " + format
	}
	c.violations = append(c.violations, Violation{
		Invariant: v.String(), Excuse: v.excuse(kind, c.release), Event: c.world.Seq, At: time.Duration(c.world.Now),
		Target: target, Message: fmt.Sprintf(format, args...), Count: 1, Of: v, kind: kind,
	})
}

// Violations returns the violations so far.
func (c *Checker) Violations() []Violation { return c.violations }

// Explains reports whether a violation without an excuse is the reason for err, the error with which a run ended.
func (c *Checker) Explains(err error) bool {
	var u engine.Untraceable
	return errors.As(err, &u) && slices.ContainsFunc(c.violations, func(v Violation) bool { return v.Excuse == "" })
}
