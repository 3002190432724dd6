package verdict

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/ledger"
)

// JudgeThresholds checks the thresholds of the test against the accounts at the end of the run.
func (j *Judge) JudgeThresholds() {
	for i := range j.run.Test.Thresholds {
		if h := &j.run.Test.Thresholds[i]; h.For(j.run.Release) {
			j.expect(h.FailsOn, func() { j.checkThreshold(h) })
		}
	}
}

// checkThreshold checks one threshold.
func (j *Judge) checkThreshold(h *scenarios.Threshold) {
	if h.OfAccount() {
		j.checkAccount(h)
		return
	}
	whole := j.run.Final.Whole()
	account := &whole
	if h.Target != "" {
		one := j.run.Final.Alertmanagers[h.Target]
		account = &one
	}
	f := Failure{Pos: h.Pos, Threshold: true, Scope: j.wholeRun(h.Target), target: h.Target, to: j.run.World.Now}
	crossed := func(got string) {
		f.Message = fmt.Sprintf("%s: %s, want %s", h.Of, got, h.Text)
		j.failures = append(j.failures, f)
	}
	var n int64
	switch h.Quantity {
	case scenarios.QuantityShutdown:
		if took, ended := j.run.Shutdown(); !ended {
			crossed(fmt.Sprintf("it has not stopped by %v", text.Duration(time.Duration(j.run.World.Now))))
		} else if !h.Keeps(cmp.Compare(int64(took), h.Limit)) {
			crossed("max is " + text.Duration(took))
		}
		return
	case scenarios.QuantityDelivery:
		d := j.run.Delays(h.Target)
		none := d.Count() == 0 && h.Aggregate != scenarios.AggregateCount
		if none || !h.Keeps(cmp.Compare(measure(d, h), h.Limit)) {
			f.to = -1 // no event explains a distribution
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
		n = j.run.Final.Lost
	case scenarios.QuantityLostByAll:
		n = *j.run.Final.LostByAll
	case scenarios.QuantityDropped:
		if n = account.Dropped.Total(); h.Reason != nil {
			n = account.Dropped.Of(*h.Reason)
			f.reason = func(e *trace.Event) bool { return e.LostFor(*h.Reason) }
		}
	case scenarios.QuantityLate:
		n, f.wrong = account.Late, trace.KindExpired
	case scenarios.QuantityRefired:
		n, f.wrong = account.Refires, trace.KindRefired
	case scenarios.QuantityResurrected:
		n, f.wrong = account.Resurrections, trace.KindResurrected
	}
	if h.Aggregate == scenarios.AggregateCount {
		if !h.Keeps(cmp.Compare(n, h.Limit)) {
			crossed(fmt.Sprintf("count is %d", n))
		}
		return
	}
	offered := account.Offered
	if h.Quantity == scenarios.QuantityDropped && h.Target == "" { // dropped counts each Alertmanager's copies
		offered = j.run.Final.Copies()
	}
	if offered == 0 {
		crossed("there is no rate, since no copy was offered")
		return
	}
	if share := float64(n) / float64(offered); !h.Keeps(cmp.Compare(share, h.Share)) {
		crossed(fmt.Sprintf("rate is %s, %d of %d", strconv.FormatFloat(share, 'g', 6, 64), n, offered))
	}
}

// measure returns the aggregate of delays that a threshold is about: nanoseconds, or their number.
func measure(d *ledger.Delays, h *scenarios.Threshold) int64 {
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

// aggregateWord is the aggregate of a threshold as it is written.
func aggregateWord(h *scenarios.Threshold) string {
	if h.Aggregate == scenarios.AggregateQuantile {
		return "p(" + strconv.FormatFloat(h.Quantile*100, 'g', 6, 64) + ")"
	}
	return string(h.Aggregate)
}

// measured writes the aggregate of delays that a threshold is about.
func measured(d *ledger.Delays, h *scenarios.Threshold) string {
	word := aggregateWord(h)
	switch {
	case h.Aggregate == scenarios.AggregateCount:
		return fmt.Sprintf("count is %d", d.Count())
	case d.Count() == 0:
		return fmt.Sprintf("there is no %s, since no copy was delivered", word)
	}
	return fmt.Sprintf("%s is %v", word, text.Duration(time.Duration(measure(d, h))))
}

// spread writes a summary of the distribution of delays.
func spread(d *ledger.Delays) string {
	return fmt.Sprintf("%d copies delivered: min %v, med %v, avg %v, p(90) %v, p(99) %v, max %v", d.Count(),
		text.Duration(d.Min()), text.Duration(d.Quantile(0.5)), text.Duration(d.Mean().Round(time.Microsecond)),
		text.Duration(d.Quantile(0.9)), text.Duration(d.Quantile(0.99)), text.Duration(d.Max()))
}
