package sim

// checkBound judges a queue when all that an arrival brings about is over: it holds no more than its capacity, and if it dropped
// alerts to make room, it is full. It is called just before the next thing happens to it.
func (w *watch) checkBound(b *backlog) {
	switch {
	case b.waiting > w.limit.queue:
		w.violated(queueBound, anyCase, b.peer, "queue holds %d alerts, above its capacity of %d", b.waiting, w.limit.queue)
	case b.made && b.waiting < w.limit.queue:
		w.violated(queueBound, anyCase, b.peer, "queue dropped alerts to make room and holds %d, below its capacity of %d", b.waiting, w.limit.queue)
	}
	b.made = false
}

// checkOldest judges a drop of a full queue: nothing that is older stays behind. It follows that nothing leaves the queue later
// that is older, see checkLeaving.
func (w *watch) checkOldest(b *backlog, seg segment) {
	w.checkLeaving(b, seg)
	b.dropped, b.left = endOf(seg), endOf(seg)
}

// checkLeaving judges what leaves a queue by what was dropped before as the oldest.
func (w *watch) checkLeaving(b *backlog, seg segment) {
	if from := beginOf(seg); from < b.dropped {
		w.violated(oldestFirst, anyCase, b.peer, "queue still held %s when it dropped younger ones as its oldest", w.some(seg))
	} else if from < b.surplus && from>>32 == b.surplus>>32 {
		w.violated(oldestFirst, anyCase, b.peer, "queue took in %s, and dropped younger ones of the same send for being too many", w.some(seg))
	} else if from < b.left {
		w.violated(fifo, anyCase, b.peer, "queue gives out %s after what was handed over later", w.some(seg))
	}
}

// checkSurplus judges what is dropped of a send that is larger than the queue: its oldest alerts.
func (w *watch) checkSurplus(b *backlog, seg segment) {
	if seg.From > 0 {
		w.violated(oldestFirst, anyCase, b.peer, "queue does not take %s, which are not the oldest of a send that is too large", w.some(seg))
	}
	b.surplus = endOf(seg)
}

// overtaken judges an Alertmanager that answers a request well after one with younger alerts.
func (w *watch) overtaken(rc *recipient, batch []segment) {
	c := anyCase
	if rc.overlaps {
		c = caseOverlap
	}
	w.violated(fifo, c, rc.peer, "takes %s after what was handed over later", w.some(batch...))
}
