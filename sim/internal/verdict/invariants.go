package verdict

import (
	"fmt"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/invariant"
)

// JudgeInvariants adds a failure for each violation, unless the release does not promise the invariant. lost is why the
// run ended early, or nil.
func (j *Judge) JudgeInvariants(lost error) {
	known, violations := map[invariant.Invariant]scenarios.FailsOn{}, j.run.Violations()
	for v := range invariant.Number {
		if entry := j.run.Test.Invariant(v.String()); entry != nil && entry.Off == "" {
			known[v] = entry.FailsOn
		}
	}
	for v := range invariant.Number {
		j.expect(known[v], func() {
			for _, o := range violations {
				if o.Of == v && (o.Excuse == "" || known[v].At(j.run.Release) != nil) {
					j.fail(invariantFailure(&o, j.run.Test, lost))
				}
			}
		})
	}
}

// invariantFailure is a violation as a failure; lost is why the run ended early, or nil.
func invariantFailure(v *invariant.Violation, t *scenarios.Test, lost error) Failure {
	msg := fmt.Sprintf("invariant %s: %s (event #%d at %v)", v.Invariant, v.Message, v.Event, text.Duration(v.At))
	if v.Count > 1 {
		msg = fmt.Sprintf("invariant %s: %s (event #%d at %v, the first of %d times)", v.Invariant, v.Message, v.Event,
			text.Duration(v.At), v.Count)
	}
	if lost != nil {
		msg += "; the run ended there: " + lost.Error()
	}
	pos := t.Pos
	if entry := t.Invariant(v.Invariant); entry != nil {
		pos = entry.Pos
	}
	return Failure{
		Pos: pos, Message: msg, Scope: &Scope{v.Target, v.At, v.At}, target: v.Target, to: int64(v.At), event: v.Event,
	}
}
