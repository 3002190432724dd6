package plan

import (
	"slices"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/ledger"
)

// An Answer is what a plan comes to. Its JSON is a contract: names stay, new ones may come.
type Answer struct {
	File       string  `json:"file"`
	Test       string  `json:"test"`
	Question   string  `json:"question_sha256"`
	Seeds      int     `json:"seeds"`
	FirstSeed  uint64  `json:"first_seed"`
	Random     bool    `json:"random"`
	Replicas   int     `json:"replicas,omitempty"` // if there are several
	Percentile float64 `json:"percentile"`
	Confidence float64 `json:"confidence"`
	Tolerate   float64 `json:"tolerate"`
	// Plans has one for each release and batch size.
	Plans       []*Plan `json:"plans"`
	Sensitivity []Shift `json:"sensitivity,omitempty"`
	Heat        *Heat   `json:"heat,omitempty"`
	// Partial says that runs are missing: the answer is of those there are.
	Partial bool `json:"partial,omitempty"`
}

// A Plan is the answer for one release and batch size.
type Plan struct {
	Release   string `json:"release"`
	Shared    bool   `json:"shared_queue"`
	BatchSize int    `json:"batch_size"`
	// Current is the capacity that the scenario has.
	Current int `json:"current_capacity"`
	// Capacity is the flag to set. Needed is what the method found, Useful where more is useless, Lower the largest single send,
	// below which every such send loses alerts. Capacity is Needed, but no more than is useful.
	Capacity int `json:"capacity"`
	Lower    int `json:"lower"`
	Needed   int `json:"needed"`
	Useful   int `json:"useful"`
	// Least, Median and Most are of the runs' needs; Bound is the rank, from 1, of the run that Needed is of.
	Least  int `json:"least"`
	Median int `json:"median"`
	Most   int `json:"most"`
	Bound  int `json:"bound_rank"`

	Regime   Regime   `json:"regime"`
	Peak     Peak     `json:"peak"`
	Lifetime Lifetime `json:"lifetime"`
	Growth   *Growth  `json:"growth,omitempty"`
	Memory   Memory   `json:"memory"`
	Drain    Drain    `json:"drain"`
	Timeout  *Advice  `json:"timeout,omitempty"`
	Resend   *Advice  `json:"resend_delay,omitempty"`
	// Lost is what the worst run loses with Capacity, and why.
	Lost  Losses   `json:"lost"`
	Curve []Sample `json:"curve"`
	// CurveSeeds are how many runs each sample of the curve has.
	CurveSeeds int `json:"curve_seeds"`

	course []ledger.MinMax
	step   time.Duration
	point  point
	events int64
}

// A Peak is the longest queue of the worst run.
type Peak struct {
	Seed          uint64        `json:"seed"`
	Alertmanagers []string      `json:"alertmanagers"`
	At            time.Duration `json:"at_ns"`
	Since         time.Duration `json:"since_ns"`
	Waiting       int           `json:"waiting"`
	Arriving      int           `json:"arriving"`
	// Arrival and Leaving are the alerts a second that came and left between Since and At; if that is no time, Leaving is that of
	// the whole run, while requests were under way.
	Arrival float64 `json:"arrival_per_second"`
	Leaving float64 `json:"leaving_per_second"`
}

// Answer answers the question from its records, which may be in any order; some may be missing if partial is true. It runs the worst
// seed of each plan again, and the curves.
func (s *Study) Answer(records []Record, workers int, partial bool) (*Answer, error) {
	by, err := s.sorted(records, partial)
	if err != nil {
		return nil, err
	}
	a := &Answer{
		File: s.File, Test: s.Test, Question: s.Hash(), Seeds: s.seeds(), FirstSeed: s.Seeds.From, Random: !s.alike,
		Percentile: s.Percentile, Confidence: s.Confidence, Tolerate: s.Tolerate, Partial: partial,
	}
	if s.test.Replicas > 1 {
		a.Replicas = s.test.Replicas
	}
	for i, p := range s.points[:s.base] {
		if len(by[i]) == 0 {
			continue
		}
		plan, err := s.plan(p, by[i])
		if err != nil {
			return nil, err
		}
		if err := s.effects(plan, workers); err != nil {
			return nil, err
		}
		if err := s.curve(plan, workers); err != nil {
			return nil, err
		}
		a.Plans = append(a.Plans, plan)
	}
	grid := len(s.points) - s.gridSize()
	a.Sensitivity = s.sensitivity(by[s.origin], by[s.base:grid])
	a.Heat = s.heat(by[grid:])
	return a, nil
}

// sorted returns the records by point, in the order of their seeds.
func (s *Study) sorted(records []Record, partial bool) ([][]Record, error) {
	if err := s.Enough(); err != nil {
		return nil, err
	}
	records = slices.Clone(records)
	slices.SortFunc(records, func(a, b Record) int { return a.Cell - b.Cell })
	if err := s.complete(records, partial); err != nil {
		return nil, err
	}
	by := make([][]Record, len(s.points))
	for _, r := range records {
		by[r.Cell/s.seeds()] = append(by[r.Cell/s.seeds()], r)
	}
	return by, nil
}

// plan answers for one point, but for what more runs of the worst seed show.
func (s *Study) plan(pt point, records []Record) (*Plan, error) {
	p := &Plan{
		Release: pt.release.Name, Shared: pt.release.Queues == core.Shared, BatchSize: s.batchSize(pt.release, pt.Variant),
		Current: s.file.Flags.QueueCapacity, Lifetime: s.lifetime(pt.release), point: pt,
	}
	p.Needed, p.Bound = s.bound(records)
	needs := sortedNeeds(records)
	p.Least, p.Median, p.Most = needs[0], needs[len(needs)/2], needs[len(needs)-1]
	worst := slices.MaxFunc(records, func(a, b Record) int {
		if a.Need != b.Need {
			return a.Need - b.Need
		}
		return b.Cell - a.Cell
	})
	p.Peak.Seed = s.Seeds.From + uint64(worst.Cell%s.seeds())
	for _, r := range records {
		p.events = max(p.events, r.Events)
	}
	file, test := pt.apply(s.file, s.test)
	res, err := sim.Run(file, test, pt.release, p.Peak.Seed, sim.Options{Unbounded: true})
	if err != nil {
		return nil, err
	}
	q := deepest(res.Queues)
	p.course, p.step = q.Course, q.Step
	p.peak(q)
	p.Growth = growth(q, res)
	for i := range res.Queues {
		p.Lower = max(p.Lower, res.Queues[i].Largest)
	}
	p.limit(s)
	p.Regime = regime(p, q, res, s)
	p.Memory = s.memory(int64(len(res.Queues)), p.Capacity)
	return p, nil
}

// limit decides on the capacity: what is needed, as far as it is useful.
func (p *Plan) limit(s *Study) {
	// In a queue that is full, an alert waits until as many have left it or been pushed out as the queue is long.
	p.Useful = int(min(max(p.Peak.Arrival, p.Peak.Leaving)*p.Lifetime.Slack.Seconds(), ledger.MaxDepth))
	if p.Peak.Leaving == 0 { // answers take no time
		p.Useful = ledger.MaxDepth
	}
	p.Useful = max(p.Useful, p.Lower)
	p.Capacity = max(min(p.Needed, p.Useful), 1)
}

// bound returns the need that covers the percentile with the confidence, and its rank.
func (s *Study) bound(records []Record) (need, rank int) {
	needs := sortedNeeds(records)
	rank = Rank(len(needs), s.Percentile, s.Confidence)
	if rank == 0 || s.alike { // all there is
		rank = len(needs)
	}
	return needs[rank-1], rank
}

func sortedNeeds(records []Record) []int {
	needs := make([]int, len(records))
	for i, r := range records {
		needs[i] = r.Need
	}
	slices.Sort(needs)
	return needs
}

// deepest returns the longest queue.
func deepest(queues []ledger.QueueDepth) *ledger.QueueDepth {
	q := &ledger.QueueDepth{}
	for i := range queues {
		if queues[i].Longest() > q.Longest() {
			q = &queues[i]
		}
	}
	return q
}

// peak describes the longest queue.
func (p *Plan) peak(q *ledger.QueueDepth) {
	p.Peak.Alertmanagers, p.Peak.At, p.Peak.Since, p.Peak.Waiting, p.Peak.Arriving = q.Alertmanagers, q.At, q.Since, q.Waiting, q.Arriving
	left := q.Left.All()
	if left.For == 0 { // all of it came at once
		left = q.Run.All()
	}
	if took := q.At - q.Since; took > 0 {
		// The last arrival counts at the end of the time, the first at its beginning: one of them is for the time beyond.
		p.Peak.Arrival = float64(q.Arrived-int64(q.Arriving)) / took.Seconds()
	}
	if left.For > 0 {
		p.Peak.Leaving = float64(left.Alerts) / left.For.Seconds()
	}
}
