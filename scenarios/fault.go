package scenarios

import (
	"time"

	"github.com/notifysim/notifysim/fakeam"
)

// kinds are the kinds of faults, and whether a fault is of them.
func (doc *faultDoc) kinds() []choice {
	return []choice{
		{"hang", doc.Hang.V}, {"refuse", doc.Refuse.V}, {"reset", doc.Reset.V}, {"status", doc.Status.given()},
		{"lose_response", doc.LoseResponse.V}, {"truncate", doc.Truncate.V}, {"slow_body", doc.SlowBody.given()},
		{"partial", doc.Partial.given()}, {"wrong_content", doc.WrongContent.V},
		{"tls", doc.TLS.V}, {"rate_limit", doc.RateLimit.given()},
	}
}

// kindsOr lists the kinds of faults in a sentence.
func kindsOr() string {
	var names []string
	for _, k := range (&faultDoc{}).kinds() {
		names = append(names, k.name)
	}
	return join(names, "or")
}

// fault returns the fault that doc describes and how many kinds it names, of which one is the most.
func (t *testChecker) fault(pos Pos, what string, doc *faultDoc) (fakeam.Fault, int) {
	f := fakeam.Fault{
		Hang: doc.Hang.V, Refuse: doc.Refuse.V, Reset: doc.Reset.V, Status: int(doc.Status.V),
		LoseResponse: doc.LoseResponse.V, Truncate: doc.Truncate.V, SlowBody: doc.SlowBody.V, Partial: doc.Partial.V,
		WrongContent: doc.WrongContent.V, TLS: doc.TLS.V, RateLimit: int(doc.RateLimit.V),
		Probability: doc.Probability.V, Ramp: doc.Ramp.V, Every: doc.Every.V, For: doc.For.V,
		After: int(doc.After.V), First: int(doc.First.V),
	}
	var kinds []string
	for _, k := range doc.kinds() {
		if k.given {
			kinds = append(kinds, k.name)
		}
	}
	if len(kinds) > 1 {
		t.errorf(pos, "%s has the faults %s; write one of them", what, join(kinds, "and"))
	}
	for _, v := range []struct {
		name string
		pos  Pos
	}{
		{"probability", doc.Probability.Pos}, {"ramp", doc.Ramp.Pos}, {"every", doc.Every.Pos}, {"for", doc.For.Pos},
		{"after", doc.After.Pos}, {"first", doc.First.Pos},
	} {
		if v.pos.Line > 0 && len(kinds) == 0 {
			t.errorf(v.pos, "%s limits a fault, and there is none; write %s too", v.name, kindsOr())
		}
	}
	switch every, part := doc.Every, doc.For; {
	case every.given() && !part.given():
		t.errorf(every.Pos, "every has no for; write how long the fault lasts in each period, such as for: 2s")
	case part.given() && !every.given():
		t.errorf(part.Pos, "for is a part of every, which is missing; write such as every: 30s, or how long an event's fault lasts as for: beside at:")
	default:
		t.period(every, part)
	}
	return f, len(kinds)
}

// period reports a part of a period that is not shorter than the period.
func (t *testChecker) period(every, part value[time.Duration]) {
	if every.ok() && part.ok() && part.V >= every.V {
		t.errorf(part.Pos, "for is %s and every %s; write a for that is shorter", formatDuration(part.V), formatDuration(every.V))
	}
}
