package scenarios

import (
	"regexp"
	"strings"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios/internal/document"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// Checks of what is valid but most likely not meant. They add notes, which File.Warnings returns.

// otherRange matches ranges in notations other than that of patterns, such as {1..10} or (1-8).
var otherRange = regexp.MustCompile(`[{(]([0-9]+)(?:\.\.+|-|,)([0-9]+)[})]`)

// noteRange adds a note about a name with a range in a notation that has no meaning here.
func (c *checker) noteRange(v strictyaml.Value[string]) {
	if m := otherRange.FindStringSubmatch(v.V); m != nil {
		c.notes.Errorf(v.Pos, "%q is a single name, not a range; write [%s-%s] for a range",
			strictyaml.Shorten(v.V), m[1], m[2])
	}
}

// noteRelease adds a note about a patch release that does not exist.
func (c *checker) noteRelease(pos Pos, r *core.Release) {
	if newest, known := r.NewestPatch(); !known {
		line := newest[:strings.LastIndexByte(newest, '.')]
		c.notes.Errorf(pos,
			"the newest known release of %s is %s, so there may be no %s; write %s, which stands for the newest",
			line, newest, r.Name, line)
	}
}

// noteEnd adds a note about values that end while the alert fires and before the test ends.
func (t *testChecker) noteEnd(v strictyaml.Value[string], firing []bool) {
	end := time.Duration(len(firing)) * t.file.EvaluationInterval
	if n := len(firing); n > 0 && firing[n-1] && t.doc.Duration.OK() && end < t.doc.Duration.V {
		t.notes.Errorf(v.Pos, "the values end while the alert fires, so it is resolved at %s, before the test ends at %s; "+
			"write more values if it should go on firing, or _ at the end if not",
			strictyaml.FormatDuration(end), strictyaml.FormatDuration(t.doc.Duration.V))
	}
}

// noteFault adds a note about an event that lasts longer than the test.
func (t *testChecker) noteFault(doc *document.Event) {
	end := t.doc.Duration
	if doc.At.OK() && doc.For.OK() && end.OK() && doc.For.V > end.V-doc.At.V {
		t.notes.Errorf(doc.For.Pos, "the event lasts until %s, but the test ends at %s; "+
			"what would happen later is not simulated",
			strictyaml.FormatDuration(doc.At.V+doc.For.V), strictyaml.FormatDuration(end.V))
	}
}
