package scenarios

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios/internal/document"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// Checks of the releases and replicas that a test or an expectation is for.

// scope reads the releases that an expectation is for, and the releases on which it is known not to hold.
func (t *testChecker) scope(doc document.Scope) Scope {
	only := t.releaseNames(doc.Release)
	return Scope{only, t.failsOn(doc.FailsOn, only)}
}

// releaseNames reads the releases that a test or an expectation is for, which must be releases of the file. Nil means
// all.
func (t *testChecker) releaseNames(doc strictyaml.List[strictyaml.Value[string]]) []string {
	var names []string
	for _, name := range doc.Items {
		if !name.OK() {
			continue
		}
		if release, ok := t.releaseOfFile(name.V, name.Pos); ok {
			names = append(names, release)
		}
	}
	if doc.Given() && len(doc.Items) == 0 {
		t.Errorf(doc.Pos, "`release` is an empty list; leave it out, or write %s",
			strictyaml.Join(t.file.releaseNames(), "or"))
	}
	return names
}

// releaseOfFile returns the name of a release as the file spells it. A release that the file does not have is reported.
func (t *testChecker) releaseOfFile(name string, pos Pos) (string, bool) {
	if r, err := core.ParseRelease(name); err == nil {
		name = r.Name
	}
	return name, t.Known(pos, name, t.file.releaseNames(), "the file is not for release %q")
}

// failsOn reads a fails_on. Its releases must be among those of the file and among only, unless that is nil.
func (t *testChecker) failsOn(doc strictyaml.Dict[strictyaml.Value[string]], only []string) FailsOn {
	if doc.Entries != nil && len(doc.Entries) == 0 {
		t.Errorf(doc.Pos, "`fails_on` is empty; leave it out, or write an entry such as {v3.9: 'prometheus#7676'}")
	}
	var known FailsOn
	for _, e := range doc.Entries {
		release, ok := t.releaseOfFile(e.Key, e.Pos)
		if !ok {
			continue
		}
		switch {
		case only != nil && !slices.Contains(only, release):
			t.Errorf(e.Pos,
				"the expectation is not for release %s; remove the entry, or write %[1]s under `release` too", release)
		case t.test.Only != nil && !slices.Contains(t.test.Only, release):
			t.Errorf(e.Pos,
				"the test is not for release %s; remove the entry, or write %[1]s under the `release` of the test too", release)
		case slices.ContainsFunc(known, func(k KnownFailure) bool { return k.Release == release }):
			t.Errorf(e.Pos, "`fails_on` names release %s twice; remove one", release)
		}
		known = append(known, KnownFailure{e.Pos, release, t.reason(e.Value)})
	}
	return known
}

// reason reads the reason why something fails or is switched off.
func (t *testChecker) reason(v strictyaml.Value[string]) string {
	const write = "write the upstream issue or the cause, such as 'prometheus#7676: the queue is shared'"
	reason := strings.TrimSpace(v.V)
	switch {
	case !v.OK():
	case reason == "":
		t.Errorf(v.Pos, "the reason is empty; %s", write)
	case len(reason) > maxReason:
		t.Errorf(v.Pos, "the reason has %d bytes, above the limit of %d; shorten it, and move details to a comment",
			len(reason), maxReason)
	case strings.ContainsFunc(reason, unicode.IsControl):
		t.Errorf(v.Pos, "the reason contains a line break or another control character; %s", write)
	}
	return reason
}

// replicas reads how many servers a test has. If the number is invalid, it returns the maximum, so that fields that
// refer to a replica are not reported too.
func (t *testChecker) replicas() int {
	test, file := t.doc.Replicas, t.checker.doc.Replicas
	if test.Invalid || !test.Given() && file.Invalid {
		return maxReplicas
	}
	return int(cmp.Or(test.V, file.V, 1))
}

// replica reads the number of one of the test's servers; 0 means all of them. If the number is invalid, it returns that
// of a server that does not exist.
func (t *testChecker) replica(v strictyaml.Value[int64]) int {
	if n := t.test.Replicas; v.OK() && v.V > int64(n) {
		write := "write a lower number, or more replicas"
		if n == 1 {
			write = "write replicas: 2, or leave out `replica`"
		}
		t.Errorf(v.Pos, "there is no replica %d, since the test has %d; %s", v.V, n, write)
	}
	if v.Invalid {
		return maxReplicas + 1
	}
	return int(v.V)
}
