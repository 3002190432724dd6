package blackbox

import (
	"fmt"
	"slices"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/world"
)

// A LiveHost is a Host on the wall clock, where real or fake Alertmanagers respond over HTTP.
type LiveHost interface {
	Host
	// Busy reports whether fake Alertmanagers may still store copies of requests that have already ended for the
	// manager.
	Busy() bool
	// IsReal reports whether the Alertmanager at an address is a real one. The host cannot see what a real one stores.
	IsReal(address string) bool
}

// OutcomeTimeout is the Outcome of an Ending that the sender's timeout caused.
const OutcomeTimeout = "timeout"

// mayStillTake reports whether Alertmanagers on the wall clock may still store copies of requests that have already
// ended for the manager.
func (e *Engine) mayStillTake() bool {
	if e.Live == nil {
		return false
	}
	if e.Live.Busy() {
		return true
	}
	e.settle() // records what was stored until now
	return false
}

// idle reports whether nothing can happen on the wall clock before the next planned event.
func (e *Engine) idle() bool {
	if e.Live == nil || len(e.requests) > 0 || e.stopping && !e.exited || e.Locked() || e.Live.Busy() {
		return false
	}
	e.world.Fail(e.Measure())
	waits := slices.ContainsFunc(e.queues, func(q *queue) bool { return len(q.waiting) > 0 })
	if waits && !e.stopping && e.HasAlertmanagers() {
		return false
	}
	for entry := range e.world.Queue.All() {
		if entry.Class() < world.ClassScrape {
			return false
		}
	}
	e.settle()
	return true
}

// bookLive records what happened on the wall clock.
func (e *Engine) bookLive(did Events) {
	for _, t := range did.Taken {
		p := e.seen[t.Request]
		if p == nil {
			e.world.Fail(fmt.Errorf("%s received alerts that the notifier has not posted", t.Address))
			continue
		}
		if e.world.Cause = p.request.Event; p.gaveUp {
			spans, n := alerts.SpansOfBatches(alerts.AppendBatches(nil, t.N, p.segs...))
			e.Observer.TakenLate(p.request, spans, n)
		}
		e.Network.TakeFirst(p.request.To, p.segs, t.N)
	}
	for _, end := range did.Ended {
		p := e.seen[end.Request]
		if !slices.Contains(e.requests, p) {
			continue
		}
		e.world.Cause = p.request.Event
		if end.Status/100 != 2 {
			p.gaveUp = end.Outcome == OutcomeTimeout
			p.request.End(core.Failed, end.Outcome)
			continue
		}
		if e.Live.IsReal(p.request.To.Address) {
			e.Network.TakeFirst(p.request.To, p.segs, p.request.N)
		}
		p.request.Deliver()
	}
}
