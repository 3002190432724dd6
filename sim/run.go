package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier"
	"github.com/notifysim/notifysim/scenarios"
)

// A run is one test under one release and seed, on the way.
type run struct {
	file    *scenarios.File
	test    *scenarios.Test
	release *notifier.Release
	seed    uint64

	now      int64
	agenda   agenda
	core     *notifier.Core[*send]
	sets     labelSets
	rules    notifier.Relabeling
	configs  int // how many configurations there have been
	books    books
	byName   map[string]*peer // peers by address
	verdicts []Failure
	blocked  []*send // calls of Send that wait for the manager's lock
	priming  bool    // before 0s
	primed   []*request
	ended    bool
	err      error // a fault of the harness: the run is worth nothing

	freeSends     []*send // for reuse
	freeExchanges []*exchange

	log   func(*Event) // nil: nobody listens
	seq   int64
	cause int64 // the event whose consequences happen now
	line  int   // the line of the scenario file that leads to the next event
}

// newRun prepares a run: everything that the scenario plans is on the agenda.
func newRun(f *scenarios.File, t *scenarios.Test, rel *notifier.Release, seed uint64, log func(*Event)) (*run, error) {
	r := &run{
		file: f, test: t, release: rel, seed: seed, log: log,
		sets:   labelSets{numbers: map[labels.Labels]int{}},
		byName: map[string]*peer{},
	}
	r.core = notifier.NewCore(rel, notifier.CoreOptions{
		Capacity: f.Flags.QueueCapacity, BatchSize: f.Flags.BatchSize, Drain: f.Flags.DrainOnShutdown,
	}, (*model)(r))
	for _, am := range t.Alertmanagers {
		r.peer(am.Address, am.Behaviour)
	}
	if err := r.applyConfig(f.Config); err != nil {
		return nil, err
	}
	for i := range t.Timeline {
		r.plan(i, &t.Timeline[i])
	}
	r.planRules()
	r.planChecks()
	if t.Duration > 0 {
		r.agenda.add(int64(t.Duration), classEnd, 0, actionFunc(func(r *run) { r.ended = true }))
	}
	r.prime()
	return r, nil
}

// applyConfig makes cfg the sender's configuration.
func (r *run) applyConfig(cfg *config.Config) error {
	r.rules = notifier.SendRelabeling(cfg)
	r.configs++
	return r.core.ApplyConfig(cfg)
}

// prime brings the server to where it is at 0s: up for a while, so that it knows the Alertmanagers of its static_configs,
// and the requests without alerts that old releases make of a target update are over.
func (r *run) prime() {
	r.priming = true
	r.targets(0, staticTargets(r.file))
	for _, req := range r.primed {
		r.core.Done(req, notifier.Took, 0)
	}
	r.priming, r.primed = false, nil
}

// peer returns the Alertmanager at an address.
func (r *run) peer(address string, b fakeam.Behaviour) *peer {
	if p := r.byName[address]; p != nil {
		return p
	}
	p := &peer{address: address, am: fakeam.New(address, b, r.seed)}
	r.byName[address] = p
	i, _ := slices.BinarySearchFunc(r.books.peers, address, func(p *peer, a string) int { return strings.Compare(p.address, a) })
	r.books.peers = slices.Insert(r.books.peers, i, p)
	for rank, p := range r.books.peers {
		p.rank = rank
	}
	return p
}

// run goes on until nothing is left to happen, or the test's duration is over.
func (r *run) run() error {
	for !r.agenda.empty() && !r.ended && r.err == nil {
		e := r.agenda.next()
		r.now, r.cause, r.line = e.at, 0, 0
		e.what.act(r)
		if len(r.books.dirty) > 0 {
			r.fail(r.books.check())
		}
	}
	return r.err
}

// fail notes the first thing that must never be.
func (r *run) fail(err error) {
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("at %v, after event #%d: %w", time.Duration(r.now), r.seq, err)
	}
}

// ledger returns the books as they stand.
func (r *run) ledger() Ledger {
	l, err := r.books.ledger(r.core.Loops(), r.blocked)
	r.fail(err)
	return l
}

// emit writes an event to the trace and returns its number.
func (r *run) emit(e Event) int64 {
	r.seq++
	if r.log != nil {
		e.Seq, e.At, e.Cause = r.seq, time.Duration(r.now), r.cause
		if r.cause == 0 {
			e.Line = r.line
		}
		if e.spans != nil {
			e.Alerts = r.sets.alerts(e.spans)
		}
		r.log(&e)
	}
	return r.seq
}

// listens reports whether anybody reads the next event; if not, it counts the event that need not be made.
func (r *run) listens() bool {
	if r.log == nil {
		r.seq++
	}
	return r.log != nil
}

// An actionFunc is an action that is planned seldom.
type actionFunc func(*run)

func (f actionFunc) act(r *run) { f(r) }

// plan puts an event of the timeline on the agenda.
func (r *run) plan(i int, e *scenarios.Event) {
	at := int64(e.At)
	line := e.Pos.Line
	do := func(c class, f func()) {
		r.agenda.add(at, c, i, actionFunc(func(r *run) { r.line = line; f() }))
	}
	switch {
	case e.Send != nil:
		sources := []*source{{alerts: e.Send.Alerts, names: e.Send.Names}}
		do(classSend, func() { r.send(sources, nil) })
	case e.TargetGroups != nil:
		do(classTargets, func() { r.targets(i, e.TargetGroups) })
	case e.Shutdown != nil:
		do(classReload, func() { r.cause = r.emit(Event{Kind: KindStop}); r.core.Stop() })
	case e.Fault != nil:
		p := r.peer(e.Fault.Target, fakeam.Behaviour{})
		key := strconv.FormatInt(at, 10) + " " + e.Fault.Fault.String()
		do(classFault, func() {
			p.am.Begin(e.Fault.Fault, key)
			begun := r.emit(Event{Kind: KindFaultBegin, Alertmanagers: []string{p.address}, Note: e.Fault.Fault.String()})
			if e.Fault.For > 0 {
				r.agenda.add(r.now+int64(e.Fault.For), classFault, i, actionFunc(func(r *run) {
					p.am.End(key)
					r.cause = begun
					r.emit(Event{Kind: KindFaultEnd, Alertmanagers: []string{p.address}, Note: e.Fault.Fault.String()})
				}))
			}
		})
	}
}

// discoveryInterval is how often service discovery offers an update that the notifier was too busy to take
// (Prometheus' discovery/manager.go at v2.5.0, the ticker of sender).
const discoveryInterval = 5 * time.Second

// targets offers a target update, again and again until it is taken.
func (r *run) targets(position int, tsets map[string][]*targetgroup.Group) {
	if !r.core.TakesTargets() {
		missed := r.emit(Event{Kind: KindMissed})
		r.agenda.add(r.now+int64(discoveryInterval), classTargets, position, actionFunc(func(r *run) {
			r.cause = missed
			r.targets(position, tsets)
		}))
		return
	}
	r.cause = r.emit(Event{Kind: KindTargets})
	_, errs := r.core.TargetUpdate(tsets)
	for _, err := range errs {
		r.emit(Event{Kind: KindTargets, Note: err.Error()})
	}
}

// staticTargets are the targets that the configuration itself names, by set.
func staticTargets(f *scenarios.File) map[string][]*targetgroup.Group {
	tsets := map[string][]*targetgroup.Group{}
	for i, amc := range f.Config.AlertingConfig.AlertmanagerConfigs {
		for _, sd := range amc.ServiceDiscoveryConfigs {
			if static, ok := sd.(discovery.StaticConfig); ok {
				key := "config-" + strconv.Itoa(i)
				tsets[key] = append(tsets[key], static...)
			}
		}
	}
	return tsets
}
