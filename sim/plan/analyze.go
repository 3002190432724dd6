package plan

import (
	"slices"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/ledger"
)

// Answer answers the question from the records of its runs, which may be in any order. With partial, some may be
// missing. It runs the candidates of each plan, and runs the worst seed again.
func (s *Study) Answer(records []Record, workers int, partial bool) (*Answer, error) {
	byPoint, err := s.byPoint(records, partial)
	if err != nil {
		return nil, err
	}
	a := &Answer{
		File: s.File, Test: s.Test, Question: s.Hash(), Seeds: s.numSeeds(), FirstSeed: s.Seeds.From,
		Random: !s.deterministic, Percentile: s.Percentile, Confidence: s.Confidence, Tolerate: s.Tolerate, Partial: partial,
	}
	if s.test.Replicas > 1 {
		a.Replicas = s.test.Replicas
	}
	for i, p := range s.points[:s.numPlans] {
		if len(byPoint[i]) == 0 {
			continue
		}
		plan, err := s.plan(p, byPoint[i])
		if err != nil {
			return nil, err
		}
		if err := s.choose(plan, workers); err != nil {
			return nil, err
		}
		if err := s.effects(plan, workers); err != nil {
			return nil, err
		}
		plan.recommend(s)
		a.Plans = append(a.Plans, plan)
	}
	grid := len(s.points) - s.gridSize()
	a.Sensitivity = s.sensitivity(byPoint[s.origin], byPoint[s.numPlans:grid])
	a.Heatmap = s.heatmap(byPoint[grid:])
	return a, nil
}

// byPoint returns, for each point, the records of its runs in the order of their seeds.
func (s *Study) byPoint(records []Record, partial bool) ([][]Record, error) {
	if err := s.CheckSeeds(); err != nil {
		return nil, err
	}
	records = sortRecords(records)
	if err := checkRecords(records, s.Runs(), partial); err != nil {
		return nil, err
	}
	by := make([][]Record, len(s.points))
	for _, r := range records {
		by[r.Run/s.numSeeds()] = append(by[r.Run/s.numSeeds()], r)
	}
	return by, nil
}

// plan describes the longest queue of one point: how long it gets, and why. It runs the worst seed again.
func (s *Study) plan(pt point, records []Record) (*Plan, error) {
	p := &Plan{
		Release: pt.release.Name, Shared: pt.release.Queues == core.Shared, BatchSize: batchSize(s.file, pt),
		Current: s.file.Flags.QueueCapacity, Lifetime: lifetime(s.file, pt.release), point: pt,
		interval: s.file.EvaluationInterval,
	}
	p.Needed, p.Bound = s.bound(records)
	needs := sortedNeeds(records)
	p.Least, p.Median, p.Most = needs[0], needs[len(needs)/2], needs[len(needs)-1]
	worst := slices.MaxFunc(records, func(a, b Record) int {
		if a.Need != b.Need {
			return a.Need - b.Need
		}
		return b.Run - a.Run
	})
	p.Peak.Seed = s.seedOf(worst.Run)
	for _, r := range records {
		p.events = max(p.events, r.Events)
	}
	file, test := pt.apply(s.file, s.test)
	res, err := s.simulate(file, test, pt.release, p.Peak.Seed, sim.Options{Unbounded: true})
	if err != nil {
		return nil, err
	}
	q := longestQueue(res.Queues)
	p.depth, p.step = q.Course, q.Step
	p.peak(q)
	p.Growth = growth(q, res)
	for i := range res.Queues {
		p.Lower = max(p.Lower, res.Queues[i].Largest)
	}
	p.Useful = p.useful()
	p.Regime = regime(q, res, p.Growth, p.BatchSize, s.file.EvaluationInterval)
	p.queues = int64(len(res.Queues))
	return p, nil
}

// useful returns the capacity above which a copy waits in a full queue until the copy before it has expired; at least
// the largest single send. In a full queue, a copy waits until as many copies as the capacity have left the queue or
// were dropped.
func (p *Plan) useful() int {
	if p.Peak.Leaving == 0 { // answers take no time
		return ledger.MaxDepth
	}
	n := int(min(max(p.Peak.Arrival, p.Peak.Leaving)*p.Lifetime.Slack.Seconds(), ledger.MaxDepth))
	return max(n, p.Lower)
}

// longestQueue returns the queue that was the longest at any time.
func longestQueue(queues []ledger.QueueDepth) *ledger.QueueDepth {
	q := &ledger.QueueDepth{}
	for i := range queues {
		if queues[i].Longest() > q.Longest() {
			q = &queues[i]
		}
	}
	return q
}

// peak sets p.Peak from the longest queue.
func (p *Plan) peak(q *ledger.QueueDepth) {
	p.Peak.Alertmanagers, p.Peak.At, p.Peak.Since = q.Alertmanagers, q.At, q.Since
	p.Peak.Waiting, p.Peak.Arriving = q.Waiting, q.Arriving
	left := q.Left.All()
	if left.For == 0 { // the whole queue arrived at once
		left = q.Run.All()
	}
	if took := q.At - q.Since; took > 0 {
		// The copies that arrived at the end of that time are left out, since those at its start are counted.
		p.Peak.Arrival = float64(q.Arrived-int64(q.Arriving)) / took.Seconds()
	}
	if left.For > 0 {
		p.Peak.Leaving = float64(left.Alerts) / left.For.Seconds()
	}
}
