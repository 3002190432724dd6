package sim

import (
	"slices"
	"strconv"
	"time"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
)

// planFault plans a fault as the i-th event of the timeline.
func (r *run) planFault(i, line int, at int64, e *scenarios.Fault) {
	p := r.receiver(e.Target)
	key := strconv.FormatInt(at, 10) + " " + e.Fault.String()
	r.agenda.add(r.phase(at, classFault, i), classFault, i, actionFunc(func(r *run) {
		r.line = line
		r.disturb()
		r.beginFault(p, e.Fault, key)
		begun := r.emit(Event{Kind: KindFaultBegin, Alertmanagers: []string{p.address}, Note: e.Fault.String()})
		if e.For > 0 {
			r.agenda.add(r.phase(at+int64(e.For), classFault, i), classFault, i, actionFunc(func(r *run) {
				r.disturb()
				r.endFault(p, key)
				r.cause = begun
				r.emit(Event{Kind: KindFaultEnd, Alertmanagers: []string{p.address}, Note: e.Fault.String()})
			}))
		}
	}))
}

// restart plans that an Alertmanager restarts at an instant, as the i-th event of the timeline.
func (r *run) restart(i, line int, at int64, e *scenarios.Restart) {
	p := r.receiver(e.Target)
	r.agenda.add(r.phase(at, classFault, i), classFault, i, actionFunc(func(r *run) {
		r.line = line
		down := r.stopReceiver(p, "restart", e.Down)
		if e.Down > 0 {
			r.agenda.add(r.phase(at+int64(e.Down), classFault, i), classFault, i, actionFunc(func(r *run) {
				r.cause = down
				r.startReceiver(p, "restart")
			}))
		}
		broken := slices.Clone(p.exchanges) // of one sender after the other, as what they send next comes
		slices.SortStableFunc(broken, func(a, b *exchange) int { return a.from.number - b.from.number })
		r.breakOff(i, broken, down, func() {
			if e.Down == 0 {
				r.startReceiver(p, "restart")
			}
		})
	}))
}

// breakOff ends exchanges whose Alertmanager is no more, and then goes on. Each is an action of its own, all at this instant: what a
// manager makes of one comes before it hears of the next, or its goroutines would race.
func (r *run) breakOff(i int, broken []*exchange, why int64, then func()) {
	r.cause = why
	if len(broken) > 0 {
		broken[0].breakOff()
	}
	if r.cause = why; len(broken) < 2 {
		then()
		return
	}
	r.agenda.add(r.now, classFault, i, actionFunc(func(r *run) { r.breakOff(i, broken[1:], why, then) }))
}

// downKey is the key of the fault of an Alertmanager that is down.
const downKey = "down"

// stopReceiver stops p: what it stored is gone, and unless it is back at once nobody listens until startReceiver. It returns the event,
// which breaks the requests to it.
func (r *run) stopReceiver(p *receiver, note string, down time.Duration) int64 {
	r.disturb()
	if down > 0 {
		p.am.BeginAt(r.now, fakeam.Fault{Refuse: true}, downKey)
		note += " for " + Short(down)
	}
	p.am.Restart(r.now)
	p.episodes.Restart(r.now)
	return r.emit(Event{Kind: KindFaultBegin, Alertmanagers: []string{p.address}, Note: note})
}

// startReceiver starts p again.
func (r *run) startReceiver(p *receiver, note string) {
	r.disturb()
	p.am.End(downKey)
	r.emit(Event{Kind: KindFaultEnd, Alertmanagers: []string{p.address}, Note: note})
}

// breakOff ends an exchange whose Alertmanager is no more, so that it takes nothing of it. Its entry on the agenda stands.
func (x *exchange) breakOff() {
	x.late = x.late[:0]
	x.peer.forget(x)
	if x.over {
		return
	}
	x.broken = true
	if x.reading { // it was taken, and the sender knows; the rest of the body does not come
		x.took()
		return
	}
	x.decision = fakeam.Decision{Verdict: fakeam.Reset, At: x.from.now}
	x.end(core.Failed, x.decision.Verdict.String())
}

// forget removes an exchange of which p takes nothing more.
func (p *receiver) forget(x *exchange) {
	if n := len(p.exchanges) - 1; n == 0 && p.exchanges[0] == x { // nearly always
		p.exchanges = p.exchanges[:0]
		return
	}
	if i := slices.Index(p.exchanges, x); i >= 0 {
		p.exchanges = slices.Delete(p.exchanges, i, i+1)
	}
}
