package plan

import (
	"context"
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/mathext"

	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/ledger"
)

// curveEvents bounds the events of all runs of a curve, so that it takes less than a second on one processor.
const curveEvents = 8_000_000

// curve samples capacities on the same seeds, so that the samples differ by the capacity alone.
func (s *Study) curve(p *Plan, workers int) error {
	capacities := p.capacities()
	seeds := curveEvents / (max(p.events, 1) * int64(len(capacities)))
	p.CurveSeeds = int(min(max(seeds, 1), int64(s.numSeeds())))
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
	sums := make([]runSum, len(capacities))
	for i := range sums {
		sums[i].runs = make([]Record, p.CurveSeeds)
	}
	err := c.parallel(context.Background(), c.Runs(), workers, func(w *worker, run int) error {
		return sums[run/p.CurveSeeds].run(w, run)
	})
	if err != nil {
		return err
	}
	queues := int64(1)
	if p.Memory.Empty > 0 {
		queues = p.Memory.Empty / (pointerBytes * int64(p.Capacity))
	}
	for i, k := range capacities {
		sample := sums[i].sample()
		sample.Capacity, sample.Memory = k, memory(s.test, queues, k).Full
		p.Curve = append(p.Curve, sample)
	}
	return nil
}

// capacities returns those of the curve: those of the plan, and an eighth, a quarter and a half of what the worst run
// needs.
func (p *Plan) capacities() []int {
	list := []int{p.Capacity, p.Lower, p.Current, p.Most, max(p.Capacity-1, 1)}
	for _, part := range []int{8, 4, 2} {
		list = append(list, p.Most/part)
	}
	list = slices.DeleteFunc(list, func(k int) bool { return k < 1 || k > max(2*p.Most, p.Current) })
	slices.Sort(list)
	return slices.Compact(list)
}

// A runSum sums up the runs with one capacity. Delays are merged as runs end, since those of all runs take much memory.
type runSum struct {
	runs   []Record // by seed
	mu     sync.Mutex
	delays map[string]*ledger.Delays // by address
}

// run makes a run and adds it.
func (s *runSum) run(w *worker, run int) error {
	p, seed := w.prepare(run)
	res, err := sim.Run(w.file, w.test, p.release, seed, sim.Options{Labels: &w.labels})
	if err != nil {
		return err
	}
	s.runs[run%w.study.numSeeds()] = newRecord(run, res)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.delays == nil {
		s.delays = map[string]*ledger.Delays{}
	}
	for address, d := range res.Delivery {
		if s.delays[address] == nil {
			s.delays[address] = &ledger.Delays{}
		}
		s.delays[address].Merge(d)
	}
	return nil
}

func (s *runSum) sample() Sample {
	var out Sample
	var overflow, lost []ratio
	for _, r := range s.runs {
		overflow = append(overflow, ratio{r.Overflow, r.Copies})
		lost = append(lost, ratio{r.Lost, r.Offered})
		if r.Overflow == 0 {
			out.Clean++
		}
	}
	out.Overflow, out.Lost = estimate(overflow), estimate(lost)
	for address, d := range s.delays {
		if address == ledger.Any {
			out.P99 = d.Quantile(0.99)
		} else {
			out.Slowest = max(out.Slowest, d.Quantile(0.99))
		}
	}
	return out
}

// A ratio is a count of one run and the total that it is part of.
type ratio struct{ part, total int64 }

// estimate returns the ratio of the sums, with Student's interval over the deviations of the runs from it (Cochran,
// Sampling Techniques, 1977, 6.3). A run is one observation, however many alerts it lost.
func estimate(runs []ratio) Estimate {
	var part, total int64
	for _, r := range runs {
		part, total = part+r.part, total+r.total
	}
	if total == 0 {
		return Estimate{}
	}
	mean := float64(part) / float64(total)
	e := Estimate{mean, mean, mean}
	n := float64(len(runs))
	if len(runs) < 2 {
		return e
	}
	var squares float64
	for _, r := range runs {
		d := float64(r.part) - float64(mean*float64(r.total))
		squares += float64(d * d)
	}
	half := studentsT975(n-1) * math.Sqrt(squares/(n*(n-1))) / (float64(total) / n)
	e.Low, e.High = max(mean-half, 0), min(mean+half, 1)
	return e
}

// studentsT975 is the 97.5 % quantile of Student's t distribution with nu degrees of freedom (Abramowitz and Stegun,
// 26.7.1).
func studentsT975(nu float64) float64 {
	x := mathext.InvRegIncBeta(nu/2, 0.5, 0.05)
	return math.Sqrt(nu * (1 - x) / x)
}
