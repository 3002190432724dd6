package scenarios

import (
	"slices"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// For reports whether the test is for the release.
func (t *Test) For(r *core.Release) bool { return isFor(t.Only, r) }

// For reports whether the expectation is for the release.
func (e *LedgerTest) For(r *core.Release) bool { return isFor(e.Only, r) }

// For reports whether the expectation is for the release.
func (e *AlertmanagerTest) For(r *core.Release) bool { return isFor(e.Only, r) }

// For reports whether the threshold is for the release.
func (h *Threshold) For(r *core.Release) bool { return isFor(h.Only, r) }

func isFor(only []string, r *core.Release) bool {
	return only == nil || slices.Contains(only, r.Name)
}

// only reads the releases to which a test or an expectation is limited: some of the file's.
func (t *testChecker) only(doc strictyaml.List[string]) []string {
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
		t.Errorf(doc.Pos, "release is an empty list; leave it out, or write %s", strictyaml.Join(t.file.releaseNames(), "or"))
	}
	return names
}

// releaseOfFile returns the name of a release as the file has it; one that is not the file's is wrong.
func (t *testChecker) releaseOfFile(name string, pos Pos) (string, bool) {
	if r, err := core.ParseRelease(name); err == nil {
		name = r.Name
	}
	known := t.file.releaseNames()
	if !slices.Contains(known, name) {
		t.Errorf(pos, "release %q is not among the file's; %s", strictyaml.Shorten(name), strictyaml.WriteOneOf(name, known))
		return "", false
	}
	return name, true
}

func (f *File) releaseNames() []string {
	var names []string
	for _, r := range f.Releases {
		names = append(names, r.Name)
	}
	return names
}
