package invariant

import (
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/alerts"
)

// checkBound checks a queue after an arrival and the drops that it caused: the queue holds no more than its capacity,
// and is full if it dropped alerts to make room. It is called just before the next change of the queue.
func (c *Checker) checkBound(b *queueState) {
	switch {
	case b.waiting > c.limit.queue:
		c.violated(queueBound, anyCase, b.address, "queue holds %d alerts, above its capacity of %d", b.waiting,
			c.limit.queue)
	case b.made && b.waiting < c.limit.queue:
		c.violated(queueBound, anyCase, b.address,
			"queue dropped alerts to make room and holds %d, below its capacity of %d", b.waiting, c.limit.queue)
	}
	b.made = false
}

// checkOldest checks a drop from a full queue: nothing older may stay in it. If something does, it is older than
// dropped when it leaves the queue (see checkLeaving).
func (c *Checker) checkOldest(b *queueState, seg alerts.Segment) {
	c.checkLeaving(b, seg)
	b.dropped, b.left = endOf(seg), endOf(seg)
}

// checkLeaving checks that copies that leave a queue are younger than all that were dropped as its oldest, or that left
// it before.
func (c *Checker) checkLeaving(b *queueState, seg alerts.Segment) {
	if from := beginOf(seg); from < b.dropped {
		c.violated(oldestFirst, anyCase, b.address, "queue still held %s when it dropped younger ones as its oldest",
			c.text(seg))
	} else if from < b.surplus && from>>32 == b.surplus>>32 {
		c.violated(oldestFirst, anyCase, b.address,
			"queue accepted %s, and dropped younger ones of the same Send, which was too large", c.text(seg))
	} else if from < b.left {
		c.violated(fifo, anyCase, b.address, "queue gives out %s after alerts of a later Send", c.text(seg))
	}
}

// KeptOldest records that copies are posted which the queue would have dropped if it had dropped its oldest.
func (c *Checker) KeptOldest(ams []*core.Alertmanager, seg alerts.Segment) {
	c.violated(oldestFirst, anyCase, c.queueOf(ams).address,
		"queue dropped as many alerts as it says, but not its oldest: it still posts %s", c.text(seg))
}

// checkSurplus checks that what is dropped of a send that is larger than the queue are its oldest alerts.
func (c *Checker) checkSurplus(b *queueState, seg alerts.Segment) {
	if seg.From > 0 {
		c.violated(oldestFirst, anyCase, b.address,
			"queue rejects %s, which are not the oldest of a Send that is too large", c.text(seg))
	}
	b.surplus = endOf(seg)
}

// overtaken records that an Alertmanager accepts a request after one with younger alerts.
func (c *Checker) overtaken(t *targetState, batch []alerts.Segment) {
	kind := anyCase
	if t.overlaps {
		kind = caseOverlap
	}
	c.violated(fifo, kind, t.Address, "accepts %s after alerts of a later Send", c.text(batch...))
}
