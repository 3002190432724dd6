package verdict

import (
	"fmt"

	"github.com/notifysim/notifysim/scenarios"
)

// expect judges an expectation, check, which on some releases is known not to hold. There it must not: when it does,
// the bug is mended, and that is a failure of the entry that says otherwise.
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
			Message: fmt.Sprintf("holds, but is known to fail (%s); the bug seems to be mended: remove the entry %s", k.Reason,
				k.Release),
			to: -1, // nothing of the trace is behind it
		})
	}
}

// splitKnown separates new failures from known ones.
func splitKnown(all []Failure) (news, known []Failure) {
	for _, f := range all {
		if f.Known == "" {
			news = append(news, f)
		} else {
			known = append(known, f)
		}
	}
	return news, known
}
