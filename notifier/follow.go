package notifier

import "time"

// Follows reports whether all that comes of Done, if r is taken and alerts of one send wait, is that the loop's next batch goes to the
// same Alertmanager. It stays so until the Core is called otherwise than by Follow.
func (c *Core[S]) Follows(r *Request[S]) bool {
	return c.shared == nil && !r.Flight.Loop.stopped && len(r.Flight.Batch) == 1
}

// Follow is Done for a request that Follows and for others after it, which all were taken, after so long each: r carries the batch after
// the last of them then. The driver is asked neither to Land their batches nor to Post those that follow, nor told of their latencies.
// If not that many batches wait, or one of them is of several sends, nothing is done.
func (c *Core[S]) Follow(r *Request[S], took []time.Duration) bool {
	f := r.Flight
	l, most := f.Loop, c.opt.BatchSize
	before := (len(took) - 1) * most // alerts of the batches before the last
	waiting := l.Queue.First()
	if waiting == nil || waiting.Len() <= before || waiting.Len() < before+most && l.Queue.Segments() > 1 {
		return false
	}
	if before > 0 {
		l.Queue.take(before)
	}
	f.Batch[0] = l.Queue.take(most)
	n := f.Batch[0].Len()
	c.metrics.sent(c.metrics.of(r.To), r.N+before, took...)
	r.To.inFlight += n - r.N
	f.N, r.N = n, n
	c.metrics.queueLength(l.Targets, l.Queue.Len())
	return true
}
