package sim

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
)

// An invariant is something that holds after every event of a run, whatever the scenario. Its checker stands beside the notifier: it
// sees what is handed over, dropped, posted and answered, keeps a little state of its own, and asks the rules nothing. That the
// ledger adds up, which is one too, is checked where the books are (sender.check); there it is a fault of the run. A streak of requests
// that go well (see streak) is one event to it.
type invariant uint8

// The invariants, in the order of scenarios.InvariantNames.
const (
	conservation     invariant = iota // the ledger adds up
	queueBound                        // a queue holds no more than its capacity, and drops nothing while there is room
	batchBound                        // a request has no more alerts than the batch size, and is not empty
	fifo                              // an Alertmanager is sent, and answers, alerts in the order in which they were handed over
	oldestFirst                       // what a full queue drops is older than all that stays in it
	oneRequest                        // an Alertmanager has one request at a time
	noSendAfter                       // no request begins once its Alertmanager is removed, or Run has returned
	sendNeverBlocks                   // Send does not wait
	metricsMatch                      // the counters are what the events add up to, by what the release counts
	lossesCounted                     // whoever scrapes sees each lost alert in dropped_total
	atLeastOnePerSet                  // a batch that no set took is counted as lost, and one that every set took is not
	targetsUnique                     // a set has an Alertmanager once
	quiesces                          // when all trouble is over the queues empty, within a time that the configuration gives
	numInvariants
)

var invariantNames = scenarios.InvariantNames()

func (v invariant) String() string { return invariantNames[v] }

// An exception is an invariant that some releases do not promise, though their users may think so. A case narrows it to violations
// of one kind.
type exception struct {
	invariant invariant
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
	caseHang                  // of a notifier that never goes on
)

// exceptions are by the columns of the release table.
var exceptions = []exception{
	{oneRequest, anyCase, drainsBeside, "a drain posts beside the request that is under way (sendloop.go, stop and drainQueue)"},
	{fifo, caseOverlap, drainsBeside, "a drain overtakes the request that is under way (sendloop.go, stop and drainQueue)"},
	{sendNeverBlocks, anyCase, drainsBeside, "an Alertmanager that leaves is drained under the lock that Send needs (manager.go, reload)"},
	{sendNeverBlocks, anyCase, deadlocks, "prometheus#13861: a set's relabelling that drops a whole batch keeps a lock for ever"},
	{quiesces, caseHang, deadlocks, "prometheus#13861: a set's relabelling that drops a whole batch keeps a lock for ever"},
	{quiesces, caseStop, func(r *core.Release) bool { return r.Stop == core.StopAborts }, "prometheus#14290: Stop gives up all that waits and is in flight"},
	{quiesces, caseStop, drainsBeside, "nobody waits for the request that is under way when the sender stops (alertmanagerset.go, startSendLoops)"},
	{lossesCounted, anyCase, func(r *core.Release) bool { return r.Success != core.AnyAlertmanager }, "alerts that meet no Alertmanager are not counted (prometheus#15979), nor those whose counters go with an Alertmanager"},
	{atLeastOnePerSet, anyCase, func(r *core.Release) bool { return r.Success == core.AnyAlertmanager }, "prometheus#15978: one Alertmanager of any set is enough"},
}

func drainsBeside(r *core.Release) bool { return r.Stop == core.StopOvertakes }
func deadlocks(r *core.Release) bool    { return r.SetRelabel == core.SetRelabelDeadlocks }

// excuse returns why a release does not promise an invariant, "" if it does.
func (v invariant) excuse(c violationCase, rel *core.Release) string {
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

	what invariant
	kind violationCase
}

// violated notes that an invariant does not hold. It is seldom called: the message may cost something.
func (w *watch) violated(v invariant, c violationCase, p *peer, format string, args ...any) {
	if w.off[v] {
		return
	}
	for i := range w.violations {
		if o := &w.violations[i]; o.what == v && o.kind == c {
			o.Count++
			return
		}
	}
	target := ""
	if p != nil {
		target = p.address
		format = target + " " + format
	}
	w.violations = append(w.violations, Violation{
		Invariant: v.String(), Excuse: v.excuse(c, w.release), Event: w.seq, At: time.Duration(w.now),
		Target: target, Message: fmt.Sprintf(format, args...), Count: 1, what: v, kind: c,
	})
}

// judgeInvariants makes verdicts of the violations, by what the test says of them and the release promises.
func (r *run) judgeInvariants(lost error) {
	known, violations := map[invariant]scenarios.FailsOn{}, r.violations()
	for v := range numInvariants {
		if entry := r.test.Invariant(v.String()); entry != nil && entry.Off == "" {
			known[v] = entry.FailsOn
		}
	}
	for v := range numInvariants {
		r.judge(known[v], func() {
			for _, o := range violations {
				if o.what == v && (o.Excuse == "" || known[v].At(r.release) != nil) {
					r.verdicts = append(r.verdicts, o.failure(r.test, lost))
				}
			}
		})
	}
}

func (v *Violation) failure(t *scenarios.Test, lost error) Failure {
	msg := fmt.Sprintf("invariant %s: %s (event #%d at %v)", v.Invariant, v.Message, v.Event, Short(v.At))
	if v.Count > 1 {
		msg = fmt.Sprintf("invariant %s: %s (event #%d at %v, the first of %d times)", v.Invariant, v.Message, v.Event, Short(v.At), v.Count)
	}
	if lost != nil {
		msg += "; the run could not be followed any further: " + lost.Error()
	}
	pos := t.Pos
	if entry := t.Invariant(v.Invariant); entry != nil {
		pos = entry.Pos
	}
	return Failure{Pos: pos, Message: msg, target: v.Target, to: int64(v.At), event: v.Event}
}

// untraceable is the error of a run that cannot be followed because the notifier did what it must not. If an invariant says so
// too, that is told instead.
type untraceable struct{ error }

func (u untraceable) Unwrap() error { return u.error }

// explains reports whether a violation that the release has no excuse for tells why a run ended with err.
func (w *watch) explains(err error) bool {
	var u untraceable
	return errors.As(err, &u) && slices.ContainsFunc(w.violations, func(v Violation) bool { return v.Excuse == "" })
}

// violations are those of all senders.
func (r *run) violations() (all []Violation) {
	for _, s := range r.senders {
		all = append(all, s.guard.violations...)
	}
	return all
}

// explains reports whether a violation tells why the run ended with err.
func (r *run) explains(err error) bool {
	return slices.ContainsFunc(r.senders, func(s *sender) bool { return s.guard != nil && s.guard.explains(err) })
}

// leading renders the events that lead to one: what caused it, and the last before it that concern the Alertmanager.
func leading(events []Event, seq int64, target string) []string {
	last := int(min(seq, int64(len(events)))) - 1
	keep := map[int]bool{}
	for i := last; i >= 0 && len(keep) < 4; i = int(events[i].Cause) - 1 {
		keep[i] = true
	}
	for i := last; i >= 0 && len(keep) < maxEvents; i-- {
		if events[i].about(target) {
			keep[i] = true
		}
	}
	var lines []string
	for _, i := range slices.Sorted(maps.Keys(keep)) {
		lines = append(lines, events[i].String())
	}
	return lines
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
