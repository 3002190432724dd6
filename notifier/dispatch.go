package notifier

import (
	"slices"
	"time"
)

// Send is a call of Send. While a drain holds the lock it waits.
func (c *Core[S]) Send(send S) {
	switch {
	case c.state != running && c.rel.Stop == StopOvertakes, c.state == stopped && !c.outlives:
		c.drv.Sent(send)
	case c.locked:
		c.blockedSends = append(c.blockedSends, send)
	default:
		c.send(send)
	}
}

func (c *Core[S]) send(send S) {
	seg := Segment[S]{send, 0, c.drv.Admit(send)}
	switch {
	case c.shared != nil:
		if seg.Len() > 0 || c.rel.EmptyPost == EmptyOnTargetsAndSend {
			c.add(c.shared, seg)
		}
	case seg.Len() > 0:
		for _, s := range c.sets {
			c.sendTo(s, seg)
		}
	}
	c.drv.Sent(send)
}

// sendTo queues seg for every Alertmanager of a set, in releases with a queue for each.
func (c *Core[S]) sendTo(s *Set, seg Segment[S]) {
	if len(s.Config.AlertRelabelConfigs) > 0 {
		if seg = c.drv.Relabel(s, seg); seg.Len() == 0 {
			return
		}
	}
	for _, am := range s.Active {
		if l := c.loops[am]; l != nil {
			c.add(l, seg)
		}
	}
}

// add queues seg in a loop and wakes it.
func (c *Core[S]) add(l *Loop[S], seg Segment[S]) {
	if seg.Len() > 0 {
		c.drv.Queue(l, seg)
		l.Queue.Push(seg, func(seg Segment[S], why Reason) { c.drop(l, seg, why) })
		c.metrics.queueLength(l.Targets, l.Queue.Len())
	}
	l.signal = true
	c.wake(l)
}

// drop loses alerts of a queue.
func (c *Core[S]) drop(l *Loop[S], seg Segment[S], why Reason) {
	c.drv.Drop(l, seg, why)
	c.metrics.dropped(l.Targets, seg.Len())
}

// wake lets a sleeping loop consume its wake-up. A batch that nobody has to be asked about ends at once, hence the loop.
func (c *Core[S]) wake(l *Loop[S]) {
	for l.signal && l.own.waiting == 0 && !l.stopped && !c.held {
		l.signal = false
		c.launch(&l.own)
		if l.own.waiting == 0 && l.Queue.Len() > 0 {
			l.signal = true
		}
	}
}

// launch takes the next batch out of the queue and posts it to every Alertmanager of the loop at once. The flight is clear.
func (c *Core[S]) launch(f *Flight[S]) {
	queued := f.Loop.Queue.Len()
	f.Batch = f.Loop.Queue.Pop(c.opt.BatchSize, f.Batch)
	f.N = queued - f.Loop.Queue.Len()
	c.metrics.queueLength(f.Loop.Targets, f.Loop.Queue.Len())
	if f.N == 0 && c.rel.EmptyPost == EmptyNever {
		return
	}
	if f.N > 0 && c.rel.SetRelabel.leaks() {
		c.precede(f)
	}
	for _, am := range f.Loop.Targets {
		c.request(f, am)
	}
	for _, r := range f.requests[:f.used] {
		c.drv.Post(r)
	}
	if f.waiting == 0 {
		c.land(f)
	}
}

// precede puts the sets into the order in which they relabel a flight's batch, where that matters. One that has no Alertmanagers and
// relabels all the same may be wedged by it.
func (c *Core[S]) precede(f *Flight[S]) {
	if c.rel.SetsLeak(c.sets) {
		order := c.drv.Precedence(c.sets)
		if order == nil {
			order = c.sets
		}
		Precede(order)
	}
	if c.rel.SetRelabel != SetRelabelDeadlocks {
		return
	}
	for _, s := range c.sets {
		if len(s.Active) == 0 && s.relabels() && !slices.ContainsFunc(f.Batch, func(seg Segment[S]) bool { return c.drv.Relabel(s, seg).Len() > 0 }) {
			s.Wedged = true
		}
	}
}

// request adds the request to one Alertmanager to a flight, unless its set's relabelling leaves nothing to ask for.
func (c *Core[S]) request(f *Flight[S], am *Alertmanager) {
	r := f.request()
	r.To, r.Batch, r.N = am, f.Batch, f.N
	if c.shared != nil && c.relabels(am.Set) {
		r.relabeled, r.N = r.relabeled[:0], 0
		for _, seg := range f.Batch {
			if seg = c.drv.Relabel(am.Set, seg); seg.Len() > 0 {
				r.relabeled = append(r.relabeled, seg)
				r.N += seg.Len()
			}
		}
		if r.Batch = r.relabeled; r.N == 0 {
			f.used--
			f.waiting--
			c.drv.Skip(f, am)
			am.Set.Wedged = c.rel.SetRelabel == SetRelabelDeadlocks
			return
		}
	}
	am.inFlight += r.N
	r.set = am.Set.index
	for len(f.sets) <= r.set { // a set that a reload removed is still drained
		f.sets = append(f.sets, setOutcome{})
	}
	f.sets[r.set].asked = true
}

// relabels reports whether a batch of a shared queue may change on its way to a set.
func (c *Core[S]) relabels(to *Set) bool {
	return c.rel.SetRelabel != NoSetRelabel && !SetRelabeling(to).IsZero()
}

// Done reports how a request ended, and how long that took. In a release where several requests carry a batch, that counts
// from the start of the batch.
func (c *Core[S]) Done(r *Request[S], o Outcome, took time.Duration) {
	f := r.Flight
	c.end(r, o, took)
	if f.waiting--; f.waiting > 0 {
		return
	}
	c.land(f)
	l := f.Loop
	switch {
	case f == &l.drain:
		c.close()
	case l.stopped:
		if c.shared == nil && !slices.Contains(c.closing, l) {
			c.forget(l)
		}
	case c.state == stopping && c.rel.Stop == StopFinishes:
		l.stopped = true
		c.close()
	default:
		if l.Queue.Len() > 0 {
			l.signal = true
		}
		c.wake(l)
	}
}

// end counts a request that has ended.
func (c *Core[S]) end(r *Request[S], o Outcome, took time.Duration) {
	r.finish()
	switch o {
	case Took:
		r.Flight.sets[r.set].took = true
	case Unsent:
		r.Flight.unsent = true
		return
	}
	if c.metrics.request(r.To, r.N, o == Took, took) {
		c.drv.Observe(r.To, took)
	}
}

// land ends a flight and judges its batch.
func (c *Core[S]) land(f *Flight[S]) {
	lost := f.unsent || !c.rel.Success.delivered(f.sets)
	if lost && f.N > 0 {
		c.metrics.dropped(f.Loop.Targets, f.N)
	}
	c.drv.Land(f, lost)
	f.clear()
}

// delivered reports whether a batch that fared so in the sets counts as delivered.
func (s Success) delivered(sets []setOutcome) bool {
	anyTook, everySet := false, true
	for _, o := range sets {
		anyTook = anyTook || o.took
		everySet = everySet && (o.took || !o.asked)
	}
	if s == AnyAlertmanager {
		return anyTook
	}
	return everySet
}
