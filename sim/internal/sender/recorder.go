package sender

import (
	"slices"
	"time"

	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/network"
	"github.com/notifysim/notifysim/sim/ledger"
)

// A recorder is a Sender in its role as engine.Observer: it enters what the notifier does in the accounts, passes it to
// the invariants and writes it to the trace.
type recorder Sender

func (r *recorder) sender() *Sender { return (*Sender)(r) }

// account returns the account of an Alertmanager that has joined.
func account(am *core.Alertmanager) *ledger.PeerAccount { return network.TargetOf(am).Account }

// GoesAhead implements engine.Observer.
func (r *recorder) GoesAhead(call *alerts.Send) { r.sender().goesAhead(call) }

// Returned implements engine.Observer.
func (r *recorder) Returned(call *alerts.Send) { r.sender().returned(call) }

// Reloading implements engine.Observer.
func (r *recorder) Reloading(reload *engine.Reload) { r.sender().reloading(reload) }

// Reloaded implements engine.Observer.
func (r *recorder) Reloaded(reload *engine.Reload) { r.sender().reloaded(reload) }

// TargetsTaken implements engine.Observer.
func (r *recorder) TargetsTaken() {
	r.world.Cause = r.sender().emit(trace.Event{Kind: trace.KindTargets})
}

// TargetsWrong implements engine.Observer.
func (r *recorder) TargetsWrong(errs []error) {
	for _, err := range errs {
		r.sender().emit(trace.Event{Kind: trace.KindTargets, Note: err.Error()})
	}
}

// Join implements engine.Observer.
func (r *recorder) Join(am *core.Alertmanager, waiting int) {
	p := r.group.Network.Peer(r.number, am.Address())
	r.checker.Joined(p.Join(am))
	p.Account.Change().Offered += int64(waiting)
	r.sender().emit(trace.Event{Kind: trace.KindJoin, Alertmanagers: []string{p.Address}, Note: am.String()})
}

// Leave implements engine.Observer.
func (r *recorder) Leave(am *core.Alertmanager, waiting int) {
	t := network.TargetOf(am)
	t.Account.Drop(core.Removed, waiting)
	r.checker.Left(am)
	t.Gone = true
	r.sender().emit(trace.Event{Kind: trace.KindLeave, Alertmanagers: []string{t.Address}, Note: am.String()})
}

// Hold implements engine.Observer.
func (r *recorder) Hold(ams []*core.Alertmanager, seg alerts.Segment) {
	r.accounts.Hold(seg)
	for _, am := range ams {
		account(am).Change().Offered += int64(seg.Len())
	}
}

// Queued implements engine.Observer.
func (r *recorder) Queued(ams []*core.Alertmanager, seg alerts.Segment, q engine.QueueState) {
	r.checker.Queued(ams, seg)
	if r.world.Listens() {
		r.sender().emit(trace.Event{
			Kind: trace.KindQueue, Alertmanagers: network.Addresses(ams), N: seg.Len(), Spans: alerts.SpansOf(seg),
			Queued: q.Waiting, Arriving: q.Arriving, Capacity: q.Capacity,
		})
	}
}

// Dropped implements engine.Observer.
func (r *recorder) Dropped(ams []*core.Alertmanager, seg alerts.Segment, why core.Reason, q *engine.QueueState) {
	if q != nil {
		r.checker.Dropped(ams, seg, why)
	} else {
		r.checker.DropInferred(ams, seg, why)
	}
	for _, am := range ams {
		account(am).Drop(why, seg.Len())
	}
	r.lost([]alerts.Segment{seg}, why)
	if r.world.Listens() {
		e := trace.Event{
			Kind: trace.KindDrop, Alertmanagers: network.Addresses(ams), N: seg.Len(), Spans: alerts.SpansOf(seg), Reason: why,
		}
		if q != nil {
			e.Queued, e.Arriving, e.Capacity = q.Waiting, q.Arriving, q.Capacity
		} else if len(ams) == 0 { // the batch left the queue while there was no Alertmanager
			e.Kind, e.Reason = trace.KindLost, 0
		}
		r.sender().emit(e, seg)
	}
	r.accounts.Ask(seg)
	r.Release(seg)
}

// lost stores why copies are lost, for the virtual scrapes. The last lost copy of an alert determines the reason for
// the alert.
func (r *recorder) lost(segs []alerts.Segment, why core.Reason) {
	if r.group.scraper == nil {
		return
	}
	for _, seg := range segs {
		root := seg.Send.Root()
		root.Losses = append(root.Losses, alerts.Loss{Segment: seg, Why: why})
	}
}

// Skipped implements engine.Observer.
func (r *recorder) Skipped(am *core.Alertmanager, n int) { account(am).Change().Offered -= int64(n) }

// Popped implements engine.Observer.
func (r *recorder) Popped(ams []*core.Alertmanager, batch []alerts.Segment, n int) {
	r.checker.Popped(ams, batch, n)
}

// BatchBegins implements engine.Observer.
func (r *recorder) BatchBegins(n int) { r.checker.BatchBegins(n) }

// Posting implements engine.Observer.
func (r *recorder) Posting(am *core.Alertmanager, segs []alerts.Segment, largest int) {
	r.checker.Posting(am, segs, largest)
}

// KeptOldest implements engine.Observer.
func (r *recorder) KeptOldest(ams []*core.Alertmanager, seg alerts.Segment) {
	r.checker.KeptOldest(ams, seg)
}

// PostingToStranger implements engine.Observer.
func (r *recorder) PostingToStranger(url string) { r.checker.PostingToStranger(url) }

// Posted implements engine.Observer.
func (r *recorder) Posted(req *network.Request, segs []alerts.Segment, _ int, posts []ledger.Step) {
	req.To.Account.Change().Requests += int64(len(posts))
	if r.group.Release.Queues == core.Shared {
		r.checker.Asked(req.To.AM)
		r.accounts.Ask(segs...)
	}
	if r.world.Log == nil {
		r.world.Seq += int64(len(posts))
		return
	}
	req.Event = r.sender().emit(trace.Event{
		Kind: trace.KindPost, Alertmanagers: []string{req.To.Address}, N: req.N, Spans: alerts.SpansOf(segs...),
	})
}

// Delivered implements engine.Observer.
func (r *recorder) Delivered(req *network.Request, steps []ledger.Steps, requests int) {
	r.accounts.Deliver(req.To.Account, steps)
	r.checker.Delivered(req.To.AM, steps, requests)
	r.answered(req, "200", requests)
}

// Ended implements engine.Observer.
func (r *recorder) Ended(req *network.Request, o core.Outcome, text string) {
	if o == core.Cancelled {
		req.To.Account.Drop(core.ShutDown, req.N)
		r.lost(req.Batch, core.ShutDown)
		r.checker.Cancelled(req.To.AM, req.Batch)
	} else {
		req.To.Account.Drop(core.SendFailed, req.N) //mutant:failed-request-counts-as-delivered
		r.lost(req.Batch, core.SendFailed)
		r.checker.Failed(req.To.AM, req.N)
	}
	r.answered(req, text, 1)
}

// answered writes the end of requests to the trace.
func (r *recorder) answered(req *network.Request, outcome string, requests int) {
	if r.world.Log == nil {
		r.world.Seq += int64(requests)
		return
	}
	e := trace.Event{
		Kind: trace.KindAnswer, Alertmanagers: []string{req.To.Address}, N: req.N, Spans: alerts.SpansOf(req.Batch...),
		Outcome: outcome,
	}
	e.Stored, e.StoredAt = req.Stored()
	for i, seg := range req.Batch {
		d := time.Duration(r.world.Now - seg.Send.Root().Begun)
		if i == 0 {
			e.Youngest = d
		}
		e.Youngest, e.Oldest = min(e.Youngest, d), max(e.Oldest, d)
	}
	r.world.Cause = req.Event
	r.world.Cause = r.sender().emit(e, slices.Clone(req.Batch)...)
}

// TakenLate implements engine.Observer.
func (r *recorder) TakenLate(req *network.Request, spans []alerts.Span, n int) {
	r.world.Cause = r.sender().emit(trace.Event{
		Kind: trace.KindLate, Alertmanagers: []string{req.To.Address}, N: n, Spans: spans,
	})
}

// BatchDone implements engine.Observer.
func (r *recorder) BatchDone(
	ams []*core.Alertmanager, batch []alerts.Segment, n int, anyAlertmanager bool, lost engine.Judgement,
) {
	if r.group.Release.Queues == core.Shared {
		r.checker.BatchDone(lost)
		r.accounts.BatchDone(batch, anyAlertmanager)
	}
	if lost == engine.CountedLost && n > 0 && r.world.Listens() {
		r.sender().emit(trace.Event{
			Kind: trace.KindLost, Alertmanagers: network.Addresses(ams), N: n, Spans: alerts.SpansOf(batch...),
		})
	}
	for i := range batch {
		r.Release(batch[i])
	}
}

// Release implements engine.Observer.
func (r *recorder) Release(seg alerts.Segment) {
	root := seg.Send.Root()
	root.Open -= seg.Len()
	r.sender().settle(root)
}

// Primed implements engine.Observer.
func (r *recorder) Primed(am *core.Alertmanager) { r.checker.Primed(am) }

// Stopped implements engine.Observer.
func (r *recorder) Stopped() { r.sender().runReturned() }
