package sim

import (
	"fmt"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/sender"
	"github.com/notifysim/notifysim/sim/internal/world"
)

// arrivals repeats one send of the timeline. Each repetition happens at its time, even if the call of Send before it
// has not returned.
type arrivals struct {
	event    *scenarios.Event
	position int
	every    *fakeam.Distribution
	gaps     fakeam.Random
	until    int64
	send     func(*sender.Sender)
	run      *run
}

// planArrivals plans the first repetition of the send that is the i-th event of the timeline.
func (r *run) planArrivals(i int, e *scenarios.Event, send func(*sender.Sender)) {
	a := &arrivals{run: r, event: e, position: i, every: e.Send.Every, until: int64(e.At + e.Send.For), send: send}
	// Events with the same text get different random streams. The other events of the file do not influence a stream.
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

// Happen makes one send and plans the next one. A sender that has stopped makes none.
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
