package notifier

import (
	"slices"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
)

// A driver is a Manager in its role as the core's Driver. Its methods are called while mu is held.
type driver Manager

// Joined implements core.Driver.
func (d *driver) Joined(am *core.Alertmanager, _ *core.SendLoop[*sendCall]) {
	am.Tag = (*Manager)(d).newEndpoint(am)
}

// Left implements core.Driver.
func (d *driver) Left(*core.Alertmanager, *core.SendLoop[*sendCall]) {}

// OnSend implements core.Driver.
func (d *driver) OnSend(s *sendCall) int {
	s.alerts, _ = relabeled(d.rules, s.alerts) // even without rules, since this removes labels without a value
	return len(s.alerts)
}

// Queued implements core.Driver.
func (d *driver) Queued(_ *core.SendLoop[*sendCall], seg core.Segment[*sendCall]) {
	seg.Send.retain(seg.Len())
}

// Dropped implements core.Driver.
func (d *driver) Dropped(l *core.SendLoop[*sendCall], seg core.Segment[*sendCall], why core.Reason) {
	seg.Send.release(seg.Len())
	if d.rel.Queues == core.PerAlertmanager {
		d.log.Warn("Alerts dropped", "count", seg.Len(), "reason", why, "alertmanager", l.Targets[0])
		return
	}
	d.log.Warn("Alerts dropped", "count", seg.Len(), "reason", why)
}

// Relabel implements core.Driver.
func (d *driver) Relabel(set *core.Set, seg core.Segment[*sendCall]) core.Segment[*sendCall] {
	v := seg.Send.variant(set)
	if v.positions == nil { // the variant has all alerts of the send
		return core.Segment[*sendCall]{Send: v, From: seg.From, To: seg.To}
	}
	from, _ := slices.BinarySearch(v.positions, seg.From)
	to, _ := slices.BinarySearch(v.positions, seg.To)
	return core.Segment[*sendCall]{Send: v, From: from, To: to}
}

// SetOrder implements core.Driver.
func (d *driver) SetOrder(int) []int { return nil }

// Popped implements core.Driver.
func (d *driver) Popped(*core.Batch[*sendCall]) {}

// Skipped implements core.Driver.
func (d *driver) Skipped(*core.Batch[*sendCall], *core.Alertmanager) {}

// Post implements core.Driver.
func (d *driver) Post(r *core.Request[*sendCall]) { (*Manager)(d).post(r) }

// Cancel implements core.Driver.
func (d *driver) Cancel(r *core.Request[*sendCall]) time.Duration {
	x := r.Tag.(*inflightRequest)
	x.abandoned = true
	x.cancel()
	return d.opt.Clock.Since(x.started)
}

// ObserveLatency implements core.Driver.
func (d *driver) ObserveLatency(am *core.Alertmanager, took time.Duration) {
	d.latency.observe(am.String(), took)
}

// DeleteLatencies implements core.Driver.
func (d *driver) DeleteLatencies(am *core.Alertmanager) { d.latency.delete(am.String()) }

// BatchDone implements core.Driver.
func (d *driver) BatchDone(b *core.Batch[*sendCall], _ bool) {
	for _, seg := range b.Segments {
		seg.Send.release(seg.Len())
	}
}

// SendReturned implements core.Driver.
func (d *driver) SendReturned(s *sendCall) {
	s.returned = true
	s.release(1)
}

// Stopped implements core.Driver.
func (d *driver) Stopped() { d.stopped = true }
