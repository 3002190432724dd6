package sim

import (
	"fmt"
	"slices"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/invariant"
)

// A Violation is the first time in a run that an invariant did not hold.
type Violation = invariant.Violation

// Excuses returns why a release does not promise an invariant: all reasons, one for each kind of violation.
func Excuses(name string, rel *core.Release) []string { return invariant.Excuses(name, rel) }

// judgeInvariants makes verdicts of the violations, by what the test says of them and the release promises.
func (j *judge) judgeInvariants(lost error) {
	known, violations := map[invariant.Invariant]scenarios.FailsOn{}, j.run.violations()
	for v := range invariant.Number {
		if entry := j.run.test.Invariant(v.String()); entry != nil && entry.Off == "" {
			known[v] = entry.FailsOn
		}
	}
	for v := range invariant.Number {
		j.expect(known[v], func() {
			for _, o := range violations {
				if o.Of == v && (o.Excuse == "" || known[v].At(j.run.release) != nil) {
					j.fail(invariantFailure(&o, j.run.test, lost))
				}
			}
		})
	}
}

// invariantFailure is a violation as a failure; lost is why the run could not be followed any further, or nil.
func invariantFailure(v *invariant.Violation, t *scenarios.Test, lost error) Failure {
	msg := fmt.Sprintf("invariant %s: %s (event #%d at %v)", v.Invariant, v.Message, v.Event, text.Duration(v.At))
	if v.Count > 1 {
		msg = fmt.Sprintf("invariant %s: %s (event #%d at %v, the first of %d times)", v.Invariant, v.Message, v.Event, text.Duration(v.At), v.Count)
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

// violations are those of all senders.
func (r *run) violations() (all []Violation) {
	for _, s := range r.senders {
		all = append(all, s.checker.Violations()...)
	}
	return all
}

// explains reports whether a violation tells why the run ended with err.
func (r *run) explains(err error) bool {
	return slices.ContainsFunc(r.senders, func(s *sender) bool { return s.checker != nil && s.checker.Explains(err) })
}
