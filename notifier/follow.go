package notifier

import "time"

// Follows reports whether all that comes of Done, if r is taken and alerts of one send wait, is that the loop's next batch goes to the
// same Alertmanager. It stays so until the Core is called otherwise than by Follow.
func (c *Core[S]) Follows(r *Request[S]) bool {
	f := r.Flight
	return c.shared == nil && c.state == running && !c.held && f == &f.Loop.own && !f.Loop.stopped && len(f.Batch) == 1 && r.set == r.To.Set.index
}

// Follow is Done for a request that Follows and was taken: r carries the next batch of its loop then, and the driver is asked neither
// to Land the one nor to Post the other. If no alerts wait, or the batch is of several sends, nothing is done.
func (c *Core[S]) Follow(r *Request[S], took time.Duration) bool {
	f := r.Flight
	q := &f.Loop.Queue
	if !q.popsOne(c.opt.BatchSize) {
		return false
	}
	if c.metrics.request(r.To, r.N, true, took) {
		c.drv.Observe(r.To, took)
	}
	f.Batch[0] = q.take(c.opt.BatchSize)
	n := f.Batch[0].Len()
	r.To.inFlight += n - r.N
	f.N, r.N = n, n
	c.metrics.queueLength(f.Loop.Targets, q.length)
	return true
}
