package model

import (
	"time"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/network"
)

// A driver is a Model in its role as core.Driver: it reports the decisions of the core to the observer, and makes
// requests on the network.
type driver Model

// OnSend implements core.Driver.
func (d *driver) OnSend(s *alerts.Send) int {
	d.Observer.GoesAhead(s)
	return s.N
}

// Joined implements core.Driver.
func (d *driver) Joined(am *core.Alertmanager, l *sendLoop) {
	d.Observer.Join(am, l.Queue.Len()) // not 0 if the loop has a shared queue
	network.TargetOf(am).Queue = l
}

// Left implements core.Driver.
func (d *driver) Left(am *core.Alertmanager, l *sendLoop) { d.Observer.Leave(am, l.Queue.Len()) }

// Queued implements core.Driver.
func (d *driver) Queued(l *sendLoop, seg segment) {
	d.Observer.Hold(l.Targets, seg)
	d.state = engine.QueueState{Waiting: l.Queue.Len(), Arriving: seg.Len(), Capacity: l.Queue.Capacity}
	if d.Depths != nil && d.Depths.Arriving(d.Network.Now, l, seg.Len()) && d.Unbounded {
		d.Depths.SetEndless(l)
		d.Network.Over = true
	}
	d.Observer.Queued(l.Targets, seg, d.state)
}

// Dropped implements core.Driver.
func (d *driver) Dropped(l *sendLoop, seg segment, why core.Reason) {
	q := &d.state
	if why != core.BatchTooLarge && why != core.QueueFull {
		q = &engine.QueueState{} // this case is rare, so it may allocate
	}
	d.Observer.Dropped(l.Targets, seg, why, q)
}

// Relabel implements core.Driver.
func (d *driver) Relabel(set *core.Set, seg segment) segment {
	return alerts.Relabel(set, d.Network.Labels, seg)
}

// SetOrder implements core.Driver.
func (d *driver) SetOrder(int) []int { return d.Orders.Next(d.Sender) }

// Popped implements core.Driver.
func (d *driver) Popped(b *batch) {
	if d.priming {
		return
	}
	if d.Depths != nil {
		d.Depths.Popped(d.Network.Now, b.Loop, b.Loop.Queue.Len()+b.N, b.Loop.Queue.Len())
	}
	if d.Release.Queues == core.Shared {
		d.Observer.BatchBegins(b.N)
	}
	d.Observer.Popped(b.Loop.Targets, b.Segments, b.N)
}

// Skipped implements core.Driver.
func (d *driver) Skipped(b *batch, am *core.Alertmanager) { d.Observer.Skipped(am, b.N) }

// Post implements core.Driver.
func (d *driver) Post(r *request) {
	if d.priming {
		d.primed = append(d.primed, r)
		return
	}
	if dropped := r.Batch.N - r.N; dropped > 0 { // the relabelling of the set dropped them
		d.Observer.Skipped(r.To, dropped)
	}
	d.Observer.Posting(r.To, r.Segments, r.N)
	t := network.TargetOf(r.To)
	x := d.Network.Post((*requests)(d), d.Observer, d.Sender, t, r.Segments, r.N)
	k, ok := x.Tag.(*inFlight)
	if !ok {
		k = &inFlight{sent: x}
		x.Tag = k
	}
	k.request, k.model = r, nil
	r.Tag = x
	at, class, place := x.Ends()
	d.Network.Add(at, class, place, x)
}

// Cancel implements core.Driver.
func (d *driver) Cancel(r *request) time.Duration {
	x := r.Tag.(*network.Request)
	took := time.Duration(d.Network.Now - x.Begun)
	x.End(core.Cancelled, "cut")
	return took
}

// BatchDone implements core.Driver.
func (d *driver) BatchDone(b *batch, lost bool) {
	if d.priming {
		return
	}
	judgement := engine.CountedDelivered
	if lost {
		judgement = engine.CountedLost
	}
	d.Observer.BatchDone(b.Loop.Targets, b.Segments, b.N, b.Asked() || len(b.Loop.Targets) > 0, judgement)
	if d.Depths != nil {
		d.Depths.BatchDone(d.Network.Now, b.Loop, b.N)
	}
}

// SendReturned implements core.Driver.
func (d *driver) SendReturned(s *alerts.Send) { d.Observer.Returned(s) }

// Stopped implements core.Driver.
func (d *driver) Stopped() { d.Observer.Stopped() }

// ObserveLatency implements core.Driver.
func (d *driver) ObserveLatency(*core.Alertmanager, time.Duration) {}

// DeleteLatencies implements core.Driver.
func (d *driver) DeleteLatencies(*core.Alertmanager) {}

// requests is a Model in its role as network.Engine.
type requests Model

// Responding implements network.Engine.
func (e *requests) Responding(*network.Request) {}

// Happening implements network.Engine.
func (e *requests) Happening(x *network.Request) bool {
	return e.FastForward != nil && e.FastForward.happening((*Model)(e), x)
}

// Ended implements network.Engine.
func (e *requests) Ended(x *network.Request, o core.Outcome, took time.Duration) {
	r := x.Tag.(*inFlight).request
	if e.Depths != nil {
		e.Depths.RequestEnded(r.Batch.Loop, o, e.Network.Now >= x.Deadline)
	}
	switch {
	case o == core.Cancelled: // its event stays in the queue, and the core cancelled it
		return
	case x.Broken: // its event stays in the queue
	case len(x.Late) > 0:
		x.Store()
	default:
		x.Recycle()
	}
	e.core.RequestDone(r, o, took)
}
