package sim

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	promnotifier "github.com/prometheus/prometheus/notifier"

	"github.com/notifysim/notifysim/internal/scrape"
	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/invariant"
	"github.com/notifysim/notifysim/sim/internal/verdict"
	"github.com/notifysim/notifysim/sim/ledger"
)

// An Event is one thing that happened in a run.
type Event = trace.Event

// A Cache holds label sets as relabelling leaves them, for the next run of the same test.
type Cache = alerts.Cache

// A Failure is an expectation that did not hold.
type Failure = verdict.Failure

// A Violation is the first time in a run that an invariant did not hold.
type Violation = invariant.Violation

// Excuses returns why a release does not promise an invariant: all reasons, one for each kind of violation.
func Excuses(name string, rel *core.Release) []string { return invariant.Excuses(name, rel) }

// A Result is the outcome of one test under one release and seed.
type Result struct {
	File    string
	Test    string
	Release string
	Engine  string
	Seed    uint64
	// Pass reports whether every expectation held that is not known to fail on the release, and none of those did, and
	// no threshold was crossed.
	Pass     bool
	Failures []Failure
	// Known are the failures that were known.
	Known []Failure
	// Violations are the invariants that did not hold, those that the release does not promise among them.
	Violations []Violation
	// TraceSHA256 is the SHA-256 of the trace as NDJSON, in hexadecimal; "" if the trace was not asked for.
	TraceSHA256 string
	Ledger      ledger.Ledger
	// Delivery says how late alerts were: under an address from the call of Send to the answer of that Alertmanager,
	// under Any to the first answer of any. It counts what the ledger counts as delivered.
	Delivery map[string]*ledger.Delays
	// Queues is how long the queues were, if the options ask for it.
	Queues []ledger.QueueDepth
	// Series are the virtual scrapes, if an expectation or Options.Monitor asked for them.
	Series *scrape.Store
	// Alerts are the names of the alerts by their numbers (see Event.Numbers).
	Alerts []string
	// Events is the number of events, and End the virtual time of the last one in nanoseconds.
	Events int64
	End    int64
	// Stopped is when the manager's Run returned, the last of all replicas'; nil if one never did.
	Stopped *time.Duration
}

// Options say what to do beside the run itself.
type Options struct {
	// Engine is what runs the scenario, EngineModel if "".
	Engine Engine
	// Notifier is the folder of a checkout of Prometheus whose notifier runs instead of the release's own; for
	// EnginePrometheus.
	Notifier string
	// New, if not nil, makes the notifier that runs, in a bubble, instead of an engine's; it should follow the
	// release's rules.
	New func(*promnotifier.Options) Notifier
	// Trace, if not nil, is written the events as NDJSON.
	Trace io.Writer
	// Events, if not nil, is called with every event; the event is the callee's only until it returns.
	Events func(*trace.Event)
	// Hash asks for TraceSHA256.
	Hash bool
	// Scrapes, if not nil, is called with the metrics of each replica's notifier, from 1 on, at every scrape interval,
	// and when the run is over.
	Scrapes func(at time.Duration, replica int, samples []Sample)
	// Bodies, if not nil, is called with the body of every request, on engines that make bodies.
	Bodies func(at time.Duration, url string, body []byte)
	// Queues asks for Result.Queues, and Unbounded for queues without a capacity besides (but see MaxDepth). Engine
	// model alone.
	Queues    bool
	Unbounded bool
	// Orders are the orders in which the sets relabelled the batches, one after the other, in releases in which that
	// shows (core.Driver's SetOrder). Prometheus leaves it to Go's maps: Ordered, if not nil, is told what came of that
	// by engine prometheus, so that the model can be run with the same.
	Orders  [][]int
	Ordered func([]int)
	// Labels, if not nil, keeps what relabelling makes of the alerts for the next run of the same file and test, by the
	// same goroutine. Nothing else comes of it: it saves time.
	Labels *Cache
	// Monitor asks for Result.Series.
	Monitor bool
	// Children, if not nil, keeps the processes that run other releases' notifiers for the next run.
	Children *Children
	// Patience is for how long of real time a notifier in this process may stand still before its run is given up; 0 is
	// 30 s.
	Patience time.Duration
	// Phases moves faults, target updates, reloads and stops to a fraction of a millisecond before their instant, so
	// that no request times out at the same one. Engines with goroutines of their own always do; runs of different
	// engines are compared so.
	Phases bool
	// Live is for EngineLive.
	Live LiveOptions
}

// Run runs one test of a file under a release and seed. An error is a fault of the harness, not of the scenario:
// an account that does not add up, say.
func Run(f *scenarios.File, t *scenarios.Test, rel *core.Release, seed uint64, o Options) (*Result, error) {
	res := &Result{File: f.Path, Test: t.Name, Release: rel.Name, Engine: string(o.Engine), Seed: seed}
	switch {
	case o.New != nil:
		res.Engine = string(engineGiven)
	case o.Engine == "":
		res.Engine = string(EngineModel)
	}
	fault := func(err error) (*Result, error) {
		return nil, fmt.Errorf("%s: %q at %s, engine %s, seed %d: %w", f.Path, t.Name, rel.Name, res.Engine, seed, err)
	}
	tr := newTracer(o)
	t = drawnChurn(t, seed)
	r := newRun(f, t, rel, seed, tr.log(), o)
	var log verdict.EventLog
	if o.Engine == EngineLive { // there is no second run that is the same
		r.world.Log, r.senders.KeepSends = log.Beside(r.world.Log), true
	}
	err := o.Engine.execute(r)
	if err != nil && !r.senders.Explains(err) {
		return fault(err)
	}
	r.judge.JudgePromQL()
	r.judge.JudgeThresholds()
	r.judge.JudgeInvariants(err)
	res.Violations = r.senders.Violations()
	if res.TraceSHA256, err = tr.close(); err != nil {
		return fault(err)
	}
	res.Ledger, res.Delivery, res.Events, res.End, res.Stopped = r.judged.Final, r.delivery(), r.world.Seq, r.world.Now,
		r.senders.Stopped()
	res.Queues, res.Alerts = ledger.Depths(r.world.Now, r.depths), r.world.Labels.Names()
	res.Series = r.senders.Store()
	res.Failures, res.Known = r.judge.Failures()
	res.Pass = len(res.Failures) == 0
	if len(res.Failures)+len(res.Known) > 0 {
		again := r
		if o.Engine != EngineLive {
			quiet := o
			quiet.Bodies, quiet.Ordered = nil, nil
			if o.Scrapes != nil { // they are made as before, and told once
				quiet.Scrapes = func(time.Duration, int, []Sample) {}
			}
			again = newRun(f, t, rel, seed, log.Add, quiet)
			again.senders.KeepSends = true
			if err := o.Engine.execute(again); err != nil && !again.senders.Explains(err) {
				return fault(err)
			}
		}
		for _, fs := range [][]Failure{res.Failures, res.Known} {
			for i := range fs {
				fs[i].Explain(again.world.Labels, &log)
			}
		}
	}
	return res, nil
}

// A tracer writes events where Options wants them.
type tracer struct {
	o    Options
	out  *bufio.Writer
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
func (t *tracer) log() verdict.TraceLog {
	if t.out == nil && t.o.Events == nil {
		return nil
	}
	return func(e *trace.Event, _ []alerts.Segment) {
		if t.out != nil {
			t.write(e)
		}
		if t.o.Events != nil {
			t.o.Events(e)
		}
	}
}

func (t *tracer) write(e *trace.Event) {
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
