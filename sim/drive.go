package sim

import (
	"slices"
	"time"
)

// The hosts of several senders have a time each. What one of them does by itself concerns the others only through the Alertmanagers,
// so each may go on to the next instant that the run has planned, and is listened to when the run's time has come to its own.

// drive runs r with a manager for each sender, in hosts that open opens.
func (r *run) drive(open func(*sender) (host, error)) error {
	var rigs []*rig
	var err error
	for _, s := range r.senders {
		var h host
		if h, err = open(s); err != nil {
			break
		}
		rigs = append(rigs, newRig(s, h))
	}
	r.create = func(s *sender) (subject, error) { // of a server that starts again
		if err := rigs[s.number].host.close(); err != nil {
			s.dead = true
			return nil, err
		}
		h, err := open(s)
		if err != nil {
			s.dead = true // and its host is closed
			return nil, err
		}
		g := newRig(s, h)
		rigs[s.number], g.ahead = g, r.now
		return g, h.begin(r.now)
	}
	if err == nil {
		err = r.prepare()
	}
	if err == nil {
		r.prime()
		for _, g := range rigs {
			r.fail(g.host.begin(0))
		}
		for r.err == nil && !r.over && r.step(rigs) {
			r.settled(rigs)
		}
		if r.err == nil {
			r.finish()
		}
		err = r.err
	}
	for _, g := range rigs {
		if g.dead {
			continue // its host is gone
		}
		if closed := g.host.close(); err == nil {
			err = closed
		}
	}
	return err
}

// step goes to the next instant at which something happens, and does the first thing that the agenda has there. It is false when
// nothing will happen any more.
func (r *run) step(rigs []*rig) bool {
	r.steps.Add(1)
	r.cause, r.line = 0, 0
	until := r.now + int64(time.Hour) // what is in flight ends by its timeout before
	switch {
	case r.repeats > 0 && r.stuck(func(s *sender) bool { return s.dead }):
		return false
	case r.agenda.len() > 0:
		until = r.agenda.first().at
	case !slices.ContainsFunc(rigs, (*rig).busy):
		return false
	}
	for _, g := range rigs {
		if g.ahead > r.now && r.replicas != nil { // it may have done something then
			until = min(until, g.ahead)
		}
	}
	for _, g := range rigs {
		if g.dead || g.idles() || g.ahead > r.now && r.replicas != nil {
			continue
		}
		now, err := g.host.advance(until)
		if until, g.ahead = now, now; err != nil {
			r.fail(err)
			return false
		}
	}
	r.now = until
	r.settled(rigs) // timeouts come first
	if r.err == nil && r.agenda.len() > 0 && r.agenda.first().at <= r.now {
		r.cause, r.line = 0, 0
		r.agenda.next().what.act(r)
	}
	return true
}

// settled lets the managers go on until they wait whose time has come.
func (r *run) settled(rigs []*rig) {
	for _, g := range rigs {
		if g.ahead <= r.now || r.replicas == nil {
			g.settled()
		}
	}
}
