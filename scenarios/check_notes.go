package scenarios

import (
	"regexp"
	"time"

	"github.com/notifysim/notifysim/scenarios/internal/document"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// Notes are about what is valid but most likely not meant.

// otherRange matches ranges as shells and PromQL write them.
var otherRange = regexp.MustCompile(`[{(]([0-9]+)(?:\.\.+|-|,)([0-9]+)[})]`)

// noteRange notes a name that seems to have a range, in brackets that mean nothing here.
func (c *checker) noteRange(v strictyaml.Value[string]) {
	if m := otherRange.FindStringSubmatch(v.V); m != nil {
		c.notes.Errorf(v.Pos, "%q is one name, and not a range; write [%s-%s] for a range", strictyaml.Shorten(v.V), m[1], m[2])
	}
}

// noteEnd notes values that end, with the alert firing, before the test does.
func (t *testChecker) noteEnd(v strictyaml.Value[string], firing []bool) {
	end := time.Duration(len(firing)) * t.file.EvaluationInterval
	if n := len(firing); n > 0 && firing[n-1] && t.doc.Duration.OK() && end < t.doc.Duration.V {
		t.notes.Errorf(v.Pos, "the values end while the alert fires, so it is resolved at %s, before the test ends at %s; "+
			"write more values if it is to fire on, or _ at the end",
			strictyaml.FormatDuration(end), strictyaml.FormatDuration(t.doc.Duration.V))
	}
}

// noteFault notes a fault that lasts longer than the test.
func (t *testChecker) noteFault(doc *document.Event) {
	end := t.doc.Duration
	if doc.At.OK() && doc.For.OK() && end.OK() && doc.For.V > end.V-doc.At.V {
		t.notes.Errorf(doc.For.Pos, "the event lasts until %s, and the test ends at %s: what happens after it ends is not seen",
			strictyaml.FormatDuration(doc.At.V+doc.For.V), strictyaml.FormatDuration(end.V))
	}
}
