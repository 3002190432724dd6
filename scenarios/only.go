package scenarios

import (
	"slices"

	"github.com/notifysim/notifysim/notifier"
)

// For reports whether the test is for the release.
func (t *Test) For(r *notifier.Release) bool { return isFor(t.Only, r) }

// For reports whether the expectation is for the release.
func (e *LedgerTest) For(r *notifier.Release) bool { return isFor(e.Only, r) }

// For reports whether the expectation is for the release.
func (e *AlertmanagerTest) For(r *notifier.Release) bool { return isFor(e.Only, r) }

func isFor(only []string, r *notifier.Release) bool {
	return only == nil || slices.Contains(only, r.Name)
}

// only reads the releases to which a test or an expectation is limited: some of the file's.
func (t *testChecker) only(doc list[string]) []string {
	var names, known []string
	for _, r := range t.file.Releases {
		known = append(known, r.Name)
	}
	for _, name := range doc.Items {
		if !name.ok() {
			continue
		}
		if r, err := notifier.ParseRelease(name.V); err == nil {
			name.V = r.Name
		}
		if !slices.Contains(known, name.V) {
			t.errorf(name.Pos, "release %q is not among the file's; %s", shorten(name.V), writeOneOf(name.V, known))
			continue
		}
		names = append(names, name.V)
	}
	if doc.given() && len(doc.Items) == 0 {
		t.errorf(doc.Pos, "release is an empty list; leave it out, or write %s", join(known, "or"))
	}
	return names
}
