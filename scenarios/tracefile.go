package scenarios

import (
	"github.com/notifysim/notifysim/fakeam"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// distribution returns the distribution that doc describes, with its trace file read.
func (c *checker) distribution(doc *distributionDoc) fakeam.Distribution {
	name := doc.trace
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
	text, err := readText(c.dir.fsys, at, at)
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
