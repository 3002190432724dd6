package sim

import (
	"fmt"

	"github.com/notifysim/notifysim/scenarios"
)

// judge judges an expectation, check, which on some releases is known not to hold. There it must not: when it does, the bug is
// mended, and that is a failure of the entry that says otherwise.
func (r *run) judge(known scenarios.FailsOn, check func()) {
	before := len(r.verdicts)
	check()
	k := known.At(r.release)
	if k == nil {
		return
	}
	failed := r.verdicts[before:]
	for i := range failed {
		failed[i].Known = k.Reason
	}
	if len(failed) == 0 {
		r.verdicts = append(r.verdicts, Failure{
			Pos:     k.Pos,
			Message: fmt.Sprintf("holds, but is known to fail (%s); the bug seems to be mended: remove the entry %s", k.Reason, k.Release),
			to:      -1, // nothing of the trace is behind it
		})
	}
}

// splitKnown tells what is news from what was known.
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
