package plan

import (
	"time"

	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/ledger"
)

// A Regime is the reason for the longest queue. What a capacity can do depends on it.
type Regime string

// The regimes.
const (
	// Burst: more alerts arrive at once than one request carries, and the Alertmanagers answer as usual. A capacity that
	// holds the burst is enough.
	Burst Regime = "burst"
	// SlowAlertmanager: alerts of several evaluations wait because answers are late.
	SlowAlertmanager Regime = "slow Alertmanager"
	// Hang: requests end at the timeout, and each loses its batch. A capacity only buys time.
	Hang Regime = "hang"
	// FastRefusal: requests fail at once, so the queue stays short. A capacity changes nothing about the losses.
	FastRefusal Regime = "fast refusal"
	// Overload: alerts arrive faster than they leave until the end of the run. No capacity is enough.
	Overload Regime = "overload"
	// None: the next request carries all alerts that arrive.
	None Regime = "none"
)

// regime returns the regime of a run whose longest queue is q. growth is nil unless q grows without bound.
func regime(q *ledger.QueueDepth, res *sim.Result, growth *Growth, batchSize int, interval time.Duration) Regime {
	var failed, expired int64
	for i := range res.Queues {
		failed += res.Queues[i].Run.Failed.Alerts
		expired += res.Queues[i].Run.Expired.Alerts
	}
	switch {
	case growth != nil:
		return Overload
	case q.At-q.Since >= interval && q.Left.Expired.For > q.Left.All().For/2:
		return Hang
	case q.At-q.Since >= interval:
		return SlowAlertmanager
	case failed > 0 && expired == 0 && failed*100 >= res.Ledger.Offered:
		return FastRefusal
	case q.Longest() > batchSize:
		return Burst
	}
	return None
}

// A Growth says how fast a queue grows that grows to the end of the run.
type Growth struct {
	// PerSecond is by how many alerts a second the queue grows; Arrival arrive and Leaving leave each second.
	PerSecond float64 `json:"per_second"`
	Arrival   float64 `json:"arrival_per_second"`
	Leaving   float64 `json:"leaving_per_second"`
	// From is when the queue was last empty.
	From time.Duration `json:"from_ns"`
}

// growth returns how fast a queue grows if it grows without bound, otherwise nil. A queue does so if all of this holds
// of the time from when it was last empty to the end of the run: in the last quarter it grows 0.75 to 1.33 times as
// much as in the quarter before; that is at least 0.15 of its whole growth; and its whole growth is at least four
// times the largest send.
func growth(q *ledger.QueueDepth, res *sim.Result) *Growth {
	depth, from := q.Course, int(q.Since/max(q.Step, 1))
	end := min(int(time.Duration(res.End)/max(q.Step, 1)), len(depth)-1)
	if !q.Endless && (end-from < 8 || len(depth)-1 < end-end/16) {
		return nil
	}
	// level returns the depth at a quarter of the time: the middle of a step, at most the last whole one.
	level := func(quarter int) float64 {
		l := depth[from+(end-1-from)*quarter/4]
		return float64(l.Least+l.Most) / 2
	}
	third, last := level(3)-level(2), level(4)-level(3)
	all := level(4) - level(0)
	if !q.Endless && (last < 0.75*third || last > 1.33*third || last < 0.15*all || all < 4*float64(q.Largest)) {
		return nil
	}
	took := (q.At - q.Since).Seconds()
	g := &Growth{From: q.Since, Arrival: float64(q.Arrived-int64(q.Arriving)) / took}
	g.PerSecond = float64(q.Waiting) / took
	g.Leaving = g.Arrival - g.PerSecond
	return g
}
