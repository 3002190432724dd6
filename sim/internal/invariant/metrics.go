package invariant

import (
	"strings"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/engine"
)

// expectedCounters are what the counters of the Alertmanager at a URL should be, from the events since the counters
// were created.
type expectedCounters struct {
	active            int // the number of its targets
	accepted, answers int // the copies and the requests that were answered with 2xx
	failed, failures  int // the copies and the requests that failed
	dropped           int // the copies dropped from its queue
	present           uint8
}

// left records that one of the Alertmanager's targets left. It resets the counters in releases that delete those of an
// Alertmanager that left. With a shared queue a reload does not delete them.
func (e *expectedCounters) left(c *Checker) {
	e.active--
	if c.release.DropSeries && (c.shared == nil || !c.reloading) {
		*e = expectedCounters{active: e.active}
	}
}

// lost counts n copies that were dropped from the queue q.
func (c *Checker) lost(q *queueState, n int) {
	c.unscraped = true
	if q == c.shared && q != nil {
		c.losses.expected += n
		return
	}
	if q.peer == nil {
		return
	}
	for _, t := range q.peer.targets {
		if t.queue == q {
			t.counters.dropped += n
		}
	}
}

// lossCounters compare the number of lost alerts with dropped_total as a scraping server sees it.
type lossCounters struct {
	expected int                // dropped_total of the shared queue, from the events
	last     map[string]float64 // dropped_total at the last scrape, by Alertmanager
	visible  float64            // the sum of the increases of dropped_total between scrapes
	before   int64              // alerts lost before the server started
}

const metricPrefix = "prometheus_notifications_"

// Scraped checks a scrape of the notifier's metrics. settled is how many alerts the account of the sender counts as
// lost.
func (c *Checker) Scraped(list []engine.Sample, settled int64) {
	c.unscraped, c.scraped = false, c.world.Seq
	for _, e := range c.counters {
		e.present = 0
	}
	for url := range c.losses.last {
		if !hasDropped(list, url) {
			delete(c.losses.last, url) // if the series comes back, it begins at 0
		}
	}
	for i := range list {
		s := &list[i]
		name := strings.TrimPrefix(s.Name, metricPrefix)
		if name == "dropped_total" {
			if before := c.losses.last[s.Alertmanager]; s.Value >= before {
				c.losses.visible += s.Value - before
			} else {
				c.losses.visible += s.Value
			}
			c.losses.last[s.Alertmanager] = s.Value
		}
		if want, ok := c.expects(name, s.Alertmanager); ok && float64(want) != s.Value && !c.off[metricsMatch] {
			c.violated(metricsMatch, anyCase, "", "%s{alertmanager=%q} is %v, but the events add up to %d",
				s.Name, s.Alertmanager, s.Value, want)
		}
	}
	c.checkPresent()
	if lost := settled - c.losses.before; float64(lost) > c.losses.visible {
		c.violated(lossesCounted, anyCase, "", "%d alerts are lost, but %sdropped_total has grown by only %v in all scrapes",
			lost, metricPrefix, c.losses.visible)
	}
}

// WantsScrape reports whether a scrape should be checked now: since the last one, an event may have lost alerts or
// counters, or very many other events have happened.
func (c *Checker) WantsScrape() bool { return c.unscraped || c.world.Seq > c.scraped+1<<16 }

func hasDropped(list []engine.Sample, url string) bool {
	for i := range list {
		if list[i].Alertmanager == url && list[i].Name == metricPrefix+"dropped_total" {
			return true
		}
	}
	return false
}

// The bits of expectedCounters.present: the counters that a scrape had.
const (
	hasSent uint8 = 1 << iota
	hasErrors
	hasDrops
)

// expects returns the value that a counter must have. ok is false if the value is not known.
func (c *Checker) expects(name, url string) (int, bool) {
	if url == "" {
		switch {
		case name == "queue_capacity":
			return c.limit.queue, true
		case name == "dropped_total":
			return c.losses.expected, c.shared != nil && !c.blind
		case name == "queue_length" && c.shared != nil:
			return c.shared.waiting, c.seesQueues
		}
		return 0, false
	}
	e := c.counters[url]
	if e == nil || e.active == 0 {
		return 0, false
	}
	successesOnly := c.release.Counting == core.CountSuccesses
	switch name {
	case "sent_total":
		e.present |= hasSent
		if successesOnly {
			return e.accepted, true
		}
		return e.accepted + e.failed, true
	case "errors_total":
		e.present |= hasErrors
		if c.release.Counting == core.CountRequests {
			return e.failures, true
		}
		return e.failed, true
	case "dropped_total":
		e.present |= hasDrops
		return e.dropped + e.failed, true
	case "latency_seconds_count", "latency_histogram_seconds_count":
		if successesOnly {
			return e.answers, true
		}
		return e.answers + e.failures, true
	case "queue_length":
		if t := c.only(url); t != nil {
			return t.queue.waiting, c.seesQueues
		}
	}
	return 0, false
}

// only returns the target of a URL if the URL has exactly one active target.
func (c *Checker) only(url string) (found *targetState) {
	if c.counters[url].active != 1 {
		return nil
	}
	for _, p := range c.peers {
		for _, t := range p.targets {
			if !t.gone && t.am.String() == url {
				found = t
			}
		}
	}
	return found
}

// checkPresent checks that every active Alertmanager has all its counters.
func (c *Checker) checkPresent() {
	all := hasSent | hasErrors
	if c.shared == nil {
		all |= hasDrops
	}
	for _, p := range c.peers {
		for _, t := range p.targets {
			if !t.gone && t.counters.present&all != all {
				c.violated(metricsMatch, anyCase, t.Address, "is active, but some of its counters are missing")
			}
		}
	}
}
