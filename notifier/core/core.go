package core

import "time"

// A Core makes the decisions of Prometheus' notifier.Manager, as a state machine. Its user, the driver, calls its
// methods one at a time, does what the Core asks for through the Driver interface, and reports how each request ended.
// No method blocks: what Prometheus would do after waiting for the manager's lock is stored and done when the lock
// becomes free.
//
// S is the driver's data for one call of Send.
type Core[S any] struct {
	rel *Release
	opt Options
	drv Driver[S]

	sets    []*Set // in the order of the configuration
	metrics Metrics

	shared *SendLoop[S]                   // the only send loop, in releases with a shared queue
	loops  map[*Alertmanager]*SendLoop[S] // the open send loops, in releases with a queue for each Alertmanager
	all    []*SendLoop[S]                 // every loop that is open or has a batch in flight, oldest first

	// closing are the send loops that are being stopped, in that order. reason is why: Removed or ShutDown.
	closing []*SendLoop[S]
	reason  Reason
	// lock is the manager's lock. It is held while the queues of closing loops are drained. Send takes it for reading.
	lock Lock

	state runState
	// updating says that a target update was accepted and is not finished yet.
	updating bool
	// held keeps the shared loop from sending on its own: see Options.Held.
	held bool
}

type runState uint8

const (
	running  runState = iota
	stopping          // Stop was called
	stopped           // Run has returned
)

// Options are the flags of Prometheus that concern the notifier, and how the driver runs the Core. The zero value has a
// queue of capacity 0.
type Options struct {
	QueueCapacity   int  // --alertmanager.notification-queue-capacity
	MaxBatchSize    int  // --alertmanager.notification-batch-size; 0: the release's default
	DrainOnShutdown bool // --alertmanager.drain-notification-queue-on-shutdown

	// Held keeps a shared send loop from sending on its own. Prometheus' Run sends the batches in some releases, and
	// none is sent before Run is called. Start ends this state; NextBatch sends one batch in it.
	Held bool
	// OutlivesRun says that the process continues after Run has returned: requests in flight still end, and Send still
	// queues alerts.
	OutlivesRun bool
}

// A Driver carries out what a Core decides and is told what happens. Its methods must not call the Core.
type Driver[S any] interface {
	// OnSend is called when a call of Send proceeds. It returns the number of alerts that are left after relabelling.
	OnSend(send S) int
	// Joined is called when an Alertmanager has become active in its set. The send loop is the one that posts to it.
	Joined(*Alertmanager, *SendLoop[S])
	// Left is called when an Alertmanager is no longer active. Its send loop is then closed, unless it is shared.
	Left(*Alertmanager, *SendLoop[S])
	// Queued is called before seg, which is never empty, enters the queue of a send loop.
	Queued(l *SendLoop[S], seg Segment[S])
	// Dropped is called when seg is removed from, or not admitted to, the queue of a send loop, and so is lost.
	Dropped(l *SendLoop[S], seg Segment[S], why Reason)
	// Relabel applies the alert_relabel_configs of set to seg. It returns the remaining alerts as a segment of another
	// send, which may be empty.
	Relabel(set *Set, seg Segment[S]) Segment[S]
	// SetOrder returns a permutation of 0 to n-1: the order of n sets where Prometheus iterates over a Go map, so that
	// its order is random. nil means the order of the configuration. SetOrder is called only where the order matters:
	// for a batch that the sets relabel, if a set sees what the one before it changed (see Release.SetsLeak), and for
	// the sets whose queues are about to be drained, if there are several.
	SetOrder(n int) []int
	// Popped is called when a batch, which may be empty, has been taken out of the queue of its send loop and before
	// any other call about that batch.
	Popped(*Batch[S])
	// Skipped is called when the batch is not posted to am because the relabelling of am's set drops all its alerts.
	Skipped(b *Batch[S], am *Alertmanager)
	// Post starts a request. When it has ended, the driver calls RequestDone, but not before Post has returned.
	Post(*Request[S])
	// Cancel cancels a request in flight and returns how long it took. The driver must not call RequestDone for it.
	Cancel(*Request[S]) time.Duration
	// ObserveLatency is called with each latency that the release adds to its latency metrics.
	ObserveLatency(am *Alertmanager, took time.Duration)
	// DeleteLatencies is called when the release deletes the latency series of an Alertmanager's URL.
	DeleteLatencies(am *Alertmanager)
	// BatchDone is called when all requests of a batch have ended. lost says whether the release counts the batch as
	// lost.
	BatchDone(b *Batch[S], lost bool)
	// SendReturned is called when the call of Send returns to its caller.
	SendReturned(send S)
	// Stopped is called when Run returns. In Prometheus the process exits then.
	Stopped()
}

// New returns a Core that has no configuration yet, and so no Alertmanagers.
func New[S any](rel *Release, opt Options, drv Driver[S]) *Core[S] {
	opt.MaxBatchSize = rel.BatchSizeFor(opt.MaxBatchSize)
	c := &Core[S]{rel: rel, opt: opt, drv: drv, held: opt.Held, loops: map[*Alertmanager]*SendLoop[S]{}}
	c.metrics = Metrics{rel: rel, series: map[string]*Series{}}
	if rel.Queues == Shared {
		c.shared = c.newLoop()
	}
	return c
}

// BatchSizeFor returns the largest number of alerts in one request. flag is the value of
// --alertmanager.notification-batch-size, or 0 if it is not given.
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

// BatchSize returns the largest number of alerts in one request.
func (c *Core[S]) BatchSize() int { return c.opt.MaxBatchSize }

// Metrics returns the notifier's metrics. The caller must not change them.
func (c *Core[S]) Metrics() *Metrics { return &c.metrics }

// Sets returns the Alertmanager sets in the order of the configuration. The caller must not change them.
func (c *Core[S]) Sets() []*Set { return c.sets }

// Locked reports whether a drain holds the manager's lock, so that Send waits until the drain ends.
func (c *Core[S]) Locked() bool { return c.lock.Held() } //mutant:send-waits-for-the-batch-in-flight

// Stopping reports whether Stop or RequestStop was called.
func (c *Core[S]) Stopping() bool { return c.state != running }

// SharedQueueLen returns the number of alerts in the shared queue, or 0 in releases without one.
func (c *Core[S]) SharedQueueLen() int {
	if c.shared == nil {
		return 0
	}
	return c.shared.Queue.Len()
}

// BatchInFlight reports whether the shared send loop has a batch in flight. It is always false in releases without a
// shared queue.
func (c *Core[S]) BatchInFlight() bool { return c.shared != nil && c.shared.batch.pending > 0 }

// Read calls f as soon as the manager's lock is free: before it returns, or when the drain that holds the lock ends.
func (c *Core[S]) Read(f func()) { c.lock.Read(f) }

// Start ends the state of Options.Held: from now on a shared send loop sends on its own.
func (c *Core[S]) Start() {
	c.held = false
	if c.shared != nil {
		c.wake(c.shared)
	}
}

// WakeUpPending reports whether the driver is to call NextBatch: the Core is held and its shared loop has a wake-up.
func (c *Core[S]) WakeUpPending() bool { return c.held && c.shared != nil && c.shared.signal }

// NextBatch makes the shared send loop of a held Core consume its wake-up and so send the next batch.
func (c *Core[S]) NextBatch() {
	c.held = false
	c.wake(c.shared)
	c.held = true
}

// Loops returns every send loop that is open or has a batch in flight, oldest first. The caller must not change them.
func (c *Core[S]) Loops() []*SendLoop[S] { return c.all }
