package core

import "time"

// A Lookahead yields the next batches of a send loop in order. They are what the loop sends as long as every request is
// delivered and no method of the Core but Advance is called. It covers only batches that consist of alerts of one send.
type Lookahead[S any] struct {
	next   Segment[S] // the queued alerts of the send
	size   int        // the largest number of alerts in a batch
	others bool       // alerts of other sends are queued after these
}

// LookAhead returns the Lookahead of the send loop that sent r. It returns false unless the only effect of delivering r
// is that the loop posts the next alerts of the same send to the same Alertmanager.
func (c *Core[S]) LookAhead(r *Request[S]) (Lookahead[S], bool) {
	l := r.Batch.Loop
	if c.shared != nil || l.stopped || len(r.Batch.Segments) != 1 {
		return Lookahead[S]{}, false
	}
	seg, next := r.Batch.Segments[0], l.Queue.First()
	if next == nil || any(next.Send) != any(seg.Send) || next.From != seg.To {
		return Lookahead[S]{}, false
	}
	return Lookahead[S]{*next, c.opt.MaxBatchSize, l.Queue.Segments() > 1}, true
}

// Next returns the next batch of the call of Send that is looked ahead. It returns false if no alert of that call is
// left, or if the next batch also has alerts of another call.
func (a *Lookahead[S]) Next() (Segment[S], bool) {
	n := min(a.size, a.next.Len())
	if n == 0 || n < a.size && a.others {
		return Segment[S]{}, false
	}
	var batch Segment[S]
	batch, a.next = a.next.split(n)
	return batch, true
}

// Advance has the effect of len(took) calls of RequestDone with Delivered: one for r and one for each of the next
// batches, with these durations. Afterwards r carries the batch that follows them. It calls no method of the Driver. It
// returns false, without any effect, unless that many batches are queued.
func (c *Core[S]) Advance(r *Request[S], took []time.Duration) bool {
	a, ok := c.LookAhead(r)
	if !ok {
		return false
	}
	b := r.Batch
	l := b.Loop
	before := (len(took) - 1) * a.size // alerts of the batches before the last
	if n := a.next.Len(); n <= before || n < before+a.size && a.others {
		return false
	}
	if before > 0 {
		l.Queue.take(before)
	}
	b.Segments[0] = l.Queue.take(a.size)
	n := b.Segments[0].Len()
	c.metrics.sent(c.metrics.of(r.To), r.N+before, took...)
	r.To.inFlight += n - r.N
	b.N, r.N = n, n
	c.metrics.queueLength(l.Targets, l.Queue.Len())
	return true
}
