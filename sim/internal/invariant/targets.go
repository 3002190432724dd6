package invariant

import (
	"slices"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/network"
)

// Joined records that an Alertmanager became active.
func (c *Checker) Joined(t *network.Target) {
	s := &targetState{Peer: t.Peer, am: t.AM, queue: c.shared}
	t.Check = s
	p := c.peer(t.Address)
	if s.queue == nil {
		s.own.peer, s.own.address = p, t.Address
		s.queue = &s.own
	}
	c.unscraped = true
	p.targets = slices.DeleteFunc(p.targets, func(o *targetState) bool { return o.gone && o.inFlight == 0 })
	for _, o := range p.targets {
		if !o.gone && o.am.Set == t.AM.Set && o.am.String() == t.AM.String() {
			c.violated(targetsUnique, anyCase, t.Address, "is in %s twice", t.AM.Set.Key)
		}
	}
	p.targets = append(p.targets, s)
	s.counters = c.counters[t.AM.String()]
	if s.counters == nil {
		s.counters = &expectedCounters{}
		c.counters[t.AM.String()] = s.counters
	}
	s.counters.active++
	c.resetBound(int64(time.Duration(t.AM.Set.Config.Timeout)))
}

// Left records that an Alertmanager is no longer active, and that its queue is gone.
func (c *Checker) Left(am *core.Alertmanager) {
	s := c.state(am)
	c.checkBound(s.queue)
	s.gone = true
	s.counters.left(c)
	c.unscraped = true
}

// Reloading records that ApplyConfig begins (at is true) or that it has returned (at is false).
func (c *Checker) Reloading(at bool) {
	if c.reloading = at; at {
		c.Disturb()
	}
}

// peer returns the state of the Alertmanager at an address.
func (c *Checker) peer(address string) *peerState {
	i, found := slices.BinarySearchFunc(c.peers, address, func(p *peerState, a string) int {
		switch {
		case p.address < a:
			return -1
		case p.address > a:
			return 1
		}
		return 0
	})
	if !found {
		c.peers = slices.Insert(c.peers, i, &peerState{address: address})
	}
	return c.peers[i]
}
