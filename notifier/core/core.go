package core

import "time"

// A Core is what Prometheus' notifier.Manager decides, as a state machine. Its user calls its methods one at a
// time, carries out what it asks for through the Driver, and reports how each request ended. Nothing blocks:
// what would wait for the manager's lock is kept until the lock is free.
//
// S is what the driver keeps about a call of Send.
type Core[S any] struct {
	rel *Release
	opt Options
	drv Driver[S]

	sets    []*Set // in the order of the configuration
	metrics Metrics

	shared *SendLoop[S]                   // the one loop of releases with a shared queue
	loops  map[*Alertmanager]*SendLoop[S] // the open loops of later ones
	all    []*SendLoop[S]                 // every loop that is open or has a batch in flight, oldest first

	// closing are the loops that are being stopped, one after the other, with the reason why they are.
	closing []*SendLoop[S]
	reason  Reason
	// lock is the manager's, held while closing loops are drained. Sends are reads.
	lock Lock

	state runState
	// updating says that a target update has been taken and is not carried out yet.
	updating bool
	// held keeps the shared loop from sending by itself: see Options.Held.
	held bool
}

type runState uint8

const (
	running  runState = iota
	stopping          // Stop was called
	stopped           // Run has returned
)

// Options are the flags of Prometheus that the rules read, and how the Core is driven. The zero value has no queue.
type Options struct {
	QueueCapacity   int  // --alertmanager.notification-queue-capacity
	MaxBatchSize    int  // --alertmanager.notification-batch-size; 0, or a release without it: the release's default
	DrainOnShutdown bool // --alertmanager.drain-notification-queue-on-shutdown

	// Held keeps a shared send loop from sending before Start or NextBatch is called: Run has not begun, or is
	// what sends.
	Held bool
	// OutlivesRun says that the process goes on after Run has returned: requests in flight end, and Send still
	// queues.
	OutlivesRun bool
}

// A Driver carries out what a Core decides, and is called when something happens. Its methods must not call the Core.
type Driver[S any] interface {
	// OnSend is called when a call of Send goes ahead. It returns the number of alerts that Send's relabelling
	// leaves.
	OnSend(send S) int
	// Joined is called when an Alertmanager has become active in its set, fed by the send loop.
	Joined(*Alertmanager, *SendLoop[S])
	// Left is called when an Alertmanager is active no longer, and its send loop, unless it is shared, is closed.
	Left(*Alertmanager, *SendLoop[S])
	// Queued is called before seg, which is not empty, enters the queue of a send loop.
	Queued(l *SendLoop[S], seg Segment[S])
	// Dropped is called when seg leaves the queue of a send loop, or does not enter it, and is lost to its targets.
	Dropped(l *SendLoop[S], seg Segment[S], why Reason)
	// Relabel returns what the alert_relabel_configs of set make of seg: alerts of another send, perhaps none.
	Relabel(set *Set, seg Segment[S]) Segment[S]
	// SetOrder returns the sets in the order in which they relabel the next batch; nil is the configuration's
	// order. It is called where one set's changes show in the next (see Release.SetsLeak). In Prometheus the
	// order is that of a Go map, which is random.
	SetOrder(sets []*Set) []*Set
	// Popped is called when a batch, perhaps empty, has left the queue of its send loop, before anything else
	// happens to it.
	Popped(*Batch[S])
	// Skipped is called when the batch is not posted to am, because its set's relabelling leaves nothing of it.
	Skipped(b *Batch[S], am *Alertmanager)
	// Post starts a request. The driver calls RequestDone when it has ended, but not from within Post.
	Post(*Request[S])
	// Cancel cancels a request in flight and returns how long it took. RequestDone must not follow.
	Cancel(*Request[S]) time.Duration
	// ObserveLatency is called with each latency that the release's summary and histogram take in.
	ObserveLatency(am *Alertmanager, took time.Duration)
	// DeleteLatencies is called when the release deletes the latencies of an Alertmanager's URL.
	DeleteLatencies(am *Alertmanager)
	// BatchDone is called when all requests of a batch have ended, with whether the release counts the batch as lost.
	BatchDone(b *Batch[S], lost bool)
	// SendReturned is called when the call of Send returns.
	SendReturned(send S)
	// Stopped is called when Run returns: the process may exit.
	Stopped()
}

// New returns a Core without Alertmanagers.
func New[S any](rel *Release, opt Options, drv Driver[S]) *Core[S] {
	opt.MaxBatchSize = rel.BatchSizeFor(opt.MaxBatchSize)
	c := &Core[S]{rel: rel, opt: opt, drv: drv, held: opt.Held, loops: map[*Alertmanager]*SendLoop[S]{}}
	c.metrics = Metrics{rel: rel, series: map[string]*Series{}}
	if rel.Queues == Shared {
		c.shared = c.newLoop()
	}
	return c
}

// BatchSizeFor returns the most alerts in one request when --alertmanager.notification-batch-size is flag, 0 if
// not given.
func (r *Release) BatchSizeFor(flag int) int {
	if flag <= 0 || !r.BatchSizeFlag {
		return r.BatchSize
	}
	return flag
}

func (c *Core[S]) newLoop(targets ...*Alertmanager) *SendLoop[S] {
	l := &SendLoop[S]{Targets: targets, Queue: Queue[S]{Capacity: c.opt.QueueCapacity}} //mutant:queue-holds-one-too-many
	l.batch.Loop, l.drain.Loop = l, l
	c.all = append(c.all, l)
	return l
}

// BatchSize returns the most alerts that one request carries.
func (c *Core[S]) BatchSize() int { return c.opt.MaxBatchSize }

// Metrics returns the notifier's metrics. The caller must not change them.
func (c *Core[S]) Metrics() *Metrics { return &c.metrics }

// Sets returns the Alertmanager sets in the order of the configuration. The caller must not change them.
func (c *Core[S]) Sets() []*Set { return c.sets }

// Locked reports whether the manager's lock is held by a drain: Send waits until it ends.
func (c *Core[S]) Locked() bool { return c.lock.Held() } //mutant:send-waits-for-the-batch-in-flight

// Stopping reports whether Stop or RequestStop was called.
func (c *Core[S]) Stopping() bool { return c.state != running }

// SharedQueueLen returns how many alerts wait in the shared queue, 0 in releases without it.
func (c *Core[S]) SharedQueueLen() int {
	if c.shared == nil {
		return 0
	}
	return c.shared.Queue.Len()
}

// BatchInFlight reports whether the shared send loop has a batch in flight. In releases without a shared queue
// it is false.
func (c *Core[S]) BatchInFlight() bool { return c.shared != nil && c.shared.batch.pending > 0 }

// Read calls f once the manager's lock is free: at once, or after the drain that holds it.
func (c *Core[S]) Read(f func()) { c.lock.Read(f) }

// Start ends Options.Held: from now on a shared send loop sends by itself.
func (c *Core[S]) Start() {
	c.held = false
	if c.shared != nil {
		c.wake(c.shared)
	}
}

// WakeUpPending reports whether a Core that is held has been woken up to send: NextBatch is due.
func (c *Core[S]) WakeUpPending() bool { return c.held && c.shared != nil && c.shared.signal }

// NextBatch makes the shared send loop of a Core that is held consume its wake-up, and so send the next batch.
func (c *Core[S]) NextBatch() {
	c.held = false
	c.wake(c.shared)
	c.held = true
}

// Loops returns every send loop that is open or has a batch in flight, oldest first. The caller must not change them.
func (c *Core[S]) Loops() []*SendLoop[S] { return c.all }
