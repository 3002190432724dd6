package invariant

import (
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/alerts"
)

// checkBound checks a queue after copies arrived at it and it dropped others to make room. The queue must not exceed
// its capacity, and if it dropped alerts it must be full. checkBound is called just before the next change of the
// queue.
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

// checkOldest checks a drop from a full queue. The queue must not keep older copies than the dropped ones. If it does,
// checkLeaving reports them when they leave the queue.
func (c *Checker) checkOldest(b *queueState, seg alerts.Segment) {
	c.checkLeaving(b, seg)
	b.dropped, b.left = endOf(seg), endOf(seg)
}

// checkLeaving checks copies that leave a queue. They must be younger than all copies that were dropped as the oldest,
// or that left the queue before.
func (c *Checker) checkLeaving(b *queueState, seg alerts.Segment) {
	if from := beginOf(seg); from < b.dropped {
		c.violated(oldestFirst, anyCase, b.address, "queue dropped younger alerts as its oldest while it still held %s",
			c.text(seg))
	} else if from < b.surplus && from>>32 == b.surplus>>32 {
		c.violated(oldestFirst, anyCase, b.address,
			"queue accepted %s, but dropped younger alerts of the same Send, which was larger than the queue", c.text(seg))
	} else if from < b.left {
		c.violated(fifo, anyCase, b.address, "queue releases %s after alerts of a later Send", c.text(seg))
	}
}

// KeptOldest records that copies are posted that the queue should have dropped as its oldest.
func (c *Checker) KeptOldest(ams []*core.Alertmanager, seg alerts.Segment) {
	c.violated(oldestFirst, anyCase, c.queueOf(ams).address,
		"queue dropped the right number of alerts, but not its oldest: it still posts %s", c.text(seg))
}

// checkSurplus checks that the copies that are dropped from a send larger than the queue are the oldest of the send.
func (c *Checker) checkSurplus(b *queueState, seg alerts.Segment) {
	if seg.From > 0 {
		c.violated(oldestFirst, anyCase, b.address,
			"queue rejects %s, which are not the oldest alerts of a Send larger than the queue", c.text(seg))
	}
	b.surplus = endOf(seg)
}

// overtaken records that an Alertmanager accepts a request after it has accepted one with younger alerts.
func (c *Checker) overtaken(t *targetState, batch []alerts.Segment) {
	kind := anyCase
	if t.overlaps {
		kind = caseOverlap
	}
	c.violated(fifo, kind, t.Address, "accepts %s after alerts of a later Send", c.text(batch...))
}
