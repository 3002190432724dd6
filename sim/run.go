package sim

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
)

// A run is one test under one release and seed, on the way.
type run struct {
	file    *scenarios.File
	test    *scenarios.Test
	release *core.Release
	seed    uint64
	options Options

	now       int64
	steps     atomic.Int64 // that a rig has made, for its watchdog
	agenda    agenda
	repeats   int // on the agenda: offers of service discovery that were missed
	senders   []*sender
	create    func(*sender) (subject, error) // makes a sender's subject when its server starts again
	replicas  *replicas                      // nil: there is one sender
	receivers []*receiver                    // sorted by address
	byName    map[string]*receiver
	labelSets labelSets
	verdicts  []Failure
	watches   []*ledgerWatch // expectations whose time has come, within the tolerance
	live      *liveHost
	over      bool
	final     Ledger // at the end
	depths    []QueueDepth
	watched   []*depthWatch // of all models there were
	err       error         // a fault of the harness: the run is worth nothing

	scraper    *scraper // nil: nobody asks for virtual scrapes
	horizon    int64    // the last thing that the scenario plans
	nextScrape int64    // the first scrape interval that the invariants have not seen pass

	keepSends     bool
	freeExchanges []*exchange // for reuse
	streaks       upcomings   // exchanges that have foreseen requests
	bookBy        int64       // when that is to be carried out at the latest
	unchecked     bool        // accounts changed since the last check

	log   func(*Event) // nil: nobody listens
	seq   int64
	cause int64 // the event whose consequences happen now
	line  int   // the line of the scenario file that leads to the next event
}

// newRun returns a run that tells log of its events, unless that is nil.
func newRun(f *scenarios.File, t *scenarios.Test, rel *core.Release, seed uint64, log func(*Event), o Options) *run {
	r := &run{file: f, test: t, release: rel, seed: seed, log: log, options: o, byName: map[string]*receiver{}, bookBy: fakeam.Never}
	for i := range max(1, t.Replicas) {
		r.senders = append(r.senders, &sender{run: r, number: i})
	}
	if len(r.senders) > 1 {
		r.replicas = &replicas{}
	}
	return r
}

// prepare puts everything that the scenario plans on the agenda, once the senders have their subjects.
func (r *run) prepare() error {
	n := 0
	for i := range r.test.Series {
		n += len(r.test.Series[i].Alerts)
	}
	r.labelSets = newLabelSets(r.options.Labels, n)
	for _, s := range r.senders {
		s.guard = newWatch(s)
	}
	for _, am := range r.test.Alertmanagers {
		r.receiverThat(am.Address, am.Behaviour)
	}
	for _, s := range r.senders {
		if err := s.subject.applyConfig(&reload{config: r.file.Config, first: true}); err != nil {
			return err
		}
	}
	for i := range r.test.Timeline {
		r.plan(i, &r.test.Timeline[i])
	}
	if r.options.Monitor || r.queries() || len(r.file.RuleFiles) > 0 {
		r.scraper = newScraper(r)
	}
	for _, s := range r.senders {
		s.planRules()
	}
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

// prime makes the targets of the configuration known to the senders, as of servers that have been up for a while.
func (r *run) prime() {
	for _, s := range r.senders {
		r.cause = 0
		s.subject.prime(func() { s.targets(0, staticTargets(r.file.Config)) })
	}
}

// finish takes the last look at everything.
func (r *run) finish() {
	for _, s := range r.senders {
		s.scrape()
	}
	r.final = r.ledger()
	for _, s := range r.senders {
		s.guard.finish()
	}
}

// stopped is when the last of the senders had stopped, nil if one has not.
func (r *run) stopped() (last *time.Duration) {
	for _, s := range r.senders {
		if s.stopped == nil {
			return nil
		}
		if last == nil || *s.stopped > *last {
			last = s.stopped
		}
	}
	return last
}

// receiver returns the Alertmanager at an address.
func (r *run) receiver(address string) *receiver { return r.receiverThat(address, fakeam.Behaviour{}) }

// receiverThat returns the Alertmanager at an address, which behaves as b says if it is new.
func (r *run) receiverThat(address string, b fakeam.Behaviour) *receiver {
	if p := r.byName[address]; p != nil {
		return p
	}
	p := &receiver{address: address, am: r.newAlertmanager(address, b)}
	r.byName[address] = p
	i, _ := slices.BinarySearchFunc(r.receivers, address, func(p *receiver, a string) int { return strings.Compare(p.address, a) })
	r.receivers = slices.Insert(r.receivers, i, p)
	for rank, p := range r.receivers {
		p.rank = rank
	}
	for _, s := range r.senders {
		s.books.peers = slices.Insert(s.books.peers, i, &peer{receiver: p, sender: s})
		for rank, p := range s.books.peers {
			p.answers, p.gaveUp = s.exchangePlaces(rank)
		}
	}
	return p
}

// disturb tells the invariants that something happens which the notifiers have to cope with.
func (r *run) disturb() {
	for _, s := range r.senders {
		s.guard.disturb()
	}
}

// stuck reports whether nothing will ever happen any more but that service discovery repeats offers which nobody will take.
func (r *run) stuck(hangs func(*sender) bool) bool {
	return r.agenda.len() == r.repeats && !slices.ContainsFunc(r.senders, func(s *sender) bool { return s.discovery.repeats > 0 && !hangs(s) })
}

// fail notes the first thing that must never be.
func (r *run) fail(err error) {
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("at %v, after event #%d: %w", time.Duration(r.now), r.seq, err)
	}
}

// emit writes an event to the trace and returns its number.
func (r *run) emit(e Event) int64 {
	r.seq++
	if r.log != nil {
		e := e // what is read goes to the heap
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
	do := func(c class, f func(*sender)) {
		at := r.phase(at, c, i)
		for _, s := range r.senders {
			if e.Of(s.number + 1) {
				r.agenda.add(at, c, s.place(i), actionFunc(func(r *run) {
					if r.line = line; !s.stopping {
						f(s)
					} else {
						s.missed(e)
					}
				}))
			}
		}
	}
	switch {
	case e.Send != nil:
		sources := make([]source, len(r.senders))
		for i := range sources {
			sources[i] = source{alerts: e.Send.Alerts, names: e.Send.Names, planned: true}
		}
		send := func(s *sender) {
			ends := r.now + int64(r.release.ValidFor(r.file.EvaluationInterval, r.file.Flags.ResendDelay))
			sources[s.number].times = times{startsAt: r.now, endsAt: ends, until: ends}
			s.send(evaluation{i, r.now}, []*source{&sources[s.number]}, nil)
		}
		if e.Send.Every != nil {
			r.planArrivals(i, e, send)
			break
		}
		do(classSend, send)
	case e.TargetGroups != nil:
		do(classTargets, func(s *sender) { s.targets(i, e.TargetGroups) })
	case e.Reload != nil:
		do(classReload, func(s *sender) { s.reload(&reload{config: e.Reload.Config, position: i, at: at}) })
	case e.Shutdown != nil:
		do(classReload, (*sender).stop)
	case e.ServerRestart != nil:
		r.horizon = max(r.horizon, at+int64(e.ServerRestart.Down))
		do(classReload, func(s *sender) {
			s.restarts, s.stopAt = e.ServerRestart, at
			s.stop()
		})
	case e.Swizzle != nil:
		r.swizzle(i, line, at, e.Swizzle)
	case e.Restart != nil:
		r.restart(i, line, at, e.Restart)
	case e.Fault != nil:
		r.planFault(i, line, at, e.Fault)
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
	for e := range r.agenda.all() {
		r.horizon = max(r.horizon, e.at)
	}
	if r.options.Scrapes == nil {
		return
	}
	interval := int64(r.file.ScrapeInterval)
	for at := interval; at <= r.horizon+interval && at <= maxScrapes*interval; at += interval {
		for _, s := range r.senders {
			r.agenda.add(at, classScrape, s.place(0), actionFunc(func(*run) { s.scrape() }))
		}
	}
}
