// Package sender simulates the Prometheus servers of a run: their rules, service discovery, reloads and restarts, and
// the virtual scrapes. Its recorder enters what the notifiers do in the accounts.
//
// All engines report to the same recorder. The package never decides what a notifier decides.
//
// The package is internal to sim: it promises nothing to others.
package sender

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/notifysim/notifysim/fakeam"
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

// A Group is the senders of a run: one, or with `replicas` several with the same configuration. Each has its own
// notifier, rules and accounts.
type Group struct {
	World   *world.World
	Network *network.Network
	File    *scenarios.File
	Test    *scenarios.Test
	Release *core.Release
	// NewEngine returns an engine for a sender. It is called at the start and again whenever the sender's server
	// restarts.
	NewEngine func(*Sender) (engine.Engine, error)
	// Unbounded says that the capacity of all queues is infinite.
	Unbounded bool
	// Scrapes, if not nil, is called with the metrics of each sender at every scrape. The first sender is replica 1.
	Scrapes func(at time.Duration, replica int, samples []engine.Sample)
	// Phases moves each event of the timeline by a different fraction of a millisecond (see Phase).
	Phases bool
	// KeepSends forbids reusing the memory of a Send for another one.
	KeepSends bool
	// Failed is called for failures that are not about an expectation, such as an error in the evaluation of a rule.
	Failed func(pos scenarios.Pos, message string)

	// Repeats counts the planned events that offer a target update again because a notifier has not received it yet.
	Repeats int
	// Horizon is the time of the last event in the scenario.
	Horizon int64

	senders []*Sender
	sources alertSources
	// evaluations are the evaluations whose alerts several senders send; nil if there is one sender.
	evaluations *alerts.Evaluations
	scraper     *scraper              // nil without virtual scrapes
	accounts    *ledger.AlertAccounts // of all alerts, once they are computed at the end of the run
	changed     bool                  // accounts changed since the last Check
}

// NewGroup returns the senders of a test. They have no engines yet.
func NewGroup(w *world.World, f *scenarios.File, t *scenarios.Test, rel *core.Release) *Group {
	g := &Group{World: w, File: f, Test: t, Release: rel}
	var accounts []*ledger.Accounts
	for i := range max(1, t.Replicas) {
		s := &Sender{
			group: g, world: w, number: i, accounts: &ledger.Accounts{Changed: &g.changed},
			discovery: discovery{throttle: core.NewThrottle(rel.Offers)},
			random:    fakeam.NewRandom(w.Seed, "server "+strconv.Itoa(i), "discovery"),
			durations: fakeam.NewRandom(w.Seed, "server "+strconv.Itoa(i), "evaluation"),
		}
		g.senders, accounts = append(g.senders, s), append(accounts, s.accounts)
	}
	if len(g.senders) > 1 {
		g.evaluations = &alerts.Evaluations{}
	}
	g.Network = network.NewNetwork(w, accounts, &g.sources.log)
	g.Network.ReadsBody, g.Network.Disturbed = rel.ReadsBody, g.Disturb
	return g
}

// Senders returns all senders. The caller must not change the slice.
func (g *Group) Senders() []*Sender { return g.senders }

// OpenEngines gives an engine to every sender.
func (g *Group) OpenEngines() (err error) {
	for _, s := range g.senders {
		if s.engine, err = g.NewEngine(s); err != nil {
			return err
		}
	}
	return nil
}

// AlertLog returns the record of when the alerts fire and when the Alertmanagers know them.
func (g *Group) AlertLog() *ledger.AlertLog { return &g.sources.log }

// Begin gives every sender an invariant checker.
func (g *Group) Begin() {
	for _, s := range g.senders {
		s.checker = s.newChecker()
	}
}

// ApplyConfig applies the first configuration at every sender.
func (g *Group) ApplyConfig() error {
	for _, s := range g.senders {
		if err := s.engine.ApplyConfig(&engine.Reload{Config: g.File.Config, First: true}); err != nil {
			return err
		}
	}
	return nil
}

// Prime has every sender discover the targets of its configuration, since the simulated servers have been running for a
// while at 0s.
func (g *Group) Prime() {
	for _, s := range g.senders {
		g.World.Cause = 0
		s.engine.Prime(func() { s.Offer(0, StaticTargets(g.File.Config)) })
	}
}

// PlanWorkload plans the evaluations of the rules that input_series stand for.
func (g *Group) PlanWorkload() {
	for i := range g.Test.Series {
		g.sources.addSeries(&g.Test.Series[i], int64(g.File.EvaluationInterval))
	}
	for _, s := range g.senders {
		s.planRules()
	}
}

// Scraped turns the virtual scrapes on.
func (g *Group) Scraped() { g.scraper = newScraper(g) }

// PlanScrapes plans the scrapes for Group.Scrapes up to the last event planned so far, then the evaluations of the rule
// files, and then the virtual scrapes.
func (g *Group) PlanScrapes() error {
	g.planSamples()
	if err := g.planRuleFiles(); err != nil {
		return err
	}
	g.planScraper()
	return nil
}

// maxScrapes bounds the scrapes for Group.Scrapes, which are used to compare engines.
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

// ScrapeBefore passes the metrics of the senders that had events since its last call to their invariants. It must be
// called before the events of an instant.
func (g *Group) ScrapeBefore() {
	for _, s := range g.senders {
		if s.checker.WantsScrape() {
			s.scrape()
		}
	}
}

// Changed reports whether an account has changed since the last Check.
func (g *Group) Changed() bool { return g.changed }

// Check compares the changed accounts with the state of the notifiers.
func (g *Group) Check() {
	g.changed = false
	for _, s := range g.senders {
		s.Check()
	}
}

// Finish runs the checks at the end of the run, and returns the accounts.
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

// Disturb restarts, for every notifier, the time within which it has to become idle, because an event may give it new
// work.
func (g *Group) Disturb() {
	for _, s := range g.senders {
		s.checker.Disturb()
	}
}

// Stuck reports whether nothing is planned except offers of target updates to notifiers that hang and will never
// receive them.
func (g *Group) Stuck(hangs func(sender int) bool) bool {
	return g.World.Queue.Len() == g.Repeats && !slices.ContainsFunc(g.senders, func(s *Sender) bool {
		return s.discovery.repeats > 0 && !hangs(s.number)
	})
}

// Violations returns the violated invariants of all senders.
func (g *Group) Violations() (all []invariant.Violation) {
	for _, s := range g.senders {
		all = append(all, s.checker.Violations()...)
	}
	return all
}

// Explains reports whether a violated invariant is the reason for err, the error with which the run ended.
func (g *Group) Explains(err error) bool {
	return slices.ContainsFunc(g.senders, func(s *Sender) bool { return s.checker != nil && s.checker.Explains(err) })
}

// Stopped returns when the last of the senders stopped, or nil if one of them has not.
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

// Shutdown returns how long the slowest of the senders that were told to stop took, and whether all of them have
// stopped.
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

// Delays returns the delays until the Alertmanager at address accepted each alert. If address is "", it returns those
// until the first of all Alertmanagers did.
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

// Ledger returns the sum of the accounts of all senders at this instant.
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
		g.World.Fail(fmt.Errorf("conservation: no replica delivered %d alerts, but the losses of all replicas add up to %d",
			lost, all.Lost))
	}
	all.LostByAll = &lost
	return all
}

// Phase returns when the i-th event of the timeline happens; at is its time in the scenario. With Phases every event
// happens earlier by a different fraction of a millisecond, so that a timeout that it causes never falls on the instant
// of another event. Events of the same instant keep their order. Sends are not moved, so that requests that time out at
// the instant of a Send do so before it.
func (g *Group) Phase(at int64, c eventqueue.Class, i int) int64 {
	if !g.Phases || c >= world.ClassResponse || at <= 0 {
		return at
	}
	const most = 100_000 // the most events that a timeline may have
	return max(0, at-int64(world.ClassResponse-c)*most+int64(i))
}
