package scenarios

import (
	"slices"
	"strings"
	"unicode"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// A FailsOn names the releases on which something that must hold is known not to: Prometheus' own bugs, each with where it is
// told. On these it must not hold, so that an entry goes when its bug is mended. Nil is none.
type FailsOn []KnownFailure

// A KnownFailure is one release on which something does not hold, and why: an upstream issue, or what we found.
type KnownFailure struct {
	Pos     Pos // of the entry
	Release string
	Reason  string // one line
}

// At returns the entry for a release, nil if there is none.
func (f FailsOn) At(r *core.Release) *KnownFailure {
	if i := slices.IndexFunc(f, func(k KnownFailure) bool { return k.Release == r.Name }); i >= 0 {
		return &f[i]
	}
	return nil
}

// A failsOnDoc is a fails_on as it is written.
type failsOnDoc = strictyaml.Dict[strictyaml.Value[string]]

// maxReason bounds a reason, in bytes: it is shown on one line.
const maxReason = 200

// failsOn reads a fails_on. Its releases are among the file's, and among those that the expectation is for (nil: all).
func (t *testChecker) failsOn(doc failsOnDoc, only []string) FailsOn {
	if doc.Entries != nil && len(doc.Entries) == 0 {
		t.Errorf(doc.Pos, "fails_on names no release; leave it out, or write such as {v3.9: 'prometheus#7676'}")
	}
	var known FailsOn
	for _, e := range doc.Entries {
		release, ok := t.releaseOfFile(e.Key, e.Pos)
		if !ok {
			continue
		}
		switch {
		case only != nil && !slices.Contains(only, release):
			t.Errorf(e.Pos, "the expectation is not for release %s; remove the entry, or write %[1]s under release too", release)
		case t.test.Only != nil && !slices.Contains(t.test.Only, release):
			t.Errorf(e.Pos, "the test is not for release %s; remove the entry, or write %[1]s under the test's release too", release)
		case slices.ContainsFunc(known, func(k KnownFailure) bool { return k.Release == release }):
			t.Errorf(e.Pos, "fails_on names release %s twice; remove one", release)
		}
		known = append(known, KnownFailure{e.Pos, release, t.reason(e.Value)})
	}
	return known
}

// reason reads why something fails.
func (t *testChecker) reason(v strictyaml.Value[string]) string {
	const write = "write the upstream issue or what is known, such as 'prometheus#7676: the queue is shared'"
	reason := strings.TrimSpace(v.V)
	switch {
	case !v.OK():
	case reason == "":
		t.Errorf(v.Pos, "the reason is empty; %s", write)
	case len(reason) > maxReason:
		t.Errorf(v.Pos, "the reason has %d bytes, above the limit of %d; write less, and the rest in a comment", len(reason), maxReason)
	case strings.ContainsFunc(reason, unicode.IsControl):
		t.Errorf(v.Pos, "the reason has more than one line, or a control character; %s", write)
	}
	return reason
}
