package scenarios

import (
	"time"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// kinds are the kinds of faults, and whether a fault is of them.
func (doc *faultDoc) kinds() []strictyaml.Choice {
	return []strictyaml.Choice{
		strictyaml.NewChoice("hang", doc.Hang.V), strictyaml.NewChoice("refuse", doc.Refuse.V), strictyaml.NewChoice("reset", doc.Reset.V), strictyaml.NewChoice("status", doc.Status.Given()),
		strictyaml.NewChoice("lose_response", doc.LoseResponse.V), strictyaml.NewChoice("truncate", doc.Truncate.V), strictyaml.NewChoice("slow_body", doc.SlowBody.Given()),
		strictyaml.NewChoice("partial", doc.Partial.Given()), strictyaml.NewChoice("wrong_content", doc.WrongContent.V),
		strictyaml.NewChoice("tls", doc.TLS.V), strictyaml.NewChoice("rate_limit", doc.RateLimit.Given()),
	}
}

// kindsOr lists the kinds of faults in a sentence.
func kindsOr() string {
	var names []string
	for _, k := range (&faultDoc{}).kinds() {
		names = append(names, k.Name)
	}
	return strictyaml.Join(names, "or")
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
		if k.Given {
			kinds = append(kinds, k.Name)
		}
	}
	if len(kinds) > 1 {
		t.Errorf(pos, "%s has the faults %s; write one of them", what, strictyaml.Join(kinds, "and"))
	}
	for _, v := range []struct {
		name string
		pos  Pos
	}{
		{"probability", doc.Probability.Pos}, {"ramp", doc.Ramp.Pos}, {"every", doc.Every.Pos}, {"for", doc.For.Pos},
		{"after", doc.After.Pos}, {"first", doc.First.Pos},
	} {
		if v.pos.Line > 0 && len(kinds) == 0 {
			t.Errorf(v.pos, "%s limits a fault, and there is none; write %s too", v.name, kindsOr())
		}
	}
	switch every, part := doc.Every, doc.For; {
	case every.Given() && !part.Given():
		t.Errorf(every.Pos, "every has no for; write how long the fault lasts in each period, such as for: 2s")
	case part.Given() && !every.Given():
		t.Errorf(part.Pos, "for is a part of every, which is missing; write such as every: 30s, or how long an event's fault lasts as for: beside at:")
	default:
		t.period(every, part)
	}
	return f, len(kinds)
}

// period reports a part of a period that is not shorter than the period.
func (t *testChecker) period(every, part strictyaml.Value[time.Duration]) {
	if every.OK() && part.OK() && part.V >= every.V {
		t.Errorf(part.Pos, "for is %s and every %s; write a for that is shorter", strictyaml.FormatDuration(part.V), strictyaml.FormatDuration(every.V))
	}
}
