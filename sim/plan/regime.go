package plan

import (
	"time"

	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/ledger"
)

// A Regime is what the longest queue comes from: what a capacity can do about it differs.
type Regime string

// The regimes.
const (
	// Burst: alerts come faster together than requests go out; the Alertmanagers are well. A capacity that holds the burst is all.
	Burst Regime = "burst"
	// SlowAlertmanager: alerts of several evaluations wait, since answers come late.
	SlowAlertmanager Regime = "slow Alertmanager"
	// Hang: requests are given up after the timeout, and each loses its batch. A capacity only buys time.
	Hang Regime = "hang"
	// FastRefusal: requests fail at once, so the queue stays short whatever is lost. A capacity changes nothing.
	FastRefusal Regime = "fast refusal"
	// Overload: more comes than ever leaves. No capacity is enough.
	Overload Regime = "overload"
	// None: what arrives goes out with the next request.
	None Regime = "none"
)

// regime tells what the longest queue of a run comes from.
func regime(p *Plan, q *ledger.QueueDepth, res *sim.Result, s *Study) Regime {
	var failed, expired int64
	for i := range res.Queues {
		failed += res.Queues[i].Run.Failed.Alerts
		expired += res.Queues[i].Run.Expired.Alerts
	}
	switch {
	case p.Growth != nil:
		return Overload
	case q.At-q.Since >= s.file.EvaluationInterval && q.Left.Expired.For > q.Left.All().For/2:
		return Hang
	case q.At-q.Since >= s.file.EvaluationInterval:
		return SlowAlertmanager
	case failed > 0 && expired == 0 && failed*100 >= res.Ledger.Offered:
		return FastRefusal
	case q.Longest() > p.BatchSize:
		return Burst
	}
	return None
}

// A Growth is a queue that grows to the end of the run.
type Growth struct {
	// PerSecond is by how many alerts a second it grows; Arrival are those that come, Leaving those that leave.
	PerSecond float64 `json:"per_second"`
	Arrival   float64 `json:"arrival_per_second"`
	Leaving   float64 `json:"leaving_per_second"`
	// From is when it was last empty.
	From time.Duration `json:"from_ns"`
}

// growth tells whether a queue grows without bound: until the end of the run it is never empty again, it grows as much in the last
// quarter of that time as in the one before, give or take a quarter of it, and that is most of a half of all it grew.
func growth(q *ledger.QueueDepth, res *sim.Result) *Growth {
	c, from := q.Course, int(q.Since/max(q.Step, 1))
	end := min(int(time.Duration(res.End)/max(q.Step, 1)), len(c)-1)
	if !q.Endless && (end-from < 8 || len(c)-1 < end-end/16) {
		return nil
	}
	level := func(part int) float64 { // the middle of a step, the last whole one at the most
		l := c[from+(end-1-from)*part/4]
		return float64(l.Least+l.Most) / 2
	}
	third, last := level(3)-level(2), level(4)-level(3)
	whole := level(4) - level(0)
	if !q.Endless && (last < 0.75*third || last > 1.33*third || last < 0.15*whole || whole < 4*float64(q.Largest)) {
		return nil
	}
	took := (q.At - q.Since).Seconds()
	g := &Growth{From: q.Since, Arrival: float64(q.Arrived-int64(q.Arriving)) / took}
	g.PerSecond = float64(q.Waiting) / took
	g.Leaving = g.Arrival - g.PerSecond
	return g
}
