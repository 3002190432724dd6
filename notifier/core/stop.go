package core

import "slices"

// exclusively carries out an operation once the lock is free.
func (c *Core[S]) exclusively(o operation) {
	if c.locked {
		c.blockedOps = append(c.blockedOps, o)
		return
	}
	c.perform(o)
}

func (c *Core[S]) perform(o operation) {
	c.whenFree = o.released
	o.op()
	if !c.locked {
		c.released()
	}
}

// released says that the lock is free again.
func (c *Core[S]) released() {
	if f := c.whenFree; f != nil {
		c.whenFree = nil
		f()
	}
}

// Read calls f once the manager's lock is free: at once, or after the drain that holds it.
func (c *Core[S]) Read(f func()) {
	if c.locked {
		c.blockedReads = append(c.blockedReads, f)
		return
	}
	f()
}

// lock holds the manager's lock until the closing loops are stopped. A shared loop stops without it.
func (c *Core[S]) lock(why Reason) {
	if len(c.closing) == 0 || c.shared != nil && why != ShutDown {
		return
	}
	c.reason = why
	c.locked = c.shared == nil
	c.closeLoops()
}

// closeLoops stops the closing loops one after the other. Draining one sends its batches in sequence, beside the batch that the
// loop itself may have in flight, and all the while the lock is held (Prometheus' sendloop.go at v3.15.0, stop).
func (c *Core[S]) closeLoops() {
	for len(c.closing) > 0 {
		l := c.closing[0]
		l.stopped = true
		if l.drain.pending > 0 {
			return
		}
		switch {
		case !c.opt.DrainOnShutdown || c.rel.Stop == StopAborts:
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

// removeLoop removes a closed loop once nothing of it is in flight.
func (c *Core[S]) removeLoop(l *SendLoop[S]) {
	if l.batch.pending == 0 {
		c.all = slices.DeleteFunc(c.all, func(o *SendLoop[S]) bool { return o == l })
	}
}

// discard loses what waits in a queue. A shared one keeps it, for queue_length still counts it if anybody is left to ask.
func (c *Core[S]) discard(l *SendLoop[S]) {
	if c.rel.Stop != StopAborts {
		c.metrics.dropped(l.Targets, l.Queue.Len())
	}
	for l.Queue.Len() > 0 && (c.shared == nil || !c.opt.OutlivesRun) {
		c.drv.Dropped(l, l.Queue.take(l.Queue.Len()), c.reason)
	}
}

// BreakDeadlock releases the lock that SetRelabelDeadlocks holds for ever, which no release does: it lets a test end.
func (c *Core[S]) BreakDeadlock() { c.unlock() }

// unlock lets those go on that waited for the lock: all calls of Send before anything that changes the manager, as a
// sync.RWMutex has it.
func (c *Core[S]) unlock() {
	c.locked = false
	c.released()
	if c.state == stopping && c.reason == ShutDown {
		c.halt()
		if !c.opt.OutlivesRun {
			return
		}
	}
	sends := c.blockedSends
	c.blockedSends = nil
	for _, send := range sends {
		c.send(send)
	}
	reads := c.blockedReads
	c.blockedReads = nil
	for _, f := range reads {
		f()
	}
	for len(c.blockedOps) > 0 && !c.locked {
		o := c.blockedOps[0]
		c.blockedOps = c.blockedOps[1:]
		c.perform(o)
	}
}

// Stop asks the notifier to stop. What becomes of the batch in flight and the queues is the release's; Driver.Stopped follows,
// perhaps from within Stop. Later calls do nothing.
func (c *Core[S]) Stop() {
	if c.RequestStop() {
		c.PerformStop()
	}
}

// RequestStop is what Prometheus' Stop itself does: from now on some releases ignore Send. It reports whether it was the first call.
func (c *Core[S]) RequestStop() bool {
	if c.state != running {
		return false
	}
	c.state = stopping
	return true
}

// PerformStop is what Run does once Stop was called: it drains or drops, then Driver.Stopped follows.
func (c *Core[S]) PerformStop() {
	c.state = stopping
	c.exclusively(operation{op: c.stop})
}

func (c *Core[S]) stop() {
	c.closing = append(c.closing, c.open()...)
	switch c.rel.Stop {
	case StopAborts:
		c.cancel(func(r *Request[S]) { c.requestEnded(r, Cancelled, c.drv.Cancel(r)) })
	case StopFinishes:
		if c.shared.batch.pending > 0 {
			c.reason = ShutDown
			return
		}
	}
	c.lock(ShutDown)
	if len(c.closing) == 0 && !c.locked && c.state != stopped { // there was no loop to stop
		c.halt()
	}
}

// open returns the loops that are not closed, in the order in which they are stopped: by set and Alertmanager.
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

// halt is the return of Run. Unless it outlives that, the process exits: of what is in flight nobody will hear how it ended.
func (c *Core[S]) halt() {
	c.state = stopped
	if c.opt.OutlivesRun {
		c.drv.Stopped()
		return
	}
	c.cancel(func(r *Request[S]) {
		r.finish()
		c.drv.Cancel(r)
	})
	c.drv.Stopped()
}

// cancel gives up every request in flight.
func (c *Core[S]) cancel(giveUp func(*Request[S])) {
	for _, l := range c.all {
		l.BatchesInFlight(func(f *Batch[S]) {
			f.Requests(giveUp)
			c.batchDone(f)
		})
	}
}
