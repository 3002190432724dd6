package plan

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/ledger"
)

// A Sample is what a capacity comes to, over the runs of a curve.
type Sample struct {
	Capacity int `json:"capacity"`
	// Overflow is the share of the copies for single Alertmanagers that queues dropped, Lost that of the alerts that none took. Each
	// has the bounds of its 95 % confidence interval, with a run as the unit, for losses within a run come together; both are the
	// same if there is one run.
	Overflow Estimate `json:"overflow"`
	Lost     Estimate `json:"lost"`
	// Clean are the runs in which no queue dropped anything.
	Clean int `json:"clean"`
	// P99 is the 99th percentile of the delay from Send to the first answer, Slowest that of the copies for the Alertmanager where it
	// is longest.
	P99     time.Duration `json:"delay_p99_ns"`
	Slowest time.Duration `json:"slowest_delay_p99_ns"`
	Memory  int64         `json:"memory"`
}

// An Estimate is a share and an interval.
type Estimate struct {
	Mean float64 `json:"mean"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// curveEvents is about how many events all runs of a curve may have together: no second on one processor.
const curveEvents = 8_000_000

// curve samples capacities on the same seeds, so that they differ by the capacity alone.
func (s *Study) curve(p *Plan, workers int) error {
	capacities := p.capacities()
	p.CurveSeeds = int(min(max(curveEvents/(max(p.events, 1)*int64(len(capacities))), 1), int64(s.seeds())))
	c := &Study{Question: s.Question, file: s.file, test: s.test}
	c.Seeds.To = c.Seeds.From + uint64(p.CurveSeeds) - 1
	if p.CurveSeeds == 1 {
		c.Seeds.From, c.Seeds.To = p.Peak.Seed, p.Peak.Seed
	}
	for _, k := range capacities {
		v := p.point.Variant
		v.Capacity = k
		c.points = append(c.points, point{v, p.point.release})
	}
	cells := make([]int, c.Cells())
	for i := range cells {
		cells[i] = i
	}
	tallies := make([]tally, len(capacities))
	for i := range tallies {
		tallies[i].runs = make([]Record, p.CurveSeeds)
	}
	if err := c.work(context.Background(), len(cells), workers, func(b *bench, i int) error {
		return b.curveRun(i, &tallies[i/p.CurveSeeds])
	}); err != nil {
		return err
	}
	queues := 1
	if p.Memory.Empty > 0 {
		queues = int(p.Memory.Empty / (pointerBytes * int64(p.Capacity)))
	}
	for i, k := range capacities {
		sample := tallies[i].sample()
		sample.Capacity, sample.Memory = k, s.memory(int64(queues), k).Full
		p.Curve = append(p.Curve, sample)
	}
	return nil
}

// capacities are those of the curve: from an eighth of what the worst run takes to all of it, and those that people ask about.
func (p *Plan) capacities() []int {
	list := []int{p.Capacity, p.Lower, p.Current, p.Most, max(p.Capacity-1, 1)}
	for _, part := range []int{8, 4, 2} {
		list = append(list, p.Most/part)
	}
	list = slices.DeleteFunc(list, func(k int) bool { return k < 1 || k > max(2*p.Most, p.Current) })
	slices.Sort(list)
	return slices.Compact(list)
}

// A tally is what the runs with one capacity come to. Delays are added up as runs end, since those of all runs are much together.
type tally struct {
	runs   []Record // by seed
	mu     sync.Mutex
	delays map[string]*ledger.Delays
}

// add adds the delays of a run.
func (t *tally) add(delivery map[string]*ledger.Delays) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.delays == nil {
		t.delays = map[string]*ledger.Delays{}
	}
	for address, d := range delivery {
		if t.delays[address] == nil {
			t.delays[address] = &ledger.Delays{}
		}
		t.delays[address].Merge(d)
	}
}

func (b *bench) curveRun(cell int, t *tally) error {
	p, seed := b.take(cell)
	res, err := sim.Run(b.file, b.test, p.release, seed, sim.Options{Labels: &b.labels})
	if err != nil {
		return err
	}
	t.runs[cell%b.study.seeds()] = newRecord(cell, res)
	t.add(res.Delivery)
	return nil
}

func (t *tally) sample() Sample {
	var s Sample
	var overflow, lost []ratio
	for _, r := range t.runs {
		overflow = append(overflow, ratio{r.Overflow, r.Copies})
		lost = append(lost, ratio{r.Lost, r.Offered})
		if r.Overflow == 0 {
			s.Clean++
		}
	}
	s.Overflow, s.Lost = estimate(overflow), estimate(lost)
	for address, d := range t.delays {
		if address == ledger.Any {
			s.P99 = d.Quantile(0.99)
		} else {
			s.Slowest = max(s.Slowest, d.Quantile(0.99))
		}
	}
	return s
}

// A ratio is one run's count and what it is of.
type ratio struct{ part, whole int64 }

// estimate is the ratio of the sums, with Student's interval by the runs' deviations from it (Cochran, Sampling Techniques, 1977,
// 6.3): a run is one observation however many alerts it lost.
func estimate(runs []ratio) Estimate {
	var part, whole int64
	for _, r := range runs {
		part, whole = part+r.part, whole+r.whole
	}
	if whole == 0 {
		return Estimate{}
	}
	mean := float64(part) / float64(whole)
	e := Estimate{mean, mean, mean}
	n := float64(len(runs))
	if len(runs) < 2 {
		return e
	}
	var squares float64
	for _, r := range runs {
		d := float64(r.part) - float64(mean*float64(r.whole))
		squares += float64(d * d)
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile(0.975)
	half := t * math.Sqrt(squares/(n*(n-1))) / (float64(whole) / n)
	e.Low, e.High = max(mean-half, 0), min(mean+half, 1)
	return e
}
