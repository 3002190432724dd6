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
	fifo                              // an Alertmanager is posted, and accepts, alerts in the order of the calls of Send
	oldestFirst                       // a full queue drops alerts that are older than all that stay in it
	oneRequest                        // an Alertmanager has one request at a time
	noSendAfter                       // no request begins after its Alertmanager was removed or Run has returned
	sendNeverBlocks                   // Send does not wait
	metricsMatch                      // the counters equal the sums of the events, by what the release counts
	lossesCounted                     // dropped_total, as scraped, counts each lost alert
	atLeastOnePerSet                  // a batch counts as delivered only if an Alertmanager of every set accepted it
	targetsUnique                     // no set has an Alertmanager twice
	// after the last event that gives the notifier work, the queues empty within a time that follows from the
	// configuration
	quiesces
	Number // of invariants
)

var invariantNames = scenarios.InvariantNames()

func (v Invariant) String() string { return invariantNames[v] }

// An exception is an invariant that some releases do not promise, though users may expect it. It may be limited to
// violations of one kind.
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
	caseOverlap               // of requests that one Alertmanager has at once
	caseStop                  // when the sender stops
	caseHang                  // of a notifier that hangs for ever
)

// relabellingDeadlock is why releases with SetRelabelDeadlocks hang.
const relabellingDeadlock = "prometheus#13861: a set whose relabelling drops a whole batch never releases its lock"

// exceptions are what the releases do not promise, by the fields of core.Release.
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

// excuse returns why a release does not promise an invariant, "" if it does.
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
	// Excuse is why the release does not promise the invariant, "" if it does.
	Excuse string
	Event  int64 // the number of the last event before it was noticed
	At     time.Duration
	Target string // the Alertmanager, or ""
	// Message says what happened; Count is how often it did.
	Message string
	Count   int64

	// Of is the invariant.
	Of   Invariant
	kind violationCase
}

// Excuses returns why a release does not promise an invariant: all reasons, one for each kind of violation.
func Excuses(name string, rel *core.Release) []string {
	list := []string{}
	for _, e := range exceptions {
		if e.invariant.String() == name && e.releases(rel) {
			list = append(list, e.reason)
		}
	}
	return list
}

// violated records a violation. It is rare, so that formatting the message may take time.
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

// Violations are the violations so far.
func (c *Checker) Violations() []Violation { return c.violations }

// Explains reports whether a violation without an excuse is the reason for the err with which a run ended.
func (c *Checker) Explains(err error) bool {
	var u engine.Untraceable
	return errors.As(err, &u) && slices.ContainsFunc(c.violations, func(v Violation) bool { return v.Excuse == "" })
}
