package notifier

import (
	"slices"
	"time"
)

// A driver is a Manager as the Core sees it. Its methods are called with mu held.
type driver Manager

// Join implements Driver.
func (d *driver) Join(am *Alertmanager, _ *Loop[*managedSend]) {
	am.Tag = (*Manager)(d).newReceiver(am)
}

// Leave implements Driver.
func (d *driver) Leave(*Alertmanager, *Loop[*managedSend]) {}

// Admit implements Driver.
func (d *driver) Admit(s *managedSend) int {
	s.alerts, _ = relabeled(d.rules, s.alerts) // without rules too: labels without a value go
	return len(s.alerts)
}

// Queue implements Driver.
func (d *driver) Queue(_ *Loop[*managedSend], seg Segment[*managedSend]) { seg.Send.hold(seg.Len()) }

// Drop implements Driver.
func (d *driver) Drop(l *Loop[*managedSend], seg Segment[*managedSend], why Reason) {
	seg.Send.release(seg.Len())
	if d.rel.Queues == PerAlertmanager {
		d.log.Warn("Alerts dropped", "count", seg.Len(), "reason", why, "alertmanager", l.Targets[0])
		return
	}
	d.log.Warn("Alerts dropped", "count", seg.Len(), "reason", why)
}

// Relabel implements Driver.
func (d *driver) Relabel(set *Set, seg Segment[*managedSend]) Segment[*managedSend] {
	v := seg.Send.variant(set)
	if v.places == nil { // all are there
		return Segment[*managedSend]{v, seg.From, seg.To}
	}
	from, _ := slices.BinarySearch(v.places, seg.From)
	to, _ := slices.BinarySearch(v.places, seg.To)
	return Segment[*managedSend]{v, from, to}
}

// Precedence implements Driver.
func (d *driver) Precedence([]*Set) []*Set { return nil }

// Skip implements Driver.
func (d *driver) Skip(*Flight[*managedSend], *Alertmanager) {}

// Post implements Driver.
func (d *driver) Post(r *Request[*managedSend]) { (*Manager)(d).post(r) }

// Cancel implements Driver.
func (d *driver) Cancel(r *Request[*managedSend]) time.Duration {
	x := r.Tag.(*exchange)
	x.cut = true
	x.cancel()
	return d.opt.Clock.Since(x.begun)
}

// Observe implements Driver.
func (d *driver) Observe(am *Alertmanager, took time.Duration) { d.latency.observe(am.key, took) }

// Forget implements Driver.
func (d *driver) Forget(am *Alertmanager) { d.latency.forget(am.key) }

// Land implements Driver.
func (d *driver) Land(f *Flight[*managedSend], _ bool) {
	for _, seg := range f.Batch {
		seg.Send.release(seg.Len())
	}
}

// Sent implements Driver.
func (d *driver) Sent(s *managedSend) {
	s.returned = true
	s.release(1)
}

// Stopped implements Driver.
func (d *driver) Stopped() { d.halted = true }
