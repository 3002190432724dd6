package verdict

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/ledger"
)

// checkAccount judges a threshold of the account of alerts.
func (j *Judge) checkAccount(h *scenarios.Threshold) {
	var match func(labels.Labels) bool // nil for all alerts, whose account is computed once
	if len(h.Match) > 0 {
		match = h.Selects
	}
	accounts := j.run.Accounts(match)
	account := accounts.Any
	if h.Target != "" {
		account = accounts.Alertmanagers[h.Target]
	}
	f := Failure{Pos: h.Pos, Threshold: !h.Expectation, Scope: j.wholeRun(h.Target), target: h.Target,
		to: j.run.World.Now, account: true, selects: match}
	var measured string
	var holds bool
	switch {
	case account.Alerts == 0 && accounts.Any.Alerts > 0:
		measured = "no such alert was meant for it: it was in no Alertmanager set, or relabelling drops the alerts"
	case account.Alerts == 0:
		measured = "no such alert fired"
	case h.Quantity == scenarios.QuantityMissed:
		measured, holds = counted(h, account.Missed, account.Alerts)
	case h.Quantity == scenarios.QuantityFalselyResolved:
		measured, holds = counted(h, account.FalselyResolved, account.Alerts)
		f.wrong = trace.KindFalselyResolved
	case h.Quantity == scenarios.QuantityFirstDelivery:
		measured, holds = measuredTimes(h, &account.FirstDelivery)
	case h.Quantity == scenarios.QuantityUncovered:
		measured, holds = measuredTimes(h, &account.Uncovered)
	}
	if !holds {
		f.Message = fmt.Sprintf("%s: %s, want %s", h.Of, measured, h.Text)
		j.failures = append(j.failures, f)
	}
}

// counted says how many of the alerts a threshold counts, and whether it holds.
func counted(h *scenarios.Threshold, n, of int64) (string, bool) {
	if h.Aggregate == scenarios.AggregateCount {
		return fmt.Sprintf("count is %d of %d", n, of), h.Keeps(cmp.Compare(n, h.Limit))
	}
	share := float64(n) / float64(of)
	return fmt.Sprintf("rate is %s, %d of %d", strconv.FormatFloat(share, 'g', 6, 64), n, of),
		h.Keeps(cmp.Compare(share, h.Share))
}

// measuredTimes says what a threshold takes of times, and whether it holds. A time without an end is above every
// limit.
func measuredTimes(h *scenarios.Threshold, times *ledger.AlertTimes) (string, bool) {
	var d time.Duration
	ends := true
	switch h.Aggregate {
	case scenarios.AggregateCount:
		n := times.Count() + times.Endless
		return fmt.Sprintf("count is %d", n), h.Keeps(cmp.Compare(n, h.Limit))
	case scenarios.AggregateMax:
		d, ends = times.Longest()
	case scenarios.AggregateAvg:
		d, ends = times.Mean(), times.Endless == 0
	case scenarios.AggregateMin:
		d, ends = times.Min(), times.Count() > 0
	default:
		d, ends = times.Quantile(h.Quantile)
	}
	if !ends {
		return fmt.Sprintf("%s is endless: %d of %d alerts were never known", aggregateWord(h), times.Endless,
			times.Count()+times.Endless), h.Keeps(1)
	}
	return fmt.Sprintf("%s is %v", aggregateWord(h), text.Duration(d)), h.Keeps(cmp.Compare(int64(d), h.Limit))
}

// wholeRun is the scope of a threshold.
func (j *Judge) wholeRun(address string) *Scope {
	return &Scope{address, 0, time.Duration(j.run.World.Now)}
}
