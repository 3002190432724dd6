package invariant

import (
	"math"
	"slices"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/network"
	"github.com/notifysim/notifysim/sim/internal/world"
	"github.com/notifysim/notifysim/sim/ledger"
)

// A Checker observes one sender and keeps the state that its invariants need. If the engine does not see drops but
// infers them later, the Checker checks the order of alerts from the requests alone.
type Checker struct {
	world    *world.World
	release  *core.Release
	accounts *ledger.Accounts
	drains   bool // the sender drains its queues when it stops

	off        [Number]bool
	violations []Violation

	peers    []*peerState // the Alertmanagers, sorted by address
	shared   *queueState  // the shared queue, in old releases
	counters map[string]*expectedCounters
	limit    limits
	batch    batchState
	losses   lossCounters

	seesQueues bool // the engine reports what enters and leaves queues
	exited     bool // Run has returned
	reloading  bool
	unscraped  bool  // an event since the last scrape may have lost alerts or counters
	scraped    int64 // the number of the last event before the last scrape
	blind      bool  // the engine cannot tell drops of a full queue from batches that left it without an Alertmanager

	disturbed int64 // when Disturb was last called
	bound     int64 // how long after disturbed requests may still begin (see resetBound)
}

// limits are the limits that the flags and the configuration set.
type limits struct {
	queue, batch int
	empty        bool  // requests without alerts are allowed
	timeout      int64 // the longest timeout of all sets
}

// An alertSeq orders copies as they were sent: the upper half is the number of the send, the lower half the place in
// it.
type alertSeq uint64

func beginOf(seg alerts.Segment) alertSeq { return alertSeq(seg.Send.Order)<<32 | alertSeq(seg.From) }
func endOf(seg alerts.Segment) alertSeq   { return alertSeq(seg.Send.Order)<<32 | alertSeq(seg.To) }

// A peerState is the state of an Alertmanager: its targets in all sets that it is or was a member of.
type peerState struct {
	address string
	targets []*targetState
}

// A targetState is the state of an Alertmanager as a member of one set, from the time at which it joined.
type targetState struct {
	*network.Peer
	am       *core.Alertmanager
	queue    *queueState
	counters *expectedCounters
	posted   alertSeq // the end of the copies that were posted to it
	taken    alertSeq // the end of the copies that it answered with 2xx
	inFlight int      // the number of requests in flight
	set      int      // the index of its set in batchState.sets
	overlaps bool     // it had two requests at once
	gone     bool
	own      queueState // its queue, unless the release has a shared one
}

// New returns a Checker for a sender that starts now.
func New(w *world.World, rel *core.Release, flags scenarios.Flags, t *scenarios.Test, a *ledger.Accounts) *Checker {
	c := &Checker{
		world: w, release: rel, accounts: a, drains: flags.DrainOnShutdown,
		counters: map[string]*expectedCounters{}, losses: lossCounters{last: map[string]float64{}, before: a.Settled},
	}
	c.limit = limits{
		queue: flags.QueueCapacity, batch: rel.BatchSizeFor(flags.BatchSize), empty: rel.EmptyPost != core.EmptyNever,
	}
	if rel.Queues == core.Shared {
		c.shared = &queueState{}
	}
	for i := range t.Invariants {
		if v := &t.Invariants[i]; v.Off != "" {
			c.off[slices.Index(invariantNames, v.Name)] = true
		}
	}
	return c
}

// Unbounded tells the Checker that the capacity of all queues is infinite.
func (c *Checker) Unbounded() { c.limit.queue = math.MaxInt }

// Restarted copies the violations from the Checker that the server had before its restart.
func (c *Checker) Restarted(before *Checker) {
	c.violations = before.violations
	c.Disturb()
}

func (c *Checker) state(am *core.Alertmanager) *targetState {
	return network.TargetOf(am).Check.(*targetState)
}

// SendBlocked records that a call of Send with n alerts has to wait for the manager's lock.
func (c *Checker) SendBlocked(n int) {
	c.violated(sendNeverBlocks, anyCase, "", "a call of Send with %d alerts has to wait for the manager's lock", n)
}

// Settled records that the accounts of sends were closed, so that further alerts may count as lost.
func (c *Checker) Settled() { c.unscraped = true }

// Exited records that Run has returned.
func (c *Checker) Exited() { c.exited = true }

// text returns the names of the alerts of copies.
func (c *Checker) text(batch ...alerts.Segment) string {
	if len(batch) == 0 {
		return "nothing"
	}
	return text.Shorten(c.world.Labels.Text(alerts.SpansOf(batch...)), 60)
}
