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

// A Cache keeps relabelled label sets from one run of a test for the next run of the same test.
type Cache = alerts.Cache

// A Failure is an expectation that did not hold.
type Failure = verdict.Failure

// A Scope is what an expectation is about.
type Scope = verdict.Scope

// A Violation is the first time in a run that an invariant did not hold.
type Violation = invariant.Violation

// Excuses returns the reasons for which a release does not promise the invariant called name, one for each kind of
// violation that the release allows.
func Excuses(name string, rel *core.Release) []string { return invariant.Excuses(name, rel) }

// A Result is the outcome of one test under one release and seed.
type Result struct {
	File    string
	Test    string
	Release string
	Engine  string
	Seed    uint64
	// Pass reports whether the run was as expected: every expectation that must hold on the release held, every one
	// that is known to fail on it failed, and no threshold was crossed.
	Pass     bool
	Failures []Failure
	// Known are the failures of expectations that are known to fail.
	Known []Failure
	// Violations are the violated invariants, including those that the release does not promise.
	Violations []Violation
	// TraceSHA256 is the SHA-256 of the trace as NDJSON, in hexadecimal; "" unless Options.Hash is set.
	TraceSHA256 string
	Ledger      ledger.Ledger
	// Accounts say for each Alertmanager how late and for how long it knew the alerts.
	Accounts ledger.AlertAccounts
	// Uncovered says when alerts were uncovered, if Options.Uncovered is set: by the address of the Alertmanager, or
	// under ledger.Any when no Alertmanager knew them.
	Uncovered map[string][]ledger.UncoveredSpan
	// Delivery holds the delays of the delivered alerts. Under the address of an Alertmanager a delay lasts from the
	// call of Send to that Alertmanager's response, under ledger.Any to the first response of any Alertmanager.
	Delivery map[string]*ledger.Delays
	// Queues tells how long the queues were, if Options.Queues or Options.Unbounded is set.
	Queues []ledger.QueueDepth
	// Series are the virtual scrapes, if an expectation or Options.Monitor asked for them.
	Series *scrape.Store
	// Alerts are the names of the alerts by their numbers, to which Event.Spans refer.
	Alerts []string
	// Events is the number of events in the run, and End the virtual time of the last one in nanoseconds.
	Events int64
	End    int64
	// Stopped is when the manager's Run returned, with replicas when the last of them returned; nil if one of them
	// never did.
	Stopped *time.Duration
}

// Options are the options of a run.
type Options struct {
	// Engine is what runs the scenario, EngineModel if "".
	Engine Engine
	// Notifier is the folder of a checkout of Prometheus whose notifier runs instead of that of the release; for
	// EnginePrometheus only.
	Notifier string
	// New, if not nil, makes the notifier that runs, in a synctest bubble, instead of the engine's own. It should
	// behave like the notifier of the release.
	New func(*promnotifier.Options) Notifier
	// Trace, if not nil, is the writer that gets the events as NDJSON.
	Trace io.Writer
	// Events, if not nil, is called with every event. The event is valid until the call returns.
	Events func(*trace.Event)
	// Hash asks Run to compute Result.TraceSHA256.
	Hash bool
	// Scrapes, if not nil, is called with the metrics of each replica's notifier at every scrape interval and at the
	// end of the run. The first replica is 1.
	Scrapes func(at time.Duration, replica int, samples []Sample)
	// Bodies, if not nil, is called with the body of every request, on engines that encode requests.
	Bodies func(at time.Duration, url string, body []byte)
	// Queues asks Run to compute Result.Queues. Unbounded does too, and makes the capacity of every queue infinite (up
	// to ledger.MaxDepth). Both work with the engine model only.
	Queues    bool
	Unbounded bool
	// Uncovered asks Run to compute Result.Uncovered.
	Uncovered bool
	// Orders has the orders of the Alertmanager sets that the engine model follows where Prometheus iterates over a Go
	// map and the order matters (see SetOrder of core.Driver). The engine prometheus adds to Drawn, if not nil, the
	// orders that it observed, so that a run of the model can follow them.
	Orders, Drawn *SetOrders
	// Labels, if not nil, keeps the relabelled alerts for the next run of the same file and test in the same goroutine,
	// which saves time.
	Labels *Cache
	// Monitor asks Run to scrape the notifiers and to fill Result.Series.
	Monitor bool
	// Children, if not nil, keeps the processes that run other releases' notifiers for the next run.
	Children *Children
	// Patience is how long, in real time, a notifier in this process may take to react to one event before the run ends
	// with ErrStuck; 0 means 30 s.
	Patience time.Duration
	// Progress, if not nil, is called with the virtual time that the run has reached, once every some hundred events and
	// in the goroutine of the run. After a failure the run is repeated, and the time begins at 0 again.
	Progress func(at time.Duration)
	// Phases moves faults, target updates, reloads and stops a fraction of a millisecond before their time, so that no
	// request times out at the same instant. All engines but the model always do that; set it to compare the model with
	// them.
	Phases bool
	// Live are the options of EngineLive.
	Live LiveOptions
}

// Run runs one test of a file under a release and seed. It returns an error if there is no valid result, for example
// because the accounts do not add up or the engine cannot run the scenario.
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
	if o.Engine == EngineLive { // a second run would give other events
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
	if o.Uncovered {
		res.Uncovered = r.senders.UncoveredSpans()
	}
	res.Queues, res.Alerts = ledger.Depths(r.world.Now, r.depths), r.world.Labels.Names()
	res.Series = r.senders.Store()
	res.Failures, res.Known = r.judge.Failures()
	res.Pass = len(res.Failures) == 0
	if len(res.Failures)+len(res.Known) > 0 {
		again := r
		if o.Engine != EngineLive {
			quiet := o
			quiet.Bodies, quiet.Drawn = nil, nil
			if o.Scrapes != nil { // both runs give the same scrapes, and the caller gets those of the first only
				quiet.Scrapes = func(time.Duration, int, []Sample) {}
			}
			again = newRun(f, t, rel, seed, log.Add, quiet)
			again.senders.KeepSends = true
			if err := o.Engine.execute(again); err != nil && !again.senders.Explains(err) {
				return fault(err)
			}
		}
		evidence := &verdict.Evidence{
			Labels: again.world.Labels, Events: &log, Sources: again.senders.AlertLog(), Select: again.senders.SelectAlerts,
		}
		for _, fs := range [][]Failure{res.Failures, res.Known} {
			for i := range fs {
				fs[i].Explain(evidence)
			}
		}
	}
	return res, nil
}

// A tracer passes events to the outputs that Options selects: a hash, a writer and a function.
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

// log returns the function that a run calls with each event, or nil if no output is selected.
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

// close flushes the trace and returns its hash.
func (t *tracer) close() (string, error) {
	if t.out != nil {
		if err := t.out.Flush(); err != nil && t.err == nil {
			t.err = fmt.Errorf("writing the trace: %w", err)
		}
	}
	return t.sum(), t.err
}
