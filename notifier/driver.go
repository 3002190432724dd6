package notifier

import (
	"slices"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
)

// A driver is a Manager as the Core sees it. Its methods are called with mu held.
type driver Manager

// Joined implements core.Driver.
func (d *driver) Joined(am *core.Alertmanager, _ *core.SendLoop[*managedSend]) {
	am.Tag = (*Manager)(d).newReceiver(am)
}

// Left implements core.Driver.
func (d *driver) Left(*core.Alertmanager, *core.SendLoop[*managedSend]) {}

// OnSend implements core.Driver.
func (d *driver) OnSend(s *managedSend) int {
	s.alerts, _ = relabeled(d.rules, s.alerts) // without rules too: labels without a value go
	return len(s.alerts)
}

// Queued implements core.Driver.
func (d *driver) Queued(_ *core.SendLoop[*managedSend], seg core.Segment[*managedSend]) {
	seg.Send.hold(seg.Len())
}

// Dropped implements core.Driver.
func (d *driver) Dropped(l *core.SendLoop[*managedSend], seg core.Segment[*managedSend], why core.Reason) {
	seg.Send.release(seg.Len())
	if d.rel.Queues == core.PerAlertmanager {
		d.log.Warn("Alerts dropped", "count", seg.Len(), "reason", why, "alertmanager", l.Targets[0])
		return
	}
	d.log.Warn("Alerts dropped", "count", seg.Len(), "reason", why)
}

// Relabel implements core.Driver.
func (d *driver) Relabel(set *core.Set, seg core.Segment[*managedSend]) core.Segment[*managedSend] {
	v := seg.Send.variant(set)
	if v.places == nil { // all are there
		return core.Segment[*managedSend]{Send: v, From: seg.From, To: seg.To}
	}
	from, _ := slices.BinarySearch(v.places, seg.From)
	to, _ := slices.BinarySearch(v.places, seg.To)
	return core.Segment[*managedSend]{Send: v, From: from, To: to}
}

// SetOrder implements core.Driver.
func (d *driver) SetOrder([]*core.Set) []*core.Set { return nil }

// Popped implements core.Driver.
func (d *driver) Popped(*core.Batch[*managedSend]) {}

// Skipped implements core.Driver.
func (d *driver) Skipped(*core.Batch[*managedSend], *core.Alertmanager) {}

// Post implements core.Driver.
func (d *driver) Post(r *core.Request[*managedSend]) { (*Manager)(d).post(r) }

// Cancel implements core.Driver.
func (d *driver) Cancel(r *core.Request[*managedSend]) time.Duration {
	x := r.Tag.(*exchange)
	x.cut = true
	x.cancel()
	return d.opt.Clock.Since(x.begun)
}

// ObserveLatency implements core.Driver.
func (d *driver) ObserveLatency(am *core.Alertmanager, took time.Duration) {
	d.latency.observe(am.String(), took)
}

// DeleteLatencies implements core.Driver.
func (d *driver) DeleteLatencies(am *core.Alertmanager) { d.latency.forget(am.String()) }

// BatchDone implements core.Driver.
func (d *driver) BatchDone(f *core.Batch[*managedSend], _ bool) {
	for _, seg := range f.Segments {
		seg.Send.release(seg.Len())
	}
}

// SendReturned implements core.Driver.
func (d *driver) SendReturned(s *managedSend) {
	s.returned = true
	s.release(1)
}

// Stopped implements core.Driver.
func (d *driver) Stopped() { d.halted = true }
