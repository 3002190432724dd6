package core

import (
	"slices"
	"time"
)

// Send handles one call of Prometheus' Send. It is delayed while a drain holds the lock.
func (c *Core[S]) Send(send S) {
	switch {
	case c.state != running && c.rel.Stop == StopOvertakes, c.state == stopped && !c.opt.OutlivesRun:
		c.drv.SendReturned(send)
	case c.lock.Held(): //mutant:send-does-not-wait-for-a-drain
		c.lock.Read(func() { c.send(send) })
	default:
		c.send(send)
	}
}

func (c *Core[S]) send(send S) {
	seg := Segment[S]{send, 0, c.drv.OnSend(send)}
	switch {
	case c.shared != nil:
		if seg.Len() > 0 || c.rel.EmptyPost == EmptyOnTargetsAndSend {
			c.add(c.shared, seg)
		}
	case seg.Len() > 0:
		FanOut(c.sets, seg, c.drv.Relabel, func(am *Alertmanager, seg Segment[S]) {
			if l := c.loops[am]; l != nil {
				c.add(l, seg)
			}
		})
	}
	c.drv.SendReturned(send)
}

// FanOut decides what a Send adds to the queue of each Alertmanager, in releases with one queue for each. It calls add
// with seg after the alert_relabel_configs of the Alertmanager's set, unless these drop all of it.
func FanOut[S any](
	sets []*Set, seg Segment[S], relabel func(*Set, Segment[S]) Segment[S], add func(*Alertmanager, Segment[S]),
) {
	for _, s := range sets {
		kept := seg
		if len(s.Config.AlertRelabelConfigs) > 0 {
			kept = relabel(s, seg)
		}
		if kept.Len() == 0 {
			continue
		}
		for _, am := range s.Active {
			add(am, kept)
		}
	}
}

// add appends seg to the queue of a send loop and wakes the loop up.
func (c *Core[S]) add(l *SendLoop[S], seg Segment[S]) {
	if seg.Len() > 0 {
		c.drv.Queued(l, seg)
		l.Queue.Push(seg, func(seg Segment[S], why Reason) { c.drop(l, seg, why) })
		c.metrics.queueLength(l.Targets, l.Queue.Len())
	}
	l.signal = true
	c.wake(l)
}

// drop reports and counts alerts that a queue drops.
func (c *Core[S]) drop(l *SendLoop[S], seg Segment[S], why Reason) {
	c.drv.Dropped(l, seg, why)
	c.metrics.dropped(l.Targets, seg.Len())
}

// wake makes an idle send loop consume its wake-up and so send a batch. A batch that is posted to no Alertmanager ends
// at once, so that the next batch follows in the same call.
func (c *Core[S]) wake(l *SendLoop[S]) {
	for l.signal && l.batch.pending == 0 && !l.stopped && !c.held {
		l.signal = false
		c.sendBatch(&l.batch)
		if l.batch.pending == 0 && l.Queue.Len() > 0 {
			l.signal = true
		}
	}
}

// sendBatch takes the next batch out of the queue, stores it in b, which must be clear, and posts it to every
// Alertmanager of the send loop.
func (c *Core[S]) sendBatch(b *Batch[S]) {
	queued := b.Loop.Queue.Len()
	b.Segments = b.Loop.Queue.Pop(c.opt.MaxBatchSize, b.Segments) //mutant:batch-is-reversed
	b.N = queued - b.Loop.Queue.Len()
	c.metrics.queueLength(b.Loop.Targets, b.Loop.Queue.Len())
	if b.N == 0 && c.rel.EmptyPost == EmptyNever {
		return
	}
	c.drv.Popped(b)
	if b.N > 0 && c.rel.SetRelabel.leaks() {
		c.orderSets(b)
	}
	for _, am := range b.Loop.Targets {
		c.request(b, am)
	}
	for _, r := range b.requests[:b.used] {
		c.drv.Post(r)
	}
	if b.pending == 0 {
		c.batchDone(b)
	}
}

// orderSets sets the order in which the sets relabel a batch, in releases where that matters. In releases that may
// deadlock, a set without Alertmanagers relabels too, and deadlocks if nothing is left of the batch.
func (c *Core[S]) orderSets(b *Batch[S]) {
	if c.rel.SetsLeak(c.sets) {
		OrderSets(permuted(c.sets, c.drv.SetOrder(len(c.sets))))
	}
	if c.rel.SetRelabel != SetRelabelDeadlocks {
		return
	}
	for _, s := range c.sets {
		keeps := func(seg Segment[S]) bool { return c.drv.Relabel(s, seg).Len() > 0 }
		if len(s.Active) == 0 && s.relabels() && !slices.ContainsFunc(b.Segments, keeps) {
			s.Deadlocked = true
		}
	}
}

// request adds the request to one Alertmanager to a batch, unless the relabelling of its set drops all alerts.
func (c *Core[S]) request(b *Batch[S], am *Alertmanager) {
	r := b.newRequest()
	r.To, r.Segments, r.N = am, b.Segments, b.N
	if c.shared != nil && c.relabels(am.Set) {
		r.relabeled, r.N = r.relabeled[:0], 0
		for _, seg := range b.Segments {
			if seg = c.drv.Relabel(am.Set, seg); seg.Len() > 0 {
				r.relabeled = append(r.relabeled, seg)
				r.N += seg.Len()
			}
		}
		if r.Segments = r.relabeled; r.N == 0 {
			b.used--
			b.pending--
			c.drv.Skipped(b, am)
			am.Set.Deadlocked = c.rel.SetRelabel == SetRelabelDeadlocks
			return
		}
	}
	am.inFlight += r.N
	r.set = am.Set.index
	for len(b.sets) <= r.set { // r.set may be the index of a set that a reload removed and that is still drained
		b.sets = append(b.sets, setOutcome{})
	}
	b.sets[r.set].asked = true
}

// relabels reports whether relabelling for a set may change a batch of a shared queue.
func (c *Core[S]) relabels(to *Set) bool {
	return c.rel.SetRelabel != NoSetRelabel && !SetRelabeling(to).IsZero()
}

// RequestDone reports how a request ended and how long that took, counted from when the batch was sent.
func (c *Core[S]) RequestDone(r *Request[S], o Outcome, took time.Duration) {
	b := r.Batch
	c.requestEnded(r, o, took)
	if b.pending--; b.pending > 0 { //mutant:batch-ends-with-the-fastest
		return
	}
	c.batchDone(b)
	l := b.Loop
	switch {
	case b == &l.drain:
		c.closeNext()
	case l.stopped:
		if c.shared == nil && !slices.Contains(c.closing, l) {
			c.removeLoop(l)
		}
	case c.state == stopping && c.rel.Stop == StopFinishes:
		l.stopped = true
		c.closeNext()
	default:
		if l.Queue.Len() > 0 { //mutant:wake-up-is-forgotten
			l.signal = true
		}
		c.wake(l)
	}
}

// requestEnded counts the outcome of a request.
func (c *Core[S]) requestEnded(r *Request[S], o Outcome, took time.Duration) {
	r.finish()
	switch o {
	case Delivered:
		r.Batch.sets[r.set].delivered = true
	case EncodeFailed:
		r.Batch.encodeFailed = true
		return
	}
	if c.metrics.request(r.To, r.N, o == Delivered, took) {
		c.drv.ObserveLatency(r.To, took)
	}
}

// batchDone ends a batch and decides whether it counts as lost.
func (c *Core[S]) batchDone(b *Batch[S]) {
	lost := b.encodeFailed || !c.rel.Success.delivered(b.sets)
	if lost && b.N > 0 {
		c.metrics.dropped(b.Loop.Targets, b.N)
	}
	c.drv.BatchDone(b, lost)
	b.clear()
}

// delivered reports whether a batch counts as delivered, given its outcome at each set.
func (s Success) delivered(sets []setOutcome) bool {
	taken, everySet := false, true
	for _, o := range sets {
		taken = taken || o.delivered
		everySet = everySet && (o.delivered || !o.asked)
	}
	if s == AnyAlertmanager { //mutant:one-alertmanager-of-any-set-suffices
		return taken
	}
	return everySet
}
