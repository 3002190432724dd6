package network

import (
	"slices"
	"time"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/world"
)

// downKey is the key of the fault that an Alertmanager has while it is down.
const downKey = "down"

// Stop stops am, which loses the alerts that it stored. Unless down is 0, am refuses connections until Start. Stop
// returns the number of its event in the trace, which is the cause of the end of the requests to am.
func (n *Network) Stop(am *Alertmanager, note string, down time.Duration) int64 {
	n.Disturbed()
	if down > 0 {
		am.Decides.StartFault(n.Now, fakeam.Fault{Refuse: true}, downKey)
		note += " for " + text.Duration(down)
	}
	am.Decides.Restart(n.Now)
	n.AlertLog.Changes(am.number, am.States.Expire(n.Now-1)) // what has expired before is not known until now
	am.States.Restart(n.Now)
	n.AlertLog.Forgets(n.Now, am.number)
	return n.Emit(trace.Event{Kind: trace.KindFaultBegin, Alertmanagers: []string{am.Address}, Note: note})
}

// Start starts am again after a Stop.
func (n *Network) Start(am *Alertmanager, note string) {
	n.Disturbed()
	am.Decides.EndFault(downKey)
	n.Emit(trace.Event{Kind: trace.KindFaultEnd, Alertmanagers: []string{am.Address}, Note: note})
}

// Break ends the requests to an Alertmanager that has stopped, sender by sender, and then calls then. position is the
// position of the restart in the timeline.
func (n *Network) Break(am *Alertmanager, position int, cause int64, then func()) {
	broken := slices.Clone(am.Requests)
	slices.SortStableFunc(broken, func(a, b *Request) int { return a.Sender - b.Sender })
	n.breakNext(broken, position, cause, then)
}

// breakNext ends the first request of broken, and plans an event of the same instant for the next. So a manager reacts
// to the end of one request before the next one ends; otherwise its goroutines would race.
func (n *Network) breakNext(broken []*Request, position int, cause int64, then func()) {
	n.Cause = cause
	if len(broken) > 0 {
		broken[0].breakOff()
	}
	if n.Cause = cause; len(broken) < 2 {
		then()
		return
	}
	n.Do(n.Now, world.ClassFault, position, func() { n.breakNext(broken[1:], position, cause, then) })
}

// breakOff ends a request whose Alertmanager has stopped and stores none of the remaining copies. The event of the
// request stays in the event queue.
func (r *Request) breakOff() {
	r.Late = r.Late[:0]
	r.To.forget(r)
	if r.Over {
		return
	}
	r.Broken = true
	if r.Reading { // the copies are stored and the sender has the status: only part of the body is missing
		r.Deliver()
		return
	}
	r.Decision = fakeam.Decision{Outcome: fakeam.Reset, At: r.network.Now}
	r.End(core.Failed, r.Decision.Outcome.String())
}

// forget removes a request of which am will store nothing more.
func (am *Alertmanager) forget(r *Request) {
	if n := len(am.Requests) - 1; n == 0 && am.Requests[0] == r { // the usual case
		am.Requests = am.Requests[:0]
		return
	}
	if i := slices.Index(am.Requests, r); i >= 0 {
		am.Requests = slices.Delete(am.Requests, i, i+1)
	}
}
