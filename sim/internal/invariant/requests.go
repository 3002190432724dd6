package invariant

import (
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/ledger"
)

// Posting records that requests go out. Together they carry batch, and each carries at most largest copies.
func (c *Checker) Posting(am *core.Alertmanager, batch []alerts.Segment, largest int) {
	t := c.state(am)
	if largest > c.limit.batch || largest == 0 && !c.limit.empty {
		c.violated(batchBound, anyCase, t.Address, "gets a request with %d alerts; allowed are 1 to %d", largest,
			c.limit.batch)
	}
	if t.gone {
		c.violated(noSendAfter, anyCase, t.Address, "gets a request with %s after it was removed", c.text(batch...))
	} else if c.exited {
		c.violated(noSendAfter, anyCase, t.Address, "gets a request with %s after Run has returned", c.text(batch...))
	}
	if t.inFlight++; t.inFlight > 1 {
		t.overlaps = true
		c.violated(oneRequest, anyCase, t.Address, "gets a request with %s while another is in flight", c.text(batch...))
	}
	if c.world.Now > c.disturbed+c.bound {
		c.tooLate(t)
	}
	for i := range batch {
		if beginOf(batch[i]) < t.posted {
			c.violated(fifo, anyCase, t.Address, "gets a request with %s after alerts of a later Send", c.text(batch[i]))
		}
		t.posted = endOf(batch[i])
	}
}

// PostingToStranger records a request to a URL that belongs to no active Alertmanager.
func (c *Checker) PostingToStranger(url string) {
	c.violated(noSendAfter, anyCase, "", "the notifier posted to %s, which is not an active Alertmanager", url)
}

// Delivered records that requests to am were answered with 2xx one after the other. steps are the copies that they
// carried.
func (c *Checker) Delivered(am *core.Alertmanager, steps []ledger.Steps, requests int) {
	t := c.state(am)
	t.inFlight--
	for i := range steps {
		t.counters.accepted += steps[i].Seg.Len()
	}
	t.counters.answers += requests
	if len(steps) > 0 {
		if beginOf(steps[0].Seg) < t.taken {
			segs := make([]alerts.Segment, len(steps))
			for i := range steps {
				segs[i] = steps[i].Seg
			}
			c.overtaken(t, segs)
		}
		t.taken = endOf(steps[len(steps)-1].Seg)
	}
	if c.shared != nil {
		c.batch.accepted(t)
	}
}

// Failed records that a request of n copies ended without a 2xx response.
func (c *Checker) Failed(am *core.Alertmanager, n int) {
	t := c.state(am)
	t.inFlight--
	c.unscraped = true
	t.counters.failed += n
	t.counters.failures++
}

// Cancelled records that a request was in flight when Run returned.
func (c *Checker) Cancelled(am *core.Alertmanager, batch []alerts.Segment) {
	t := c.state(am)
	t.inFlight--
	c.violated(quiesces, caseStop, t.Address, "has a request with %s in flight when Run returns", c.text(batch...))
}

// Primed records that a request without alerts was answered before the run began.
func (c *Checker) Primed(am *core.Alertmanager) {
	if e := c.counters[am.String()]; e != nil {
		e.answers++
	}
}
