package notifier

import "time"

// Follow is Done for a request that was taken, where all that comes of it is that the loop's next batch, alerts of one send, goes to
// the same Alertmanager: r is that request then. The driver is asked neither to Land the one nor to Post the other, nor to take
// them for one. Where anything else would come of Done, Follow does nothing and returns false.
func (c *Core[S]) Follow(r *Request[S], took time.Duration) bool {
	f := r.Flight
	l := f.Loop
	if f != &l.own || l.stopped || c.shared != nil || c.state != running || c.held || len(f.Batch) != 1 || r.set != r.To.Set.index || !l.Queue.popsOne(c.opt.BatchSize) {
		return false
	}
	if c.metrics.request(r.To, r.N, true, took) {
		c.drv.Observe(r.To, took)
	}
	f.Batch[0] = l.Queue.take(c.opt.BatchSize)
	n := f.Batch[0].Len()
	r.To.inFlight += n - r.N
	f.N, r.N = n, n
	c.metrics.queueLength(l.Targets, l.Queue.Len())
	return true
}
