package core

import "time"

// CanFastForward reports whether all that comes of RequestDone, if r is taken and alerts of one send wait, is that the loop's next batch goes to the
// same Alertmanager. It stays so until the Core is called otherwise than by FastForward.
func (c *Core[S]) CanFastForward(r *Request[S]) bool {
	return c.shared == nil && !r.Batch.Loop.stopped && len(r.Batch.Segments) == 1
}

// FastForward is RequestDone for a request that CanFastForward and for others after it, which all were taken, after so long each: r carries the batch after
// the last of them then. The driver is asked neither for BatchDone of their batches nor to Post those that follow, nor told of their latencies.
// If not that many batches wait, or one of them is of several sends, nothing is done.
func (c *Core[S]) FastForward(r *Request[S], took []time.Duration) bool {
	b := r.Batch
	l, most := b.Loop, c.opt.MaxBatchSize
	before := (len(took) - 1) * most // alerts of the batches before the last
	waiting := l.Queue.First()
	if waiting == nil || waiting.Len() <= before || waiting.Len() < before+most && l.Queue.Segments() > 1 {
		return false
	}
	if before > 0 {
		l.Queue.take(before)
	}
	b.Segments[0] = l.Queue.take(most)
	n := b.Segments[0].Len()
	c.metrics.sent(c.metrics.of(r.To), r.N+before, took...)
	r.To.inFlight += n - r.N
	b.N, r.N = n, n
	c.metrics.queueLength(l.Targets, l.Queue.Len())
	return true
}
