package sim

import (
	"strings"

	"github.com/notifysim/notifysim/notifier/core"
)

// counted is what the events say of the Alertmanager of a URL, since its counters began.
type counted struct {
	active           int // recipients
	took, answers    int // alerts and requests
	failed, failures int // alerts and requests
	dropped          int // from its queue
	present          uint8
}

// left begins anew, in releases that delete the counters of an Alertmanager that is gone. A shared queue's reload does not.
func (c *counted) left(w *watch) {
	c.active--
	if w.release.DropSeries && (w.shared == nil || !w.inReload) {
		*c = counted{active: c.active}
	}
}

// lost counts alerts that were dropped from a queue.
func (w *watch) lost(b *backlog, n int) {
	w.stirred = true
	if b == w.shared && b != nil {
		w.losses.expected += n
		return
	}
	if b.peer == nil {
		return
	}
	for _, rc := range b.peer.recipients {
		if rc.backlog == b {
			rc.counted.dropped += n
		}
	}
}

// A lossWatch compares what is lost with what a server sees that scrapes the notifier.
type lossWatch struct {
	expected int                // dropped_total of a shared queue
	last     map[string]float64 // dropped_total at the last scrape, by Alertmanager
	visible  float64            // the sum of its increases
	before   int64              // lost before the server started
}

const metricPrefix = "prometheus_notifications_"

// scraped judges the notifier's metrics.
func (w *watch) scraped(list []Sample) {
	w.stirred, w.looked = false, w.seq
	for _, c := range w.counted {
		c.present = 0
	}
	for url := range w.losses.last {
		if !hasDropped(list, url) {
			delete(w.losses.last, url) // a series that comes back begins at 0
		}
	}
	for i := range list {
		s := &list[i]
		name := strings.TrimPrefix(s.Name, metricPrefix)
		if name == "dropped_total" {
			if before := w.losses.last[s.Alertmanager]; s.Value >= before {
				w.losses.visible += s.Value - before
			} else {
				w.losses.visible += s.Value
			}
			w.losses.last[s.Alertmanager] = s.Value
		}
		if want, ok := w.expects(name, s.Alertmanager); ok && float64(want) != s.Value && !w.off[metricsMatch] {
			w.violated(metricsMatch, anyCase, nil, "%s{alertmanager=%q} is %v, and by what happened %d", s.Name, s.Alertmanager, s.Value, want)
		}
	}
	w.missing()
	if lost := w.books.settled - w.losses.before; float64(lost) > w.losses.visible {
		w.violated(lossesCounted, anyCase, nil, "%d alerts are lost, and %sdropped_total has grown by %v in all scrapes", lost, metricPrefix, w.losses.visible)
	}
}

func hasDropped(list []Sample, url string) bool {
	for i := range list {
		if list[i].Alertmanager == url && list[i].Name == metricPrefix+"dropped_total" {
			return true
		}
	}
	return false
}

// Bits of counted.present.
const (
	hasSent uint8 = 1 << iota
	hasErrors
	hasDrops
)

// expects returns what a metric must be, if that is known.
func (w *watch) expects(name, url string) (int, bool) {
	if url == "" {
		switch {
		case name == "queue_capacity":
			return w.limit.queue, true
		case name == "dropped_total":
			return w.losses.expected, w.shared != nil && !w.blind
		case name == "queue_length" && w.shared != nil:
			return w.shared.waiting, !w.inferred
		}
		return 0, false
	}
	c := w.counted[url]
	if c == nil || c.active == 0 {
		return 0, false
	}
	successesOnly := w.release.Counting == core.CountSuccesses
	switch name {
	case "sent_total":
		c.present |= hasSent
		if successesOnly {
			return c.took, true
		}
		return c.took + c.failed, true
	case "errors_total":
		c.present |= hasErrors
		if w.release.Counting == core.CountRequests {
			return c.failures, true
		}
		return c.failed, true
	case "dropped_total":
		c.present |= hasDrops
		return c.dropped + c.failed, true
	case "latency_seconds_count", "latency_histogram_seconds_count":
		if successesOnly {
			return c.answers, true
		}
		return c.answers + c.failures, true
	case "queue_length":
		if rc := w.only(url); rc != nil {
			return rc.backlog.waiting, !w.inferred
		}
	}
	return 0, false
}

// only returns the recipient of a URL if there is one alone.
func (w *watch) only(url string) (found *recipient) {
	if w.counted[url].active != 1 {
		return nil
	}
	for _, p := range w.books.peers {
		for _, rc := range p.recipients {
			if !rc.gone && rc.am.String() == url {
				found = rc
			}
		}
	}
	return found
}

// missing judges counters that are not there although their Alertmanager is.
func (w *watch) missing() {
	all := hasSent | hasErrors
	if w.shared == nil {
		all |= hasDrops
	}
	for _, p := range w.books.peers {
		for _, rc := range p.recipients {
			if !rc.gone && rc.counted.present&all != all {
				w.violated(metricsMatch, anyCase, p, "is active, and not all of its counters are there")
			}
		}
	}
}
