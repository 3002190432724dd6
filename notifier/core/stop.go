package core

import "slices"

// Stop asks the notifier to stop. What happens to the batch in flight and to the queues depends on the release.
// Driver.Stopped is called when that is done, possibly before Stop returns. Later calls do nothing.
func (c *Core[S]) Stop() {
	if c.RequestStop() {
		c.PerformStop()
	}
}

// RequestStop does what Prometheus' method Stop does itself: from now on some releases ignore Send. It reports whether
// this was the first call.
func (c *Core[S]) RequestStop() bool {
	if c.state != running {
		return false
	}
	c.state = stopping
	return true
}

// PerformStop does what Run does after Stop was called: it drains or drops the queues. Driver.Stopped is called in the
// end.
func (c *Core[S]) PerformStop() {
	c.state = stopping
	c.lock.Change(c.stop, nil)
}

func (c *Core[S]) stop() {
	c.closing = append(c.closing, c.open()...)
	switch c.rel.Stop {
	case StopAborts:
		c.cancel(func(r *Request[S]) { c.requestEnded(r, Cancelled, c.drv.Cancel(r)) })
	case StopFinishes:
		if c.shared.batch.pending > 0 { //mutant:drain-overtakes-the-batch-in-flight
			c.reason = ShutDown
			return
		}
	}
	c.closeLoops(ShutDown)
	if len(c.closing) == 0 && !c.lock.Held() && c.state != stopped { // no loop had to be closed
		c.runReturns()
	}
}

// open returns the open send loops in the order in which they are stopped: by set, then by Alertmanager.
func (c *Core[S]) open() []*SendLoop[S] {
	if c.shared != nil {
		return []*SendLoop[S]{c.shared}
	}
	var open []*SendLoop[S]
	for _, s := range c.sets {
		for _, am := range s.Active {
			if l := c.loops[am]; l != nil {
				open = append(open, l)
			}
		}
	}
	return open
}

// closeLoops begins to stop the closing loops. It holds the lock until they are stopped, except for a shared loop.
func (c *Core[S]) closeLoops(why Reason) {
	if len(c.closing) == 0 || c.shared != nil && why != ShutDown {
		return
	}
	c.reason = why
	if c.shared == nil {
		c.orderClosing()
		c.lock.Hold()
	}
	c.closeNext()
}

// orderClosing puts the closing loops into the order in which the driver's SetOrder has their sets drained.
func (c *Core[S]) orderClosing() {
	if !c.opt.DrainOnShutdown {
		return
	}
	setOf := func(l *SendLoop[S]) *Set { return l.Targets[0].Set }
	drained := DrainedSets(c.closing, setOf, func(l *SendLoop[S]) bool { return l.Queue.Len() > 0 })
	if len(drained) > 1 {
		c.closing = OrderDrains(c.closing, setOf, drained, permuted(drained, c.drv.SetOrder(len(drained))))
	}
}

// closeNext stops the closing loops one after the other. It returns when one of them has a drained batch in flight, and
// is called again when that batch has ended. The batches of a drained queue are sent in sequence, independently of the
// batch that the loop itself may have in flight (Prometheus' notifier/sendloop.go at v3.16.0, stop).
func (c *Core[S]) closeNext() {
	for len(c.closing) > 0 {
		l := c.closing[0]
		l.stopped = true
		if l.drain.pending > 0 {
			return
		}
		switch {
		case !c.opt.DrainOnShutdown || c.rel.Stop == StopAborts: //mutant:queue-is-not-drained
			c.discard(l)
		case l.Queue.Len() > 0:
			c.sendBatch(&l.drain)
			continue
		}
		c.closing = c.closing[1:]
		if c.shared == nil {
			am := l.Targets[0]
			delete(c.loops, am)
			c.targetLeft(am, l)
			c.removeLoop(l)
		}
	}
	c.unlock()
}

// removeLoop removes a closed loop from c.all, unless it still has a batch in flight.
func (c *Core[S]) removeLoop(l *SendLoop[S]) {
	if l.batch.pending == 0 {
		c.all = slices.DeleteFunc(c.all, func(o *SendLoop[S]) bool { return o == l })
	}
}

// discard drops the queued alerts. A shared queue keeps them if the process outlives Run, so that queue_length shows
// them.
func (c *Core[S]) discard(l *SendLoop[S]) {
	if c.rel.Stop != StopAborts {
		c.metrics.dropped(l.Targets, l.Queue.Len())
	}
	for l.Queue.Len() > 0 && (c.shared == nil || !c.opt.OutlivesRun) {
		c.drv.Dropped(l, l.Queue.take(l.Queue.Len()), c.reason)
	}
}

// unlock frees the lock and starts the calls that wait for it.
func (c *Core[S]) unlock() {
	c.lock.Release()
	if c.state == stopping && c.reason == ShutDown {
		c.runReturns()
		if !c.opt.OutlivesRun {
			return
		}
	}
	for c.lock.Next() {
	}
}

// BreakDeadlock frees the lock that SetRelabelDeadlocks holds for ever. No release does that. Tests need it to end.
func (c *Core[S]) BreakDeadlock() { c.unlock() }

// runReturns handles the return of Run. Unless the process outlives Run, it exits then: requests in flight are
// abandoned and their outcomes are never reported.
func (c *Core[S]) runReturns() {
	c.state = stopped
	if !c.opt.OutlivesRun {
		c.cancel(func(r *Request[S]) {
			r.finish()
			c.drv.Cancel(r)
		})
	}
	c.drv.Stopped()
}

// cancel calls giveUp for every request in flight, and ends all batches.
func (c *Core[S]) cancel(giveUp func(*Request[S])) {
	for _, l := range c.all {
		l.BatchesInFlight(func(b *Batch[S]) {
			b.Requests(giveUp)
			c.batchDone(b)
		})
	}
}
