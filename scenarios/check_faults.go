package scenarios

import (
	"time"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/scenarios/internal/document"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// eventFault reads the fault of an event in the timeline.
func (t *testChecker) eventFault(doc *document.Event) *Fault {
	f := &Fault{Target: doc.Target.V, For: doc.For.V}
	switch {
	case doc.Fault == nil:
		t.Missing(doc.Mapping, "the event has a `target` but no `fault`; write one, such as fault: {hang: true}")
		return f
	case !doc.Target.Given():
		t.Missing(doc.Mapping, "the event has a `fault` but no `target`; write target: and the address of an Alertmanager")
	}
	t.target(doc.Target)
	var kinds int
	if f.Fault, kinds = t.fault(doc.Fault.Pos, "`fault`", &doc.Fault.Fault); kinds == 0 {
		t.Missing(doc.Fault.Mapping, "`fault` has no kind; write one of %s", document.FaultKinds())
	}
	return f
}

// fault returns the fault in a document and the number of kinds that it names, of which only one is allowed. what is
// the name of the fault in messages about its kinds, which have the position pos.
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
		t.Errorf(pos, "%s has the faults %s; write only one of them", what, strictyaml.Join(kinds, "and"))
	}
	if len(kinds) == 0 {
		t.noFault(doc)
	}
	switch every, part := doc.Every, doc.For; {
	case every.Given() && !part.Given():
		t.Errorf(every.Pos, "`every` has no `for`; write how long the fault lasts in each period, such as for: 2s")
	case part.Given() && !every.Given():
		t.Errorf(part.Pos, "`for` is given without `every`; write the length of a period, "+
			"such as every: 30s, or move `for` next to `at` to limit the whole fault")
	default:
		t.period(every, part)
	}
	return f, len(kinds)
}

// noFault reports fields that limit a fault although there is no fault.
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
			t.Errorf(v.pos, "`%s` limits a fault, but there is no fault; write one of %s too", v.name, document.FaultKinds())
		}
	}
}

// period reports a `for` that is not shorter than `every`.
func (t *testChecker) period(every, part strictyaml.Value[time.Duration]) {
	if every.OK() && part.OK() && part.V >= every.V {
		t.Errorf(part.Pos, "`for` is %s and `every` is %s; write a `for` that is shorter than `every`",
			strictyaml.FormatDuration(part.V), strictyaml.FormatDuration(every.V))
	}
}

// distribution returns the distribution in a document. It reads the trace file that the document names, if any.
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

// traceFile reads a trace file. It returns nil after an error.
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
		c.Errorf(name.Pos, "the trace files together have more than %d lines, which is the limit; name fewer files",
			maxTraceTimes)
		return nil
	}
	return f
}
