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
	// Pass reports whether every expectation held that should hold on the release, every one that is known to fail did
	// fail, and no threshold was crossed.
	Pass     bool
	Failures []Failure
	// Known are the failures of expectations that are known to fail.
	Known []Failure
	// Violations are the violated invariants, including those that the release does not promise.
	Violations []Violation
	// TraceSHA256 is the SHA-256 of the trace as NDJSON, in hexadecimal; "" if the trace was not asked for.
	TraceSHA256 string
	Ledger      ledger.Ledger
	// Accounts say how well the Alertmanagers knew of the alerts.
	Accounts ledger.AlertAccounts
	// Delivery has the delays of the delivered alerts: by address, from the call of Send to the response of that
	// Alertmanager, and under Any to the first response of any.
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
	// Stopped is when the manager's Run returned, of the replica that was last; nil if one never did.
	Stopped *time.Duration
}

// Options are the options of a run.
type Options struct {
	// Engine is what runs the scenario, EngineModel if "".
	Engine Engine
	// Notifier is the folder of a checkout of Prometheus whose notifier runs instead of the release's own; for
	// EnginePrometheus.
	Notifier string
	// New, if not nil, makes the notifier that runs, in a bubble, instead of the engine's own. It should follow the
	// rules of the release.
	New func(*promnotifier.Options) Notifier
	// Trace, if not nil, is written the events as NDJSON.
	Trace io.Writer
	// Events, if not nil, is called with every event, which is valid until the call returns.
	Events func(*trace.Event)
	// Hash asks for TraceSHA256.
	Hash bool
	// Scrapes, if not nil, is called with the metrics of each replica's notifier, from 1 on, at every scrape interval,
	// and when the run is over.
	Scrapes func(at time.Duration, replica int, samples []Sample)
	// Bodies, if not nil, is called with the body of every request, on engines that make bodies.
	Bodies func(at time.Duration, url string, body []byte)
	// Queues asks for Result.Queues. Unbounded asks for it too, and for queues without a capacity (but see
	// ledger.MaxDepth). Both are for engine model.
	Queues    bool
	Unbounded bool
	// Orders are the orders in which the sets relabel the batches, one after the other, in releases in which the order
	// matters (core.Driver's SetOrder). In Prometheus it is the random order of a Go map. Engine prometheus calls Ordered,
	// if not nil, with each order, so that the model can use the same.
	Orders  [][]int
	Ordered func([]int)
	// Labels, if not nil, keeps the relabelled alerts for the next run of the same file and test in the same goroutine, to
	// save time.
	Labels *Cache
	// Monitor asks for Result.Series.
	Monitor bool
	// Children, if not nil, keeps the processes that run other releases' notifiers for the next run.
	Children *Children
	// Patience is how long, in real time, a notifier in this process may take for one step before the run ends with
	// ErrStuck; 0 is 30 s.
	Patience time.Duration
	// Phases moves faults, target updates, reloads and stops a fraction of a millisecond before their time, so that no
	// request times out at the same instant. All engines but the model always do that; to compare the model with them, set
	// it.
	Phases bool
	// Live is for EngineLive.
	Live LiveOptions
}

// Run runs one test of a file under a release and seed. An error means that there is no valid result: accounts do not
// add up, say, or the engine cannot run the scenario.
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
	if o.Engine == EngineLive { // a second run would differ
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
	res.Accounts = r.senders.AlertAccounts(nil)
	res.Queues, res.Alerts = ledger.Depths(r.world.Now, r.depths), r.world.Labels.Names()
	res.Series = r.senders.Store()
	res.Failures, res.Known = r.judge.Failures()
	res.Pass = len(res.Failures) == 0
	if len(res.Failures)+len(res.Known) > 0 {
		again := r
		if o.Engine != EngineLive {
			quiet := o
			quiet.Bodies, quiet.Ordered = nil, nil
			if o.Scrapes != nil { // both runs must be equal, but the caller gets the scrapes once
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

// A tracer passes events to the outputs that Options asks for.
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

// log returns the function that a run calls with its events, nil if the options ask for none.
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
