package sim

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"github.com/notifysim/notifysim/scenarios"
)

// judgeThresholds judges the thresholds of the test by the books of the run, once it is over.
func (r *run) judgeThresholds() {
	for i := range r.test.Thresholds {
		if h := &r.test.Thresholds[i]; h.For(r.release) {
			r.judge(h.FailsOn, func() { r.checkThreshold(h) })
		}
	}
}

// checkThreshold judges one threshold.
func (r *run) checkThreshold(h *scenarios.Threshold) {
	whole := r.final.whole()
	account := &whole
	if h.Target != "" {
		one := r.final.Alertmanagers[h.Target]
		account = &one
	}
	f := Failure{Pos: h.Pos, Threshold: true, target: h.Target, to: r.now}
	crossed := func(got string) {
		f.Message = fmt.Sprintf("%s: %s, want %s", h.Of, got, h.Text)
		r.verdicts = append(r.verdicts, f)
	}
	var n int64
	switch h.Quantity {
	case scenarios.QuantityShutdown:
		if took, ended := r.shutdown(); !ended {
			crossed(fmt.Sprintf("it has not stopped by %v", Short(time.Duration(r.now))))
		} else if !h.Keeps(cmp.Compare(int64(took), h.Limit)) {
			crossed("max is " + Short(took))
		}
		return
	case scenarios.QuantityDelivery:
		if d := r.delays(h.Target); !h.Keeps(cmp.Compare(measure(d, h), h.Limit)) || d.Count() == 0 && h.Aggregate != scenarios.AggregateCount {
			f.to = -1 // no event is behind a distribution
			if d.Count() > 0 {
				f.Alerts = []string{spread(d)}
			}
			crossed(measured(d, h))
		}
		return
	case scenarios.QuantityOffered:
		n = account.Offered
	case scenarios.QuantityDelivered:
		n = account.Delivered
	case scenarios.QuantityLost:
		n = r.final.Lost
	case scenarios.QuantityLostByAll:
		n = *r.final.LostByAll
	case scenarios.QuantityDropped:
		if n = account.Dropped.Total(); h.Reason != nil {
			n = account.Dropped.Of(*h.Reason)
			f.reason = func(e *Event) bool { return e.lossFor(*h.Reason) }
		}
	case scenarios.QuantityLate:
		n, f.wrong = account.Late, KindExpired
	case scenarios.QuantityFalselyResolved:
		n, f.wrong = account.FalseResolves, KindFalselyResolved
	case scenarios.QuantityRefired:
		n, f.wrong = account.Refires, KindRefired
	case scenarios.QuantityResurrected:
		n, f.wrong = account.Resurrections, KindResurrected
	}
	if h.Aggregate == scenarios.AggregateCount {
		if !h.Keeps(cmp.Compare(n, h.Limit)) {
			crossed(fmt.Sprintf("count is %d", n))
		}
		return
	}
	offered := account.Offered
	if h.Quantity == scenarios.QuantityDropped && h.Target == "" { // its copies are counted, so are those offered
		offered = r.final.copies()
	}
	if offered == 0 {
		crossed("there is no rate, for no alert was offered")
		return
	}
	if share := float64(n) / float64(offered); !h.Keeps(cmp.Compare(share, h.Share)) {
		crossed(fmt.Sprintf("rate is %s, %d of %d", strconv.FormatFloat(share, 'g', 6, 64), n, offered))
	}
}

// shutdown returns how long the slowest of the senders that were shut down took to stop, and whether all did.
func (r *run) shutdown() (took time.Duration, ended bool) {
	ended = true
	for _, s := range r.senders {
		switch {
		case s.stopping && s.stopped == nil:
			ended = false
		case s.stopping:
			took = max(took, *s.stopped-s.shutAt)
		}
	}
	return took, ended
}

// copies counts the alerts offered to each Alertmanager.
func (l *Ledger) copies() int64 {
	var n int64
	for _, a := range l.Alertmanagers {
		n += a.Offered
	}
	return n
}

// delays returns those of the Alertmanager at an address, "" for the first to take each alert.
func (r *run) delays(address string) *Delays {
	if len(r.senders) == 1 {
		return r.senders[0].delays(address)
	}
	all := &Delays{}
	for _, s := range r.senders {
		all.Merge(s.delays(address))
	}
	return all
}

func (s *sender) delays(address string) *Delays {
	if address == "" {
		return &s.books.delays
	}
	if p := s.byName[address]; p != nil {
		return &s.books.peers[p.rank].delays
	}
	return &Delays{} // it was never discovered
}

// measure is what a threshold takes of delays: nanoseconds, or how many.
func measure(d *Delays, h *scenarios.Threshold) int64 {
	switch h.Aggregate {
	case scenarios.AggregateCount:
		return d.Count()
	case scenarios.AggregateAvg:
		return int64(d.Mean())
	case scenarios.AggregateMin:
		return int64(d.Min())
	case scenarios.AggregateMax:
		return int64(d.Max())
	}
	return int64(d.Quantile(h.Quantile))
}

// measured says what a threshold takes of delays.
func measured(d *Delays, h *scenarios.Threshold) string {
	word := string(h.Aggregate)
	if h.Aggregate == scenarios.AggregateQuantile {
		word = "p(" + strconv.FormatFloat(h.Quantile*100, 'g', 6, 64) + ")"
	}
	switch {
	case h.Aggregate == scenarios.AggregateCount:
		return fmt.Sprintf("count is %d", d.Count())
	case d.Count() == 0:
		return fmt.Sprintf("there is no %s, for no alert was delivered", word)
	}
	return fmt.Sprintf("%s is %v", word, Short(time.Duration(measure(d, h))))
}

// spread says how delays are distributed.
func spread(d *Delays) string {
	return fmt.Sprintf("%d delivered: min %v, med %v, avg %v, p(90) %v, p(99) %v, max %v", d.Count(),
		Short(d.Min()), Short(d.Quantile(0.5)), Short(d.Mean().Round(time.Microsecond)), Short(d.Quantile(0.9)), Short(d.Quantile(0.99)), Short(d.Max()))
}
