// Package sim runs scenarios: it plays the sender and the Alertmanagers against each other in virtual time, keeps the ledger of
// every alert, writes the trace, and judges what was expected.
//
// A run with the engine model is one goroutine without a clock, a socket or a global: the same scenario, release and seed give
// the same ledger and the same trace, byte for byte, on any machine.
package sim

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/notifysim/notifysim/notifier"
	"github.com/notifysim/notifysim/scenarios"
)

// A Result is the outcome of one test under one release and seed.
type Result struct {
	File    string
	Test    string
	Release string
	Engine  string
	Seed    uint64
	// Pass reports whether every expectation held.
	Pass     bool
	Failures []Failure
	// TraceSHA256 is the SHA-256 of the trace as NDJSON, in hexadecimal; "" if the trace was not asked for.
	TraceSHA256 string
	Ledger      Ledger
	// Events is the number of events, and End the virtual time of the last one in nanoseconds.
	Events int64
	End    int64
}

// Options say what to do beside the run itself.
type Options struct {
	// Trace, if not nil, is written the events as NDJSON.
	Trace io.Writer
	// Events, if not nil, is called with every event; the event is the callee's only until it returns.
	Events func(*Event)
	// Hash asks for TraceSHA256.
	Hash bool
}

// Run runs one test of a file under a release and seed. An error is a fault of the harness, not of the scenario:
// an account that does not add up, say.
func Run(f *scenarios.File, t *scenarios.Test, rel *notifier.Release, seed uint64, o Options) (*Result, error) {
	res := &Result{File: f.Path, Test: t.Name, Release: rel.Name, Engine: "model", Seed: seed}
	tr := newTracer(o)
	r, err := newRun(f, t, rel, seed, tr.log(), asModel)
	if err == nil {
		err = r.subject.execute()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %q at %s, seed %d: %w", f.Path, t.Name, rel.Name, seed, err)
	}
	res.Ledger = r.ledger()
	if r.err != nil {
		return nil, fmt.Errorf("%s: %q at %s, seed %d: %w", f.Path, t.Name, rel.Name, seed, r.err)
	}
	res.Events, res.End = r.seq, r.now
	if res.TraceSHA256, err = tr.close(); err != nil {
		return nil, err
	}
	res.Failures = r.verdicts
	sortFailures(res.Failures)
	res.Pass = len(res.Failures) == 0
	if !res.Pass {
		err = explainAll(f, t, rel, seed, res.Failures)
	}
	return res, err
}

func asModel(r *run) subject { return newModel(r) }

func explainAll(f *scenarios.File, t *scenarios.Test, rel *notifier.Release, seed uint64, failures []Failure) error {
	var rec recorder
	r, err := newRun(f, t, rel, seed, rec.log, asModel)
	if err != nil {
		return err
	}
	if err := r.subject.execute(); err != nil {
		return err
	}
	for i := range failures {
		failures[i].explain(rec.events)
	}
	return nil
}

// A tracer writes events where Options wants them.
type tracer struct {
	o    Options
	out  *bufio.Writer
	hash io.Writer
	sum  func() string
	line []byte
	err  error
}

func newTracer(o Options) *tracer {
	t := &tracer{o: o, sum: func() string { return "" }}
	var sinks []io.Writer
	if o.Trace != nil {
		sinks = append(sinks, o.Trace)
	}
	if o.Hash {
		h := sha256.New()
		sinks = append(sinks, h)
		t.sum = func() string { return hex.EncodeToString(h.Sum(nil)) }
	}
	if len(sinks) > 0 {
		t.out = bufio.NewWriterSize(io.MultiWriter(sinks...), 1<<16)
	}
	return t
}

// log returns what a run calls with its events, nil if nobody wants them.
func (t *tracer) log() func(*Event) {
	switch {
	case t.out == nil:
		return t.o.Events
	case t.o.Events == nil:
		return t.write
	}
	return func(e *Event) {
		t.write(e)
		t.o.Events(e)
	}
}

func (t *tracer) write(e *Event) {
	t.line = e.AppendJSON(t.line[:0])
	if _, err := t.out.Write(t.line); err != nil && t.err == nil {
		t.err = fmt.Errorf("writing the trace: %w", err)
	}
}

// close ends the trace and returns its hash.
func (t *tracer) close() (string, error) {
	if t.out != nil {
		if err := t.out.Flush(); err != nil && t.err == nil {
			t.err = fmt.Errorf("writing the trace: %w", err)
		}
	}
	return t.sum(), t.err
}
