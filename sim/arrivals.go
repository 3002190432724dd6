package sim

import (
	"fmt"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/sender"
	"github.com/notifysim/notifysim/sim/internal/world"
)

// arrivals are the repetitions of a send. The next one comes whether or not the one before has returned.
type arrivals struct {
	event    *scenarios.Event
	position int
	every    *fakeam.Distribution
	gaps     fakeam.Random
	until    int64
	send     func(*sender.Sender)
	run      *run
}

// planArrivals plans the first of the sends that the i-th event of the timeline repeats.
func (r *run) planArrivals(i int, e *scenarios.Event, send func(*sender.Sender)) {
	a := &arrivals{run: r, event: e, position: i, every: e.Send.Every, until: int64(e.At + e.Send.For), send: send}
	// Equal events have different random streams; other events of the file have no influence on them.
	same := 0
	for j := range r.test.Timeline[:i] {
		if o := &r.test.Timeline[j]; o.Send != nil && o.Send.Every != nil && o.At == e.At &&
			o.Send.Names[0] == e.Send.Names[0] {
			same++
		}
	}
	a.gaps = fakeam.NewRandom(r.world.Seed, fmt.Sprintf("%s %d %d", e.Send.Names[0], e.At, same), "every")
	r.world.Add(int64(e.At), world.ClassSend, i, a)
}

// Happen makes one send. A sender that stops makes no more.
func (a *arrivals) Happen() {
	r := a.run
	r.world.Line = a.event.Pos.Line
	sent := false
	for _, s := range r.senders.Senders() {
		if !s.Stopping() && a.event.Of(s.Number()+1) {
			r.world.Cause = 0
			a.send(s)
			sent = true
		}
	}
	if !sent {
		return
	}
	if next := r.world.Now + max(a.every.Draw(&a.gaps), 1); next < a.until {
		r.world.Add(next, world.ClassSend, a.position, a)
	}
}
