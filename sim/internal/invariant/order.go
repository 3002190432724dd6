package invariant

import (
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/alerts"
)

// checkBound judges a queue when all that an arrival brings about is over: it holds no more than its capacity, and if
// it dropped alerts to make room, it is full. It is called just before the next thing happens to it.
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

// checkOldest judges a drop of a full queue: nothing that is older stays behind. It follows that nothing leaves the
// queue later that is older, see checkLeaving.
func (c *Checker) checkOldest(b *queueState, seg alerts.Segment) {
	c.checkLeaving(b, seg)
	b.dropped, b.left = endOf(seg), endOf(seg)
}

// checkLeaving judges what leaves a queue by what was dropped before as the oldest.
func (c *Checker) checkLeaving(b *queueState, seg alerts.Segment) {
	if from := beginOf(seg); from < b.dropped {
		c.violated(oldestFirst, anyCase, b.address, "queue still held %s when it dropped younger ones as its oldest",
			c.text(seg))
	} else if from < b.surplus && from>>32 == b.surplus>>32 {
		c.violated(oldestFirst, anyCase, b.address,
			"queue took in %s, and dropped younger ones of the same send for being too many", c.text(seg))
	} else if from < b.left {
		c.violated(fifo, anyCase, b.address, "queue gives out %s after what was handed over later", c.text(seg))
	}
}

// KeptOldest says that copies are posted which the queue must have dropped if it dropped its oldest.
func (c *Checker) KeptOldest(ams []*core.Alertmanager, seg alerts.Segment) {
	c.violated(oldestFirst, anyCase, c.queueOf(ams).address,
		"queue dropped as many alerts as it says, but not its oldest: it still posts %s", c.text(seg))
}

// checkSurplus judges what is dropped of a send that is larger than the queue: its oldest alerts.
func (c *Checker) checkSurplus(b *queueState, seg alerts.Segment) {
	if seg.From > 0 {
		c.violated(oldestFirst, anyCase, b.address,
			"queue does not take %s, which are not the oldest of a send that is too large", c.text(seg))
	}
	b.surplus = endOf(seg)
}

// overtaken judges an Alertmanager that answers a request well after one with younger alerts.
func (c *Checker) overtaken(t *targetState, batch []alerts.Segment) {
	kind := anyCase
	if t.overlaps {
		kind = caseOverlap
	}
	c.violated(fifo, kind, t.Address, "takes %s after what was handed over later", c.text(batch...))
}
