package network

import (
	"slices"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/world"
	"github.com/notifysim/notifysim/sim/ledger"
)

// TakeFirst stores the first count copies of a batch at an Alertmanager.
func (n *Network) TakeFirst(to *Target, batch []alerts.Segment, count int) {
	for i := range batch {
		seg := &batch[i]
		part := min(count, seg.Len())
		if part <= 0 {
			return
		}
		if s := seg.Send; s.IsContiguous() {
			b := s.ContiguousBatch(seg.From, part)
			n.take(to, n.Now, &b)
		} else {
			s.Batches(seg.From, seg.From+part, func(b fakeam.AlertRange) { n.take(to, n.Now, &b) })
		}
		count -= part
	}
}

// TakeSteps stores steps at an Alertmanager, all of which are from one contiguous send. It stores the steps that only
// extend known alerts together (see fakeam.AlertStates.Extend), and then the others one by one.
func (n *Network) TakeSteps(by *Target, steps *ledger.Steps) {
	am := by.Alertmanager
	seg, list := steps.Seg, steps.List
	n.LastEnd = max(n.LastEnd, list[len(list)-1].At)
	if len(am.Windows) == 0 {
		last := list[len(list)-1].At
		whole := seg.Send.ContiguousBatch(seg.From, seg.Len())
		whole.N = am.States.Extend(last, &whole)
		by.count(last, &whole)
		if seg.From += whole.N; seg.Len() == 0 {
			return
		}
	}
	now := n.Now
	from := steps.Seg.From
	for _, s := range list {
		to := from + int(s.N)
		if from = max(from, seg.From); from < to {
			n.Now = s.At
			b := seg.Send.ContiguousBatch(from, to-from)
			n.take(by, s.At, &b)
		}
		from = to
	}
	n.Now = now
}

// take stores copies at an Alertmanager, and writes the resulting changes of its alerts to the trace.
func (n *Network) take(to *Target, now int64, b *fakeam.AlertRange) {
	am := to.Alertmanager
	am.countTaken(now, alerts.Span{First: b.First, N: b.N})
	to.count(now, b)
	if changes := am.States.Put(now, b); len(changes) > 0 {
		n.changed(am, changes)
	}
	n.planExpiry(am)
}

// count counts stored copies as firing or as resolved, depending on the time.
func (t *Target) count(now int64, b *fakeam.AlertRange) {
	received := &t.V2
	if t.AM.Set.APIVersion() == "v1" {
		received = &t.V1
	}
	if b.IsResolved(now) {
		received.Resolved += int64(b.N)
	} else {
		received.Firing += int64(b.N)
	}
}

// planExpiry plans the next event at which an alert expires at the Alertmanager, and so resolves there, while it still
// fires at its source.
func (n *Network) planExpiry(am *Alertmanager) {
	if at := am.States.NextFalseResolve(); at < am.expiry || am.expiry == 0 {
		if am.expiry = at; at != fakeam.Never {
			n.Add(at, world.ClassExpiry, am.Rank, (*expiryEvent)(am))
		}
	}
}

// An expiryEvent is the expiry of alerts at an Alertmanager while they still fire at their source.
type expiryEvent Alertmanager

// Happen implements world.Event.
func (e *expiryEvent) Happen() {
	am := (*Alertmanager)(e)
	n := am.network
	if am.expiry > n.Now { // an event that was planned after e already expired the alerts and planned the next expiry
		return
	}
	am.expiry = fakeam.Never
	n.Expire(am)
	n.planExpiry(am)
}

// ExpireAll expires the alerts of all Alertmanagers at the end of the run. No event may follow.
func (n *Network) ExpireAll() {
	for _, am := range n.alertmanagers {
		n.AlertLog.Changes(am.number, am.States.Expire(n.Now))
	}
}

// Expire expires the alerts of an Alertmanager whose endsAt has passed.
func (n *Network) Expire(am *Alertmanager) { n.changed(am, am.States.Expire(n.Now)) }

// tracedChanges maps the changes that appear in the trace to the kinds of their events.
var tracedChanges = map[fakeam.ChangeKind]trace.Kind{
	fakeam.Late:            trace.KindExpired,
	fakeam.FalselyResolves: trace.KindFalselyResolved,
	fakeam.Refires:         trace.KindRefired,
	fakeam.Resurrects:      trace.KindResurrected,
}

// changed writes to the trace how the state of an Alertmanager came to differ from the source, with one event for each
// kind of change and time.
func (n *Network) changed(am *Alertmanager, changes []fakeam.Change) {
	n.AlertLog.Changes(am.number, changes)
	cause := n.Cause
	for i, c := range changes {
		kind, shown := tracedChanges[c.Kind]
		same := func(o fakeam.Change) bool { return o.Kind == c.Kind && o.At == c.At }
		if !shown || slices.ContainsFunc(changes[:i], same) {
			continue
		}
		e := trace.Event{Kind: kind, Alertmanagers: []string{am.Address}}
		for _, o := range changes[i:] {
			if same(o) {
				e.Spans = append(e.Spans, alerts.Span{First: o.First, N: o.N})
				e.N += o.N
				if kind == trace.KindExpired {
					am.countLate(n.Now, o.N)
				}
			}
		}
		n.Cause = cause
		n.Emit(e)
	}
	n.Cause = cause
}
