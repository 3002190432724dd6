package invariant

import (
	"math"
	"time"

	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/ledger"
)

// Disturb restarts the time within which the notifier has to become idle. It is called for new alerts, for the begin
// and end of faults, for target updates and for reloads.
func (c *Checker) Disturb() { c.disturbed = c.world.Now }

// resetBound sets how long a notifier may be busy after the last call of Disturb. In the worst case every batch in the
// queues and in flight times out, and queues are drained one after the other.
func (c *Checker) resetBound(timeout int64) {
	c.limit.timeout = max(c.limit.timeout, timeout)
	targets := int64(1)
	for _, p := range c.peers {
		targets += int64(len(p.targets))
	}
	if c.limit.queue > ledger.MaxDepth { // the capacity is infinite
		c.bound = math.MaxInt64 / 2
		return
	}
	batches := int64((c.limit.queue+c.limit.batch-1)/c.limit.batch + 2)
	c.bound = max(c.bound, targets*batches*c.limit.timeout)
}

// tooLate records that a notifier is still busy when it should be idle.
func (c *Checker) tooLate(t *targetState) {
	c.violated(quiesces, anyCase, t.Address,
		"still gets requests %v after the last event that gave the notifier work; the bound is %v",
		time.Duration(c.world.Now-c.disturbed).Round(time.Second), time.Duration(c.bound))
}

// A FinalState is the state of a sender at the end of a run.
type FinalState struct {
	// Blocked is how many calls of Send have not returned; Stopping says that Stop was called.
	Blocked  int
	Stopping bool
	// Over says that the run was ended, for example by its duration, while events were still planned.
	Over bool
}

// Finish checks the end of a run. If no event is planned any more, no copy and no call of Send may wait. The accounts
// of the peers must have been filled.
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
				"still has %d alerts waiting and %d in flight when no event is planned any more",
				a.Account.Queued, a.Account.InFlight)
		}
	}
}

// undrained records that copies are dropped when the notifier stops, although the flag says to drain them.
func (c *Checker) undrained(address string, seg alerts.Segment) {
	c.violated(quiesces, caseStop, address, "drops %s at the stop, although the queue should be drained", c.text(seg))
}
