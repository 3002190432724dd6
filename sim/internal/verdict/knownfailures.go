package verdict

import (
	"fmt"

	"github.com/notifysim/notifysim/scenarios"
)

// expect checks an expectation, by check, that is known not to hold on some releases. On those it must fail: if it
// holds, the bug is fixed, and the entry of fails_on is wrong.
func (j *Judge) expect(known scenarios.FailsOn, check func()) {
	before := len(j.failures)
	check()
	k := known.At(j.run.Release)
	if k == nil {
		return
	}
	failed := j.failures[before:]
	for i := range failed {
		failed[i].Known = k.Reason
	}
	if len(failed) == 0 {
		j.failures = append(j.failures, Failure{
			Pos: k.Pos,
			Message: fmt.Sprintf("holds, but is known to fail (%s); the bug seems to be fixed: remove the entry %s", k.Reason,
				k.Release),
			to: -1, // no event explains it
		})
	}
}

// splitKnown separates failures of expectations that should hold from known ones.
func splitKnown(all []Failure) (unexpected, known []Failure) {
	for _, f := range all {
		if f.Known == "" {
			unexpected = append(unexpected, f)
		} else {
			known = append(known, f)
		}
	}
	return unexpected, known
}
