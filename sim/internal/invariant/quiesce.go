package invariant

import (
	"math"
	"time"

	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/ledger"
)

// Disturb restarts the time in which the notifier has to become idle: new alerts, a fault or its end, targets, a
// reload.
func (c *Checker) Disturb() { c.disturbed = c.world.Now }

// resetBound sets how long a notifier may be busy after the last disturbance: at worst each queue empties by one batch
// a timeout, beside a batch in flight, and queues are drained one after the other.
func (c *Checker) resetBound(timeout int64) {
	c.limit.timeout = max(c.limit.timeout, timeout)
	targets := int64(1)
	for _, p := range c.peers {
		targets += int64(len(p.targets))
	}
	if c.limit.queue > ledger.MaxDepth { // a queue without a capacity
		c.bound = math.MaxInt64 / 2
		return
	}
	batches := int64((c.limit.queue+c.limit.batch-1)/c.limit.batch + 2)
	c.bound = max(c.bound, targets*batches*c.limit.timeout)
}

// tooLate judges a notifier that is still busy.
func (c *Checker) tooLate(t *targetState) {
	c.violated(quiesces, anyCase, t.Address, "is still posted to %v after the last disturbance, above the bound of %v",
		time.Duration(c.world.Now-c.disturbed).Round(time.Second), time.Duration(c.bound))
}

// A FinalState is a sender at the end of a run.
type FinalState struct {
	// Blocked are the calls of Send that have not returned; Stopping says that Stop was called.
	Blocked  int
	Stopping bool
	// Over says that the run was cut off by its duration, or ended for another reason than that everything has settled.
	Over bool
}

// Finish judges the end of a run. In one that was not cut off, everything has settled: no copy waits, and no call. The
// accounts of the peers are filled.
func (c *Checker) Finish(s FinalState) {
	for _, p := range c.peers {
		for _, t := range p.targets {
			c.checkBound(t.queue)
		}
	}
	if s.Over && c.world.Now <= c.disturbed+c.bound || c.exited {
		return
	}
	switch {
	case s.Blocked > 0:
		c.violated(quiesces, caseHang, "", "%d calls of Send never return", s.Blocked)
		return
	case s.Stopping:
		c.violated(quiesces, caseHang, "", "Run never returns, though Stop was called")
		return
	}
	for _, a := range c.accounts.Peers() {
		if a.Account.Queued > 0 || a.Account.InFlight > 0 {
			c.violated(quiesces, anyCase, a.Address,
				"still has %d alerts waiting and %d in flight when nothing will happen any more",
				a.Account.Queued, a.Account.InFlight)
		}
	}
}

// undrained judges copies that are dropped by the stop although the flag says to drain them.
func (c *Checker) undrained(address string, seg alerts.Segment) {
	c.violated(quiesces, caseStop, address, "drops %s when it stops, though they are to be drained", c.text(seg))
}
