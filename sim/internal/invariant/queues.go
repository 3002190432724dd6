package invariant

import (
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/alerts"
)

// A queueState is the state of a queue that the invariants need.
type queueState struct {
	peer    *peerState // the Alertmanager that the queue feeds; nil if it feeds several
	address string     // the address of that Alertmanager
	waiting int
	left    alertSeq // the end of the copies that have left it
	dropped alertSeq // the end of the copies that were dropped as the oldest
	surplus alertSeq // the end of the copies that were dropped from the last send that was larger than the queue
	made    bool     // the queue dropped copies to make room for the last arrival
}

// queueOf returns the queue that feeds these Alertmanagers.
func (c *Checker) queueOf(ams []*core.Alertmanager) *queueState {
	if c.shared != nil {
		return c.shared
	}
	return c.state(ams[0]).queue
}

// Queued records that the copies of seg arrive at a queue.
func (c *Checker) Queued(ams []*core.Alertmanager, seg alerts.Segment) {
	c.seesQueues = true
	q := c.queueOf(ams)
	if q.waiting > c.limit.queue || q.made {
		c.checkBound(q)
	}
	q.waiting += seg.Len()
}

// Dropped records that the copies of seg leave a queue, or never enter it, without being posted to the Alertmanagers
// that the queue feeds.
func (c *Checker) Dropped(ams []*core.Alertmanager, seg alerts.Segment, why core.Reason) {
	q := c.queueOf(ams)
	switch why {
	case core.QueueFull:
		c.checkOldest(q, seg)
		q.made = true
	case core.BatchTooLarge:
		c.checkSurplus(q, seg)
	default:
		c.checkBound(q)
		q.left = max(q.left, endOf(seg))
	}
	q.waiting -= seg.Len()
	c.lost(q, seg.Len())
	if why == core.ShutDown && c.drains {
		c.undrained(q.address, seg)
	}
}

// DropInferred records a drop of copies that the engine infers from a later event.
func (c *Checker) DropInferred(ams []*core.Alertmanager, seg alerts.Segment, why core.Reason) {
	if len(ams) == 0 { // either there was no Alertmanager or the queue was full: the engine cannot tell which
		c.blind = true
	} else {
		c.lost(c.queueOf(ams), seg.Len())
	}
	if why == core.ShutDown && c.drains {
		c.undrained("", seg)
	}
}

// Popped records that a batch leaves a queue to be posted.
func (c *Checker) Popped(ams []*core.Alertmanager, batch []alerts.Segment, n int) {
	q := c.shared
	if q == nil {
		q = c.queueOf(ams)
	}
	if q.waiting > c.limit.queue || q.made {
		c.checkBound(q)
	}
	q.waiting -= n
	if len(batch) > 0 {
		c.checkLeaving(q, batch[0])
		q.left = endOf(batch[len(batch)-1])
	}
}
