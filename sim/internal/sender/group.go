// Package sender is the Prometheus servers of a run: their rules, service discovery, reloads and restarts, the virtual
// scrapes, and the recorder that enters in the accounts what their notifiers do.
//
// All engines report to the same recorder. The package takes no decision that is a notifier's.
//
// The package is internal to sim: it promises nothing to others.
package sender

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/eventqueue"
	"github.com/notifysim/notifysim/sim/internal/invariant"
	"github.com/notifysim/notifysim/sim/internal/network"
	"github.com/notifysim/notifysim/sim/internal/world"
	"github.com/notifysim/notifysim/sim/ledger"
)

// A Group is the senders of a run: one, or several alike, an HA pair. Each has its own notifier, rules and accounts.
type Group struct {
	World   *world.World
	Network *network.Network
	File    *scenarios.File
	Test    *scenarios.Test
	Release *core.Release
	// NewEngine makes the engine of a sender, also when its server starts again.
	NewEngine func(*Sender) (engine.Engine, error)
	// Unbounded says that queues have no capacity.
	Unbounded bool
	// Scrapes, if not nil, is called with the metrics of each sender, from 1 on, at every scrape.
	Scrapes func(at time.Duration, replica int, samples []engine.Sample)
	// Phases gives the events of one instant an order by fractions of a millisecond (see Phase).
	Phases bool
	// KeepSends says that the memory of a Send is not used for another one.
	KeepSends bool
	// Failed is called when something fails that is no expectation, such as the evaluation of a rule.
	Failed func(pos scenarios.Pos, message string)

	// Repeats counts the planned offers of target updates that a notifier did not take at the first offer.
	Repeats int
	// Horizon is the time of the last event that the scenario plans.
	Horizon int64

	senders []*Sender
	sources alertSources
	// evaluations are those whose alerts several senders send; nil if there is one sender.
	evaluations *alerts.Evaluations
	scraper     *scraper // nil without virtual scrapes
	changed     bool     // accounts changed since the last Check
}

// NewGroup returns the senders of a test, without engines.
func NewGroup(w *world.World, f *scenarios.File, t *scenarios.Test, rel *core.Release) *Group {
	g := &Group{World: w, File: f, Test: t, Release: rel}
	var accounts []*ledger.Accounts
	for i := range max(1, t.Replicas) {
		s := &Sender{group: g, world: w, number: i, accounts: &ledger.Accounts{Changed: &g.changed}}
		g.senders, accounts = append(g.senders, s), append(accounts, s.accounts)
	}
	if len(g.senders) > 1 {
		g.evaluations = &alerts.Evaluations{}
	}
	g.Network = network.NewNetwork(w, accounts, &g.sources.log)
	g.Network.ReadsBody, g.Network.Disturbed = rel.ReadsBody, g.Disturb
	return g
}

// Senders are the senders. The caller must not change the slice.
func (g *Group) Senders() []*Sender { return g.senders }

// OpenEngines gives every sender an engine.
func (g *Group) OpenEngines() (err error) {
	for _, s := range g.senders {
		if s.engine, err = g.NewEngine(s); err != nil {
			return err
		}
	}
	return nil
}

// AlertLog records what becomes of the alerts of the run.
func (g *Group) AlertLog() *ledger.AlertLog { return &g.sources.log }

// Begin gives every sender its invariants.
func (g *Group) Begin() {
	for _, s := range g.senders {
		s.checker = s.newChecker()
	}
}

// ApplyConfig applies the configuration with which the senders start.
func (g *Group) ApplyConfig() error {
	for _, s := range g.senders {
		if err := s.engine.ApplyConfig(&engine.Reload{Config: g.File.Config, First: true}); err != nil {
			return err
		}
	}
	return nil
}

// Prime makes the targets of the configuration known to the senders: the servers have run for a while before 0s.
func (g *Group) Prime() {
	for _, s := range g.senders {
		g.World.Cause = 0
		s.engine.Prime(func() { s.Offer(0, StaticTargets(g.File.Config)) })
	}
}

// PlanWorkload plans the rules of input_series, whose results are in the scenario.
func (g *Group) PlanWorkload() {
	for i := range g.Test.Series {
		g.sources.addSeries(&g.Test.Series[i], int64(g.File.EvaluationInterval))
	}
	for _, s := range g.senders {
		s.planRules()
	}
}

// Scraped asks for virtual scrapes.
func (g *Group) Scraped() { g.scraper = newScraper(g) }

// PlanScrapes plans the scrapes of Group.Scrapes, up to the last event planned so far, then the rule files, then the
// virtual scrapes.
func (g *Group) PlanScrapes() error {
	g.planSamples()
	if err := g.planRuleFiles(); err != nil {
		return err
	}
	g.planScraper()
	return nil
}

// maxScrapes bounds the scrapes of Group.Scrapes, which serve to compare engines.
const maxScrapes = 1000

func (g *Group) planSamples() {
	for e := range g.World.Queue.All() {
		g.Horizon = max(g.Horizon, e.At)
	}
	if g.Scrapes == nil {
		return
	}
	interval := int64(g.File.ScrapeInterval)
	for at := interval; at <= g.Horizon+interval && at <= maxScrapes*interval; at += interval {
		for _, s := range g.senders {
			g.World.Do(at, world.ClassScrape, s.Place(0), s.scrape)
		}
	}
}

// ScrapeBefore passes the metrics to the invariants of senders that had events since the last time. Call it before the
// events of an instant.
func (g *Group) ScrapeBefore() {
	for _, s := range g.senders {
		if s.checker.WantsScrape() {
			s.scrape()
		}
	}
}

// Changed reports whether accounts changed since the last Check.
func (g *Group) Changed() bool { return g.changed }

// Check compares the accounts that changed with the notifiers.
func (g *Group) Check() {
	g.changed = false
	for _, s := range g.senders {
		s.Check()
	}
}

// Finish checks the end of the run, and returns the accounts.
func (g *Group) Finish() ledger.Ledger {
	for _, s := range g.senders {
		s.scrape()
	}
	final := g.Ledger()
	for _, s := range g.senders {
		s.checker.Finish(s.finalState())
	}
	return final
}

// Disturb restarts the time within which the notifiers have to become idle: an event may give them new work.
func (g *Group) Disturb() {
	for _, s := range g.senders {
		s.checker.Disturb()
	}
}

// Stuck reports whether all that is planned are offers of target updates to notifiers that hang, which never take them.
func (g *Group) Stuck(hangs func(sender int) bool) bool {
	return g.World.Queue.Len() == g.Repeats && !slices.ContainsFunc(g.senders, func(s *Sender) bool {
		return s.discovery.repeats > 0 && !hangs(s.number)
	})
}

// Violations are the violated invariants of all senders.
func (g *Group) Violations() (all []invariant.Violation) {
	for _, s := range g.senders {
		all = append(all, s.checker.Violations()...)
	}
	return all
}

// Explains reports whether a violation is the reason for the err with which the run ended.
func (g *Group) Explains(err error) bool {
	return slices.ContainsFunc(g.senders, func(s *Sender) bool { return s.checker != nil && s.checker.Explains(err) })
}

// Stopped is when the last of the senders stopped, nil if one has not.
func (g *Group) Stopped() (last *time.Duration) {
	for _, s := range g.senders {
		if s.stopped == nil {
			return nil
		}
		if last == nil || *s.stopped > *last {
			last = s.stopped
		}
	}
	return last
}

// Shutdown returns how long the slowest of the senders that were shut down took to stop, and whether all did.
func (g *Group) Shutdown() (took time.Duration, ended bool) {
	ended = true
	for _, s := range g.senders {
		switch {
		case s.stopping && s.stopped == nil:
			ended = false
		case s.stopping:
			took = max(took, *s.stopped-s.stopCalled)
		}
	}
	return took, ended
}

// Delays returns the delays of the Alertmanager at an address, or for "" until the first one accepted each alert.
func (g *Group) Delays(address string) *ledger.Delays {
	if len(g.senders) == 1 {
		return g.senders[0].delays(address)
	}
	all := &ledger.Delays{}
	for _, s := range g.senders {
		all.Merge(s.delays(address))
	}
	return all
}

// Ledger returns the accounts of all senders at this instant.
func (g *Group) Ledger() ledger.Ledger {
	all, waiting := g.senders[0].ledger()
	if g.evaluations == nil {
		return all
	}
	all.Replicas = append(all.Replicas, all.Replica())
	for _, s := range g.senders[1:] {
		l, more := s.ledger()
		maps.Copy(waiting, more)
		all.Add(&l)
	}
	lost := g.evaluations.Lost(waiting)
	if lost > all.Lost {
		g.World.Fail(fmt.Errorf("conservation: no replica delivered %d alerts, but the replicas lost %d in all", lost,
			all.Lost))
	}
	all.LostByAll = &lost
	return all
}

// Phase returns when the i-th event of the timeline happens, whose time in the scenario is at. With Phases, every event
// happens a different fraction of a millisecond before its time, so that a timeout that it causes never falls on the
// instant of another event. Events of one instant keep their order. Sends are not moved: requests that time out at the
// instant of a Send do so before it.
func (g *Group) Phase(at int64, c eventqueue.Class, i int) int64 {
	if !g.Phases || c >= world.ClassResponse || at <= 0 {
		return at
	}
	const most = 100_000 // events of a timeline
	return max(0, at-int64(world.ClassResponse-c)*most+int64(i))
}
