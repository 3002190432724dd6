package sim

import (
	"slices"
	"time"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/live"
	"github.com/notifysim/notifysim/sim/internal/engine/model"
	"github.com/notifysim/notifysim/sim/internal/eventqueue"
	"github.com/notifysim/notifysim/sim/internal/network"
	"github.com/notifysim/notifysim/sim/internal/world"
	"github.com/notifysim/notifysim/sim/ledger"
)

// A run is one test under one release and seed, on the way: what the scenario says, and the parts that play it.
type run struct {
	file    *scenarios.File
	test    *scenarios.Test
	release *core.Release
	options Options

	world   *world.World
	network *network.Network
	senders []*sender
	// evaluations are what several senders handed over; nil if there is one.
	evaluations *alerts.Evaluations
	judge       *judge
	scraper     *scraper   // nil: nobody asks for virtual scrapes
	live        *live.Host // nil in virtual time

	// newEngine makes the engine of a sender, also when its server starts again.
	newEngine   func(*sender) (engine.Engine, error)
	fastForward *model.FastForward // nil: not used
	depths      []*ledger.QueueDepths

	repeats    int   // planned offers of target updates that the notifier was too busy for
	horizon    int64 // the last thing that the scenario plans
	nextScrape int64 // the first scrape interval that the invariants have not seen pass
	keepSends  bool  // sends are not used again
	final      ledger.Ledger
}

// newRun returns a run that writes its trace with log, unless that is nil.
func newRun(f *scenarios.File, t *scenarios.Test, rel *core.Release, seed uint64, log traceLog, o Options) *run {
	r := &run{file: f, test: t, release: rel, options: o, world: &world.World{Seed: seed, Log: log}}
	var accounts []*ledger.Accounts
	for i := range max(1, t.Replicas) {
		s := &sender{run: r, world: r.world, number: i, accounts: &ledger.Accounts{}}
		r.senders, accounts = append(r.senders, s), append(accounts, s.accounts)
	}
	if len(r.senders) > 1 {
		r.evaluations = &alerts.Evaluations{}
	}
	r.network = network.NewNetwork(r.world, accounts)
	r.network.ReadsBody, r.network.New, r.network.Disturbed = rel.ReadsBody, r.newAlertmanager, r.disturb
	r.judge = &judge{run: r}
	return r
}

// prepare plans everything that the scenario says, once the senders have their engines.
func (r *run) prepare() error {
	n := 0
	for i := range r.test.Series {
		n += len(r.test.Series[i].Alerts)
	}
	r.world.Labels = alerts.NewLabelSets(r.options.Labels, n)
	for _, s := range r.senders {
		s.checker = s.newChecker()
	}
	for _, am := range r.test.Alertmanagers {
		r.network.Behaving(am.Address, am.Behaviour)
	}
	for _, s := range r.senders {
		if err := s.engine.ApplyConfig(&engine.Reload{Config: r.file.Config, First: true}); err != nil {
			return err
		}
	}
	for i := range r.test.Timeline {
		r.plan(i, &r.test.Timeline[i])
	}
	if r.options.Monitor || r.judge.asksPromQL() || len(r.file.RuleFiles) > 0 {
		r.scraper = newScraper(r)
	}
	for _, s := range r.senders {
		s.planRules()
	}
	r.judge.plan()
	if r.test.Duration > 0 {
		r.world.Do(int64(r.test.Duration)+r.judge.tolerance(), world.ClassEnd, 0, func() { r.world.Over = true })
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
		r.world.Cause = 0
		s.engine.Prime(func() { s.offerNew(0, staticTargets(r.file.Config)) })
	}
}

// finish takes the last look at everything.
func (r *run) finish() {
	for _, s := range r.senders {
		s.scrape()
	}
	r.final = r.ledger()
	for _, s := range r.senders {
		s.checker.Finish(s.finalState())
	}
}

// disturb tells the invariants that something happens which the notifiers have to cope with.
func (r *run) disturb() {
	for _, s := range r.senders {
		s.checker.Disturb()
	}
}

// stuck reports whether nothing will ever happen any more but that service discovery repeats offers which nobody will take.
func (r *run) stuck(hangs func(sender int) bool) bool {
	return r.world.Queue.Len() == r.repeats && !slices.ContainsFunc(r.senders, func(s *sender) bool {
		return s.discovery.repeats > 0 && !hangs(s.number)
	})
}

// plan plans an event of the timeline.
func (r *run) plan(i int, e *scenarios.Event) {
	at := int64(e.At)
	line := e.Pos.Line
	do := func(c eventqueue.Class, f func(*sender)) {
		at := r.phase(at, c, i)
		for _, s := range r.senders {
			if e.Of(s.number + 1) {
				r.world.Do(at, c, s.place(i), func() {
					if r.world.Line = line; !s.stopping {
						f(s)
					} else {
						s.missed(e)
					}
				})
			}
		}
	}
	switch {
	case e.Send != nil:
		send := r.rawSend(i, e)
		if e.Send.Every != nil {
			r.planArrivals(i, e, send)
			break
		}
		do(world.ClassSend, send)
	case e.TargetGroups != nil:
		do(world.ClassTargets, func(s *sender) { s.offerNew(i, e.TargetGroups) })
	case e.Reload != nil:
		do(world.ClassReload, func(s *sender) { s.reload(&engine.Reload{Config: e.Reload.Config, Position: i, At: at}) })
	case e.Shutdown != nil:
		do(world.ClassReload, (*sender).stop)
	case e.ServerRestart != nil:
		r.horizon = max(r.horizon, at+int64(e.ServerRestart.Down))
		do(world.ClassReload, func(s *sender) {
			s.restarts, s.stopAt = e.ServerRestart, at
			s.stop()
		})
	case e.Swizzle != nil:
		r.planSwizzle(i, line, at, e.Swizzle)
	case e.Restart != nil:
		r.planRestart(i, line, at, e.Restart)
	case e.Fault != nil:
		r.planFault(i, line, at, e.Fault)
	}
}

// phase is when the i-th event of the timeline happens that the scenario has at an instant (see Options.Phases). Every event has a
// phase of its own, so that what one of them brings about, seconds later, never meets another; those of one instant keep their
// order. Sends stay where they are: whatever times out then does so before them.
func (r *run) phase(at int64, c eventqueue.Class, i int) int64 {
	if !r.options.Phases || c >= world.ClassResponse || at <= 0 {
		return at
	}
	const most = 100_000 // events of a timeline
	return max(0, at-int64(world.ClassResponse-c)*most+int64(i))
}

// maxScrapes is the most scrapes of Options.Scrapes: they are for comparing engines.
const maxScrapes = 1000

// planScrapes plans the scrapes of Options.Scrapes, up to the last thing that the scenario plans.
func (r *run) planScrapes() {
	for e := range r.world.Queue.All() {
		r.horizon = max(r.horizon, e.At)
	}
	if r.options.Scrapes == nil {
		return
	}
	interval := int64(r.file.ScrapeInterval)
	for at := interval; at <= r.horizon+interval && at <= maxScrapes*interval; at += interval {
		for _, s := range r.senders {
			r.world.Do(at, world.ClassScrape, s.place(0), s.scrape)
		}
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

// newAlertmanager returns what decides about requests to an address: on the wall clock a server does, and it is there for the accounts alone.
func (r *run) newAlertmanager(address string, b fakeam.Behaviour) *fakeam.Alertmanager {
	if r.live == nil {
		return fakeam.New(address, b, r.world.Seed)
	}
	r.live.Behave(address, b)
	return fakeam.New(address, fakeam.Behaviour{Fault: fakeam.Fault{Hang: true}}, r.world.Seed)
}
