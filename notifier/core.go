package notifier

import "time"

// A Core is the notifier without goroutines, clock, sockets or logs: what Prometheus' notifier.Manager decides, as a
// state machine. Whoever drives it (Manager, or a simulator) calls its methods one at a time, carries out what it asks for
// through the Driver, and reports how each request ended.
//
// S is what the driver keeps about a send.
type Core[S any] struct {
	rel *Release
	opt CoreOptions
	drv Driver[S]

	sets    []*Set // in the order of the configuration
	metrics Metrics

	shared *Loop[S]                   // the one loop of releases with a shared queue
	loops  map[*Alertmanager]*Loop[S] // the open loops of later ones
	all    []*Loop[S]                 // every loop that is open or has a batch in flight, oldest first

	// closing are the loops that are being stopped, one after the other, while the manager's lock is held.
	closing []*Loop[S]
	reason  Reason // why they are
	locked  bool
	// What waits for the lock: calls of Send and others that only read, then (behind them) those that change something.
	blockedSends []S
	blockedReads []func()
	blockedOps   []operation
	whenFree     func() // what the holder of the lock does when it is free again

	state coreState
	// updating says that a target update is on its way: whoever takes them is busy.
	updating bool
	// held keeps the shared loop from consuming its wake-up: the driver calls next.
	held bool
	// outlives says that the process goes on when Run has returned.
	outlives bool
}

// An operation changes the manager, which needs its lock. released is called when the lock, which op may keep, is free again.
type operation struct{ op, released func() }

type coreState uint8

const (
	running  coreState = iota
	stopping           // Stop was called
	stopped            // Run has returned
)

// CoreOptions are the flags that the rules read.
type CoreOptions struct {
	Capacity  int  // --alertmanager.notification-queue-capacity
	BatchSize int  // --alertmanager.notification-batch-size; 0, or a release without it: the release's default
	Drain     bool // --alertmanager.drain-notification-queue-on-shutdown
}

// A Driver carries out what a Core decides. Its methods must not call the Core.
type Driver[S any] interface {
	// Admit is the moment when a call of Send goes ahead: it returns the number of alerts that the relabelling of Send leaves.
	Admit(send S) int
	// Join and Leave say that an Alertmanager became active in its set, or ceased to be, and its loop is closed.
	Join(*Alertmanager, *Loop[S])
	Leave(*Alertmanager, *Loop[S])
	// Queue says that seg is about to enter the loop's queue. Sends of no alerts are not told.
	Queue(l *Loop[S], seg Segment[S])
	// Drop says that seg leaves the loop's queue, or never enters it, and is lost to its targets.
	Drop(l *Loop[S], seg Segment[S], why Reason)
	// Relabel returns what the alert_relabel_configs of set make of seg: alerts of another send, perhaps none.
	Relabel(set *Set, seg Segment[S]) Segment[S]
	// Precedence returns the order in which the sets relabel the next batch, those of the configuration reordered; nil is as they
	// stand there. Releases in which what one set changes shows in the next ask for it: in those, Go's maps draw it.
	Precedence(sets []*Set) []*Set
	// Skip says that am is not asked to take the flight's batch, since its set's relabelling leaves nothing of it.
	Skip(f *Flight[S], am *Alertmanager)
	// Post starts a request. The driver calls Done when it has ended, never from within Post.
	Post(*Request[S])
	// Cancel gives up a request in flight and returns how long it took; no Done follows.
	Cancel(*Request[S]) time.Duration
	// Observe is a latency that the release's summary and histogram take in, Forget deletes those of an Alertmanager's URL.
	Observe(am *Alertmanager, took time.Duration)
	Forget(am *Alertmanager)
	// Land says that a flight has ended, and whether the release counts its batch as lost.
	Land(f *Flight[S], lost bool)
	// Sent says that the call of Send has returned.
	Sent(send S)
	// Stopped says that Run has returned: the process may exit.
	Stopped()
}

// NewCore returns a Core without Alertmanagers.
func NewCore[S any](rel *Release, opt CoreOptions, drv Driver[S]) *Core[S] {
	opt.BatchSize = rel.Batch(opt.BatchSize)
	c := &Core[S]{rel: rel, opt: opt, drv: drv, loops: map[*Alertmanager]*Loop[S]{}}
	c.metrics = Metrics{rel: rel, series: map[string]*Series{}}
	if rel.Queues == Shared {
		c.shared = c.newLoop()
	}
	return c
}

// Batch returns the most alerts that one request carries when --alertmanager.notification-batch-size is flag (0: not given).
func (r *Release) Batch(flag int) int {
	if flag <= 0 || !r.BatchSizeFlag {
		return r.BatchSize
	}
	return flag
}

func (c *Core[S]) newLoop(targets ...*Alertmanager) *Loop[S] {
	l := &Loop[S]{Targets: targets, Queue: Queue[S]{Capacity: c.opt.Capacity}}
	l.own.Loop, l.drain.Loop = l, l
	c.all = append(c.all, l)
	return l
}

// BatchSize returns the most alerts that one request carries.
func (c *Core[S]) BatchSize() int { return c.opt.BatchSize }

// Metrics returns the notifier's metrics. The caller must not change them.
func (c *Core[S]) Metrics() *Metrics { return &c.metrics }

// Sets returns the Alertmanager sets in the order of the configuration. The caller must not change them.
func (c *Core[S]) Sets() []*Set { return c.sets }

// Locked reports whether the manager's lock is held by a drain: Send waits until it ends.
func (c *Core[S]) Locked() bool { return c.locked }

// Loops returns every send loop that is open or has a batch in flight, oldest first. The caller must not change them.
func (c *Core[S]) Loops() []*Loop[S] { return c.all }
