package scenarios

import (
	"time"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/scenarios/internal/document"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// eventFault reads the fault of an event.
func (t *testChecker) eventFault(doc *document.Event) *Fault {
	f := &Fault{Target: doc.Target.V, For: doc.For.V}
	switch {
	case doc.Fault == nil:
		t.Missing(doc.Mapping, "the event has a target and no fault; write such as fault: {hang: true}")
		return f
	case !doc.Target.Given():
		t.Missing(doc.Mapping, "the event has a fault and no target; write target: and an Alertmanager's address")
	}
	t.target(doc.Target)
	var kinds int
	if f.Fault, kinds = t.fault(doc.Fault.Pos, "fault", &doc.Fault.Fault); kinds == 0 {
		t.Missing(doc.Fault.Mapping, "fault has no kind; write one of %s", document.FaultKinds())
	}
	return f
}

// fault returns the fault of a document and how many kinds it names, of which one is the most. Its position is pos, and
// what names it in messages.
func (t *testChecker) fault(pos Pos, what string, doc *document.Fault) (fakeam.Fault, int) {
	f := fakeam.Fault{
		Hang: doc.Hang.V, Refuse: doc.Refuse.V, Reset: doc.Reset.V, Status: int(doc.Status.V),
		LoseResponse: doc.LoseResponse.V, Truncate: doc.Truncate.V, SlowBody: doc.SlowBody.V, Partial: doc.Partial.V,
		WrongContent: doc.WrongContent.V, TLS: doc.TLS.V, RateLimit: int(doc.RateLimit.V),
		Probability: doc.Probability.V, Ramp: doc.Ramp.V, Every: doc.Every.V, For: doc.For.V,
		After: int(doc.After.V), First: int(doc.First.V),
	}
	var kinds []string
	for _, k := range doc.Kinds() {
		if k.Given {
			kinds = append(kinds, k.Name)
		}
	}
	if len(kinds) > 1 {
		t.Errorf(pos, "%s has the faults %s; write one of them", what, strictyaml.Join(kinds, "and"))
	}
	if len(kinds) == 0 {
		t.noFault(doc)
	}
	switch every, part := doc.Every, doc.For; {
	case every.Given() && !part.Given():
		t.Errorf(every.Pos, "every has no for; write how long the fault lasts in each period, such as for: 2s")
	case part.Given() && !every.Given():
		t.Errorf(part.Pos, "for is a part of every, which is missing; "+
			"write such as every: 30s, or how long an event's fault lasts as for: beside at:")
	default:
		t.period(every, part)
	}
	return f, len(kinds)
}

// noFault reports fields that limit a fault where there is none.
func (t *testChecker) noFault(doc *document.Fault) {
	for _, v := range []struct {
		name string
		pos  Pos
	}{
		{"probability", doc.Probability.Pos}, {"ramp", doc.Ramp.Pos},
		{"every", doc.Every.Pos}, {"for", doc.For.Pos},
		{"after", doc.After.Pos}, {"first", doc.First.Pos},
	} {
		if v.pos.Line > 0 {
			t.Errorf(v.pos, "%s limits a fault, and there is none; write %s too", v.name, document.FaultKinds())
		}
	}
}

// period reports a part of a period that is not shorter than the period.
func (t *testChecker) period(every, part strictyaml.Value[time.Duration]) {
	if every.OK() && part.OK() && part.V >= every.V {
		t.Errorf(part.Pos, "for is %s and every %s; write a for that is shorter",
			strictyaml.FormatDuration(part.V), strictyaml.FormatDuration(every.V))
	}
}

// distribution returns the distribution of a document, with its trace file read.
func (c *checker) distribution(doc *document.Distribution) fakeam.Distribution {
	name := doc.Trace
	if !name.OK() {
		return doc.Distribution
	}
	at := c.dir.path(name.V)
	f, known := c.traces[at]
	if !known {
		if c.traces == nil {
			c.traces = map[string]*fakeam.TraceFile{}
		}
		f = c.traceFile(name, at)
		c.traces[at] = f
	}
	if f == nil {
		return fakeam.Distribution{}
	}
	return fakeam.Replay(f)
}

// traceFile reads a trace file; it returns nil after an error.
func (c *checker) traceFile(name strictyaml.Value[string], at string) *fakeam.TraceFile {
	text, err := c.dir.read(at, MaxFileSize)
	if err != nil {
		c.Errorf(name.Pos, "trace: %s", err)
		return nil
	}
	c.AddSource(at, text)
	f, faults := fakeam.ParseTraceFile(name.V, text)
	for _, fault := range faults {
		c.Errorf(Pos{File: at, Line: fault.Line, Col: fault.Col}, "%s", fault.Msg)
	}
	if f == nil {
		return nil
	}
	if c.left.traceTimes -= int64(f.Len()); c.left.traceTimes < 0 {
		c.Errorf(name.Pos, "the trace files have more times than the limit of %d in all; leave out some", maxTraceTimes)
		return nil
	}
	return f
}
