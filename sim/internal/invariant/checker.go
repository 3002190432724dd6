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

// A Checker observes one sender and keeps the state that its invariants need. If the engine infers drops instead of
// seeing them, the order is checked by the requests alone.
type Checker struct {
	world    *world.World
	release  *core.Release
	accounts *ledger.Accounts
	drains   bool // the sender drains its queues when it stops

	off        [Number]bool
	violations []Violation

	peers    []*peerState // sorted by address
	shared   *queueState  // the one queue of old releases
	counters map[string]*expectedCounters
	limit    limits
	batch    batchState
	losses   lossCounters

	seesQueues bool // the engine reports what enters and leaves queues
	exited     bool // Run has returned
	reloading  bool
	unscraped  bool  // an event since the last scrape may have lost alerts or counters
	scraped    int64 // the last event before the last scrape
	blind      bool  // drops of a shared queue and batches without Alertmanagers cannot be told apart

	disturbed int64 // when Disturb was last called
	bound     int64 // how long after that requests may still begin (see resetBound)
}

// limits are what the flags allow.
type limits struct {
	queue, batch int
	empty        bool  // requests without alerts
	timeout      int64 // the longest of all sets
}

// An alertSeq is the place of a copy in the order of sends: the number of the send, then the place in it.
type alertSeq uint64

func beginOf(seg alerts.Segment) alertSeq { return alertSeq(seg.Send.Order)<<32 | alertSeq(seg.From) }
func endOf(seg alerts.Segment) alertSeq   { return alertSeq(seg.Send.Order)<<32 | alertSeq(seg.To) }

// A peerState is an Alertmanager, with its targets in the sets, present and past.
type peerState struct {
	address string
	targets []*targetState
}

// A targetState is an Alertmanager of one set, from when it joins.
type targetState struct {
	*network.Peer
	am       *core.Alertmanager
	queue    *queueState
	counters *expectedCounters
	posted   alertSeq // the end of what was posted to it
	taken    alertSeq // the end of what it answered with 2xx
	inFlight int      // requests
	set      int      // the place of its set in batchState.sets
	overlaps bool     // it had two requests at once
	gone     bool
	own      queueState // unless the queue is shared
}

// New returns a Checker of a sender that starts now.
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

// Unbounded sets that queues have no capacity.
func (c *Checker) Unbounded() { c.limit.queue = math.MaxInt }

// Restarted takes over the violations from the Checker of the server before the restart.
func (c *Checker) Restarted(before *Checker) {
	c.violations = before.violations
	c.Disturb()
}

func (c *Checker) state(am *core.Alertmanager) *targetState {
	return network.TargetOf(am).Check.(*targetState)
}

// SendBlocked records that a call of Send with n alerts has to wait.
func (c *Checker) SendBlocked(n int) {
	c.violated(sendNeverBlocks, anyCase, "", "a call of Send with %d alerts has to wait", n)
}

// Settled records that sends were closed, of which alerts may be lost.
func (c *Checker) Settled() { c.unscraped = true }

// Exited records that Run has returned.
func (c *Checker) Exited() { c.exited = true }

// text names copies.
func (c *Checker) text(batch ...alerts.Segment) string {
	if len(batch) == 0 {
		return "nothing"
	}
	return text.Shorten(c.world.Labels.Text(alerts.SpansOf(batch...)), 60)
}
