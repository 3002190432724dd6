package sim

import (
	"math"
	"time"
)

// disturb says that something happens which the notifier has to cope with: alerts, a fault or its end, targets, a reload.
func (w *watch) disturb() { w.disturbed = w.now }

// stretch works out for how long a notifier may be busy when nothing disturbs it any more: each queue empties at one batch a timeout
// at worst, beside a batch that is under way, and queues may be drained one after the other.
func (w *watch) stretch(timeout int64) {
	w.limit.timeout = max(w.limit.timeout, timeout)
	recipients := int64(1)
	for _, p := range w.books.peers {
		recipients += int64(len(p.recipients))
	}
	if w.limit.queue > MaxDepth { // a queue without a capacity
		w.bound = math.MaxInt64 / 2
		return
	}
	batches := int64((w.limit.queue+w.limit.batch-1)/w.limit.batch + 2)
	w.bound = max(w.bound, recipients*batches*w.limit.timeout)
}

// tooLate judges a notifier that is still busy.
func (w *watch) tooLate(rc *recipient) {
	w.violated(quiesces, anyCase, rc.peer, "is still posted to %v after the last disturbance, above the bound of %v",
		time.Duration(w.now-w.disturbed).Round(time.Second), time.Duration(w.bound))
}

// removal says why a recipient should not be posted to.
func (w *watch) removal(rc *recipient) string {
	if rc.gone {
		return "it was removed"
	}
	return "Run has returned"
}

// finish judges the end of a run. One that was not cut off by its duration has settled: nothing waits, and nobody.
func (w *watch) finish() {
	for _, p := range w.books.peers {
		for _, rc := range p.recipients {
			w.checkBound(rc.backlog)
		}
	}
	if w.over && w.now <= w.disturbed+w.bound || w.exited {
		return
	}
	switch {
	case len(w.blocked) > 0:
		w.violated(quiesces, caseHang, nil, "%d calls of Send never return", len(w.blocked))
		return
	case w.stopping:
		w.violated(quiesces, caseHang, nil, "Run never returns, though Stop was called")
		return
	}
	for _, p := range w.books.peers {
		if a := &p.account; a.Queued > 0 || a.InFlight > 0 {
			w.violated(quiesces, anyCase, p, "still has %d alerts waiting and %d in flight when nothing will happen any more", a.Queued, a.InFlight)
		}
	}
}

// undrained judges alerts that are dropped by the stop although the flag says to drain them.
func (w *watch) undrained(p *peer, seg segment) {
	w.violated(quiesces, caseStop, p, "drops %s when it stops, though they are to be drained", w.some(seg))
}
