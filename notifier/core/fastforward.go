package core

import "time"

// A Lookahead yields the batches that a send loop will send, one after the other, as long as each is delivered and
// no method of the Core is called but Advance. It covers batches of the copies of one send.
type Lookahead[S any] struct {
	next   Segment[S] // the copies of the send that wait
	size   int        // the most copies of a batch
	others bool       // copies of other sends wait behind those
}

// LookAhead returns the Lookahead of the loop whose batch r carries. It returns false unless the only effect of r's
// delivery is that the loop sends the next copies of the same send to the same Alertmanager.
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

// Next returns the next batch, false if there is none or if it carries copies of another send too.
func (a *Lookahead[S]) Next() (Segment[S], bool) {
	n := min(a.size, a.next.Len())
	if n == 0 || n < a.size && a.others {
		return Segment[S]{}, false
	}
	var batch Segment[S]
	batch, a.next = a.next.split(n)
	return batch, true
}

// Advance has the effect of RequestDone for r and for the requests of the batches after it, as many as took has
// durations, all delivered after these. r carries the batch after the last of them then. It calls no method of the
// Driver. It returns false, and does nothing, unless that many batches wait.
func (c *Core[S]) Advance(r *Request[S], took []time.Duration) bool {
	a, ok := c.LookAhead(r)
	if !ok {
		return false
	}
	b := r.Batch
	l := b.Loop
	before := (len(took) - 1) * a.size // copies of the batches before the last
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
