package invariant

import (
	"math"
	"slices"
	"time"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/network"
	"github.com/notifysim/notifysim/sim/internal/world"
	"github.com/notifysim/notifysim/sim/ledger"
)

// A Checker observes one sender and keeps the state that its invariants need. Where drops are inferred and not seen,
// what concerns the order of a queue is left to the requests.
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

	seesQueues bool // engines that do not see what enters a queue leave it false
	exited     bool // Run has returned
	reloading  bool
	unscraped  bool  // something happened that may lose alerts, or counters, since the last scrape
	scraped    int64 // the event of that
	blind      bool  // what a shared queue lost cannot be told from what it dropped

	disturbed int64 // when Disturb was last called
	bound     int64 // for how long it may, see resetBound
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

// A peerState is an Alertmanager, and the targets that it is or was.
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
	posted   alertSeq // up to which it has been sent
	taken    alertSeq // up to which it has answered well
	inFlight int      // requests
	set      int      // the place of its set among those of the batch in flight
	overlaps bool     // it had two requests at once
	gone     bool
	own      queueState // unless the queue is shared
}

// A queueState is a queue as the invariants see it.
type queueState struct {
	peer    *peerState // that it feeds, nil if several
	address string     // of that
	waiting int
	left    alertSeq // up to which copies have left it
	dropped alertSeq // up to which they have been dropped as the oldest
	surplus alertSeq // up to which the last send that was too large has been dropped
	made    bool     // room was made for the last arrival
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

// Unbounded says that queues have no capacity.
func (c *Checker) Unbounded() { c.limit.queue = math.MaxInt }

// Restarted keeps the violations of the Checker of the server before it restarted.
func (c *Checker) Restarted(before *Checker) {
	c.violations = before.violations
	c.Disturb()
}

func (c *Checker) state(am *core.Alertmanager) *targetState {
	return network.TargetOf(am).Check.(*targetState)
}

// queueOf returns the queue that feeds Alertmanagers.
func (c *Checker) queueOf(ams []*core.Alertmanager) *queueState {
	if c.shared != nil {
		return c.shared
	}
	return c.state(ams[0]).queue
}

// Joined says that an Alertmanager became active.
func (c *Checker) Joined(t *network.Target) {
	s := &targetState{Peer: t.Peer, am: t.AM, queue: c.shared}
	t.Check = s
	p := c.peer(t.Address)
	if s.queue == nil {
		s.own.peer, s.own.address = p, t.Address
		s.queue = &s.own
	}
	c.unscraped = true
	p.targets = slices.DeleteFunc(p.targets, func(o *targetState) bool { return o.gone && o.inFlight == 0 })
	for _, o := range p.targets {
		if !o.gone && o.am.Set == t.AM.Set && o.am.String() == t.AM.String() {
			c.violated(targetsUnique, anyCase, t.Address, "is in %s twice", t.AM.Set.Key)
		}
	}
	p.targets = append(p.targets, s)
	s.counters = c.counters[t.AM.String()]
	if s.counters == nil {
		s.counters = &expectedCounters{}
		c.counters[t.AM.String()] = s.counters
	}
	s.counters.active++
	c.resetBound(int64(time.Duration(t.AM.Set.Config.Timeout)))
}

// peer returns the Alertmanager at an address.
func (c *Checker) peer(address string) *peerState {
	i, found := slices.BinarySearchFunc(c.peers, address, func(p *peerState, a string) int {
		switch {
		case p.address < a:
			return -1
		case p.address > a:
			return 1
		}
		return 0
	})
	if !found {
		c.peers = slices.Insert(c.peers, i, &peerState{address: address})
	}
	return c.peers[i]
}

// Left says that an Alertmanager is no longer active, and its queue gone.
func (c *Checker) Left(am *core.Alertmanager) {
	s := c.state(am)
	c.checkBound(s.queue)
	s.gone = true
	s.counters.left(c)
	c.unscraped = true
}

// Reloading says that ApplyConfig is at work, or no longer.
func (c *Checker) Reloading(at bool) {
	if c.reloading = at; at {
		c.Disturb()
	}
}

// Queued says that the copies of seg arrive at a queue.
func (c *Checker) Queued(ams []*core.Alertmanager, seg alerts.Segment) {
	c.seesQueues = true
	q := c.queueOf(ams)
	if q.waiting > c.limit.queue || q.made {
		c.checkBound(q)
	}
	q.waiting += seg.Len()
}

// Dropped says that the copies of seg leave a queue, or never enter it, and are lost to the Alertmanagers that it
// feeds.
func (c *Checker) Dropped(ams []*core.Alertmanager, seg alerts.Segment, why core.Reason) {
	q := c.queueOf(ams)
	switch why {
	case core.QueueFull:
		c.checkOldest(q, seg)
		q.made = true
	case core.BatchTooLarge:
		c.checkSurplus(q, seg)
	default:
		c.checkBound(q)
		q.left = max(q.left, endOf(seg))
	}
	q.waiting -= seg.Len()
	c.lost(q, seg.Len())
	if why == core.ShutDown && c.drains {
		c.undrained(q.address, seg)
	}
}

// DropInferred says that copies must have been dropped, by what happened later.
func (c *Checker) DropInferred(ams []*core.Alertmanager, seg alerts.Segment, why core.Reason) {
	if len(ams) == 0 { // they may have met nobody, or a full queue: outside it looks the same
		c.blind = true
	} else {
		c.lost(c.queueOf(ams), seg.Len())
	}
	if why == core.ShutDown && c.drains {
		c.undrained("", seg)
	}
}

// Primed says that a request without alerts was answered before the run began.
func (c *Checker) Primed(am *core.Alertmanager) {
	if e := c.counters[am.String()]; e != nil {
		e.answers++
	}
}

// Popped says that a batch leaves a queue, to be posted.
func (c *Checker) Popped(ams []*core.Alertmanager, batch []alerts.Segment, n int) {
	q := c.shared
	if q == nil {
		q = c.queueOf(ams)
	}
	if q.waiting > c.limit.queue || q.made {
		c.checkBound(q)
	}
	q.waiting -= n
	if len(batch) > 0 {
		c.checkLeaving(q, batch[0])
		q.left = endOf(batch[len(batch)-1])
	}
}

// Posting says that requests go out which carry batch together, at most largest copies each.
func (c *Checker) Posting(am *core.Alertmanager, batch []alerts.Segment, largest int) {
	t := c.state(am)
	if largest > c.limit.batch || largest == 0 && !c.limit.empty {
		c.violated(batchBound, anyCase, t.Address, "is posted %d alerts at once, where 1 to %d are allowed", largest,
			c.limit.batch)
	}
	if t.gone {
		c.violated(noSendAfter, anyCase, t.Address, "is posted %s after it was removed", c.text(batch...))
	} else if c.exited {
		c.violated(noSendAfter, anyCase, t.Address, "is posted %s after Run has returned", c.text(batch...))
	}
	if t.inFlight++; t.inFlight > 1 {
		t.overlaps = true
		c.violated(oneRequest, anyCase, t.Address, "is posted %s while another request to it is under way", c.text(batch...))
	}
	if c.world.Now > c.disturbed+c.bound {
		c.tooLate(t)
	}
	for i := range batch {
		if beginOf(batch[i]) < t.posted {
			c.violated(fifo, anyCase, t.Address, "is posted %s after what was handed over later", c.text(batch[i]))
		}
		t.posted = endOf(batch[i])
	}
}

// PostingToStranger says that a request goes to a URL that is of no active Alertmanager.
func (c *Checker) PostingToStranger(url string) {
	c.violated(noSendAfter, anyCase, "", "%s is posted to, which is no active Alertmanager", url)
}

// Delivered says that requests which carried steps, one after the other, were answered well.
func (c *Checker) Delivered(am *core.Alertmanager, steps []ledger.Steps, requests int) {
	t := c.state(am)
	t.inFlight--
	for i := range steps {
		t.counters.took += steps[i].Seg.Len()
	}
	t.counters.answers += requests
	if len(steps) > 0 {
		if beginOf(steps[0].Seg) < t.taken {
			segs := make([]alerts.Segment, len(steps))
			for i := range steps {
				segs[i] = steps[i].Seg
			}
			c.overtaken(t, segs)
		}
		t.taken = endOf(steps[len(steps)-1].Seg)
	}
	if c.shared != nil {
		c.batch.ended(t, true)
	}
}

// Failed says that a request of n copies ended otherwise.
func (c *Checker) Failed(am *core.Alertmanager, n int) {
	t := c.state(am)
	t.inFlight--
	c.unscraped = true
	t.counters.failed += n
	t.counters.failures++
}

// Cancelled says that a request was under way when Run returned.
func (c *Checker) Cancelled(am *core.Alertmanager, batch []alerts.Segment) {
	t := c.state(am)
	t.inFlight--
	c.violated(quiesces, caseStop, t.Address, "has a request with %s under way when Run returns", c.text(batch...))
}

// SendBlocked says that a call of Send with n alerts has to wait.
func (c *Checker) SendBlocked(n int) {
	c.violated(sendNeverBlocks, anyCase, "", "a call of Send with %d alerts has to wait", n)
}

// Settled says that sends were closed, of which alerts may be lost.
func (c *Checker) Settled() { c.unscraped = true }

// Exited says that Run has returned.
func (c *Checker) Exited() { c.exited = true }

// text names copies.
func (c *Checker) text(batch ...alerts.Segment) string {
	if len(batch) == 0 {
		return "nothing"
	}
	return text.Shorten(c.world.Labels.Text(alerts.SpansOf(batch...)), 60)
}
