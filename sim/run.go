package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

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
	options Options

	now       int64
	steps     atomic.Int64 // that a rig has made, for its watchdog
	agenda    agenda
	subject   subject
	guard     *watch
	labelSets labelSets
	rules     notifier.Relabeling
	configs   int // how many configurations there have been
	discovery discovery
	books     books
	byName    map[string]*peer // peers by address
	verdicts  []Failure
	admitted  uint32         // calls of Send that went ahead
	watches   []*ledgerWatch // expectations whose time has come, within the tolerance
	live      *liveHost
	blocked   []*send // calls of Send that wait for the manager's lock
	over      bool
	stopping  bool
	stopped   *time.Duration // when Run returned
	final     Ledger         // at the end
	depths    []QueueDepth
	err       error // a fault of the harness: the run is worth nothing
	veiled    bool  // single sets relabel what comes from a shared queue
	dead      bool  // the manager, not a model, holds its lock for ever

	ruleGroups []*ruleGroup
	scraper    *scraper // nil: nobody asks for virtual scrapes
	horizon    int64    // the last thing that the scenario plans

	freeSends     []*send // for reuse, unless keepSends
	keepSends     bool
	freeExchanges []*exchange

	log   func(*Event) // nil: nobody listens
	seq   int64
	cause int64 // the event whose consequences happen now
	line  int   // the line of the scenario file that leads to the next event
}

// prepare puts everything that the scenario plans on the agenda of a run with this subject.
func (r *run) prepare(s subject) error {
	r.subject = s
	n := 0
	for i := range r.test.Series {
		n += len(r.test.Series[i].Alerts)
	}
	r.labelSets = newLabelSets(r.options.Labels, n)
	r.byName = map[string]*peer{}
	r.guard = newWatch(r)
	for _, am := range r.test.Alertmanagers {
		r.peerThat(am.Address, am.Behaviour)
	}
	if err := s.applyConfig(&reload{config: r.file.Config, first: true}); err != nil {
		return err
	}
	for i := range r.test.Timeline {
		r.plan(i, &r.test.Timeline[i])
	}
	if r.options.Monitor || r.queries() || len(r.file.RuleFiles) > 0 {
		r.scraper = newScraper()
	}
	r.planRules()
	r.planChecks()
	if r.test.Duration > 0 {
		r.agenda.add(int64(r.test.Duration)+r.tolerance(), classEnd, 0, actionFunc(func(r *run) { r.over = true }))
	}
	r.planScrapes()
	if err := r.planRuleFiles(); err != nil {
		return err
	}
	r.planScraper()
	return nil
}

// peer returns the Alertmanager at an address.
func (r *run) peer(address string) *peer { return r.peerThat(address, fakeam.Behaviour{}) }

// peerThat returns the Alertmanager at an address, which behaves as b says if it is new.
func (r *run) peerThat(address string, b fakeam.Behaviour) *peer {
	if p := r.byName[address]; p != nil {
		return p
	}
	p := &peer{address: address, am: r.newAlertmanager(address, b)}
	r.byName[address] = p
	i, _ := slices.BinarySearchFunc(r.books.peers, address, func(p *peer, a string) int { return strings.Compare(p.address, a) })
	r.books.peers = slices.Insert(r.books.peers, i, p)
	for rank, p := range r.books.peers {
		p.rank = rank
	}
	return p
}

// fail notes the first thing that must never be.
func (r *run) fail(err error) {
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("at %v, after event #%d: %w", time.Duration(r.now), r.seq, err)
	}
}

// ledger returns the books as they stand.
func (r *run) ledger() Ledger {
	r.subject.measure()
	l, err := r.books.ledger(r.subject, r.blocked)
	r.fail(err)
	return l
}

// emit writes an event to the trace and returns its number.
func (r *run) emit(e Event) int64 {
	r.seq++
	if r.log != nil {
		e.Seq, e.At, e.Cause = r.seq, time.Duration(r.now), r.cause
		if r.live != nil { // what is below is noise
			e.At = e.At.Round(time.Millisecond)
		}
		if r.cause == 0 {
			e.Line = r.line
		}
		if e.spans != nil {
			e.Alerts = r.labelSets.alerts(e.spans)
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
		at := r.phase(at, c, i)
		r.agenda.add(at, c, i, actionFunc(func(r *run) { r.line = line; f() }))
	}
	switch {
	case e.Send != nil:
		sources := []*source{{alerts: e.Send.Alerts, names: e.Send.Names, planned: true}}
		send := func() {
			ends := r.now + int64(r.release.Validity)*int64(max(r.file.EvaluationInterval, r.file.Flags.ResendDelay))
			sources[0].times = times{startsAt: r.now, endsAt: ends, until: ends}
			r.send(sources, nil)
		}
		if e.Send.Every != nil {
			r.planArrivals(i, e, send)
			break
		}
		do(classSend, send)
	case e.TargetGroups != nil:
		do(classTargets, func() { r.targets(i, e.TargetGroups) })
	case e.Reload != nil:
		do(classReload, func() { r.reload(&reload{config: e.Reload.Config, position: i, at: at}) })
	case e.Shutdown != nil:
		do(classReload, func() {
			r.cause = r.emit(Event{Kind: KindStop})
			r.subject.stop()
			r.stopping = true
		})
	case e.Swizzle != nil:
		r.swizzle(i, line, at, e.Swizzle)
	case e.Restart != nil:
		r.restart(i, line, at, e.Restart)
	case e.Fault != nil:
		p := r.peer(e.Fault.Target)
		key := strconv.FormatInt(at, 10) + " " + e.Fault.Fault.String()
		do(classFault, func() {
			r.guard.disturb()
			r.beginFault(p, e.Fault.Fault, key)
			begun := r.emit(Event{Kind: KindFaultBegin, Alertmanagers: []string{p.address}, Note: e.Fault.Fault.String()})
			if e.Fault.For > 0 {
				r.agenda.add(r.phase(at+int64(e.Fault.For), classFault, i), classFault, i, actionFunc(func(r *run) {
					r.guard.disturb()
					r.endFault(p, key)
					r.cause = begun
					r.emit(Event{Kind: KindFaultEnd, Alertmanagers: []string{p.address}, Note: e.Fault.Fault.String()})
				}))
			}
		})
	}
}

// phase is when the i-th event of the timeline happens that the scenario has at an instant (see Options.Phases). Every event has a
// phase of its own, so that what one of them brings about, seconds later, never meets another; those of one instant keep their
// order. Sends stay where they are: whatever times out then does so before them.
func (r *run) phase(at int64, c class, i int) int64 {
	if !r.options.Phases || c >= classAnswer || at <= 0 {
		return at
	}
	const most = 100_000 // events of a timeline
	return max(0, at-int64(classAnswer-c)*most+int64(i))
}

// scrapes are at most this many: they are for comparing engines.
const maxScrapes = 1000

// planScrapes puts the scrapes on the agenda that somebody wants, up to the last thing that the scenario plans.
func (r *run) planScrapes() {
	for _, e := range r.agenda.heap {
		r.horizon = max(r.horizon, e.at)
	}
	if r.options.Scrapes == nil {
		return
	}
	interval := int64(r.file.ScrapeInterval)
	for at := interval; at <= r.horizon+interval && at <= maxScrapes*interval; at += interval {
		r.agenda.add(at, classScrape, 0, actionFunc((*run).scrape))
	}
}

// scrape reads the notifier's metrics, unless that would have to wait for its lock.
func (r *run) scrape() {
	if r.subject.locked() || r.stopping {
		return
	}
	if r.guard.inferred {
		r.subject.measure()
	}
	samples, err := r.subject.samples()
	r.fail(err)
	r.guard.scraped(samples)
	if r.options.Scrapes != nil {
		r.options.Scrapes(time.Duration(r.now), samples)
	}
}

// runReturned notes that the manager's Run has returned.
func (r *run) runReturned() {
	r.guard.exited = true
	at := time.Duration(r.now)
	r.stopped = &at
	r.emit(Event{Kind: KindStopped})
}

// letGo lets go of copies of alerts.
func (r *run) letGo(seg segment) {
	root := seg.Send.root()
	root.open -= seg.Len()
	r.settle(root)
}
