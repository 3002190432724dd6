package scenarios

import "time"

// arrivals reads how often a send is repeated, and for how long.
func (t *testChecker) arrivals(doc *eventDoc, s *Send) {
	if doc.Send.Every == nil {
		return
	}
	every := t.distribution(doc.Send.Every)
	if doc.Send.Every.bad {
		return
	}
	s.Every, s.For = &every, doc.For.V
	if !doc.For.Given() {
		if s.For = t.doc.Duration.V - doc.At.V; !t.doc.Duration.Given() {
			t.Errorf(doc.Send.Pos, "the send is repeated for ever; write for: beside at:, such as for: 10m, or the duration of the test")
			return
		}
	}
	if half := every.Median(); half < time.Microsecond {
		t.Errorf(doc.Send.Pos, "half of the sends come within %s of the one before, and there is no end of them; write an every of at least 1us", half)
	} else if n := int64(s.For / half); n > maxSends {
		t.Errorf(doc.Send.Pos, "these are %d sends, above the limit of %d; write a longer every, or a shorter for", n, maxSends)
	}
}
