package plan

import (
	"context"
	"slices"
	"sync"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/ledger"
)

// maxTrialSeeds is the most seeds that all candidates run with.
const maxTrialSeeds = 8

// trialEvents bounds the events of the runs of all candidates, finalEvents the events of the runs of one finalist.
// Either takes about a second on one processor.
const trialEvents, finalEvents = 6_000_000, 8_000_000

// choose runs the candidates and sets the one to advise. All candidates run with the same few seeds. The one that is
// preferred and the scenario as it is then run with all seeds, or as many as finalEvents allows, and the better one of
// the two is advised (see final).
func (s *Study) choose(p *Plan, workers int) error {
	p.Candidates = s.candidates(p)
	few := s.trialSeeds(p, trialEvents/int64(len(p.Candidates)), maxTrialSeeds)
	sums, err := s.trials(p, p.Candidates, few, workers)
	if err != nil {
		return err
	}
	p.CurveSeeds = few
	for i, c := range p.Candidates {
		c.Outcome = sums[i].outcome
		c.Memory = memory(s.test, s.queues(p, c.point), c.Capacity).Full
		if c.Change == ChangeCapacity || c.Change == ChangeNothing {
			sample := sums[i].sample()
			sample.Capacity, sample.Memory = c.Capacity, c.Memory
			p.Curve = append(p.Curve, sample)
		}
	}
	slices.SortFunc(p.Curve, func(a, b Sample) int { return a.Capacity - b.Capacity })
	markBeaten(p.Candidates)
	if err := s.final(p, workers); err != nil {
		return err
	}
	p.advised.Advised = true
	p.Capacity = p.advised.Capacity
	p.Memory = memory(s.test, s.queues(p, p.advised.point), p.Capacity)
	return nil
}

// maxFinalists is how many candidates run with all seeds at most, beside the scenario as it is.
const maxFinalists = 3

// final sets the candidate to advise, and the part of the advice that says in how many runs it was confirmed.
func (s *Study) final(p *Plan, workers int) error {
	savingFrom := 0
	if s.SaveMemory {
		savingFrom = p.Current
	}
	now := p.Candidates[0]
	p.advised = preferred(p.Candidates, p.interval, savingFrom)
	seeds := s.trialSeeds(p, finalEvents, s.numSeeds())
	if seeds <= p.CurveSeeds || p.advised == now {
		p.Advice.Runs, p.Advice.Now, p.Advice.Then = p.CurveSeeds, now.Outcome, p.advised.Outcome
		return nil
	}
	p.Advice.Runs = seeds
	return p.confirm(savingFrom, func(list []*Candidate) ([]Outcome, error) {
		sums, err := s.trials(p, list, seeds, workers)
		var outcomes []Outcome
		for i := range sums {
			outcomes = append(outcomes, sums[i].outcome)
		}
		return outcomes, err
	})
}

// confirm runs the best candidate and the scenario as it is with all seeds, and advises the candidate if it is still
// better. If it is not, confirm tries the best candidate with another kind of change.
func (p *Plan) confirm(savingFrom int, run func([]*Candidate) ([]Outcome, error)) error {
	now := *p.Candidates[0]
	left := slices.Clone(p.Candidates)
	for tried := range maxFinalists {
		p.advised = preferred(left, p.interval, savingFrom)
		then := *p.advised
		if then.Change == ChangeNothing {
			break
		}
		list := []*Candidate{&then}
		if tried == 0 {
			list = append(list, &now)
		}
		outcomes, err := run(list)
		if err != nil {
			return err
		}
		for i, c := range list {
			c.Outcome = outcomes[i]
		}
		if preferred([]*Candidate{&now, &then}, p.interval, savingFrom) == &then {
			p.Advice.Now, p.Advice.Then = now.Outcome, then.Outcome
			return nil
		}
		left = slices.DeleteFunc(left, func(c *Candidate) bool { return c.Change == then.Change })
	}
	p.advised, p.Advice.Now, p.Advice.Then = p.Candidates[0], now.Outcome, now.Outcome
	return nil
}

// queues returns how many queues a point has.
func (s *Study) queues(p *Plan, pt point) int64 {
	switch {
	case pt.release.Queues == core.Shared:
		return p.queues
	case p.Shared: // an upgrade gives each Alertmanager a queue
		return int64(len(s.test.Addresses))
	case pt.Without != "":
		return max(p.queues-1, 1)
	}
	return p.queues
}

// trialSeeds returns how many seeds one candidate runs with: as many as its runs take at most so many events, but 1 to
// most.
func (s *Study) trialSeeds(p *Plan, events int64, most int) int {
	return int(min(max(events/max(p.events, 1), 1), int64(most), int64(s.numSeeds())))
}

// trials runs candidates, each with the same seeds: the first ones of the study. If the seed of the worst run is not
// among them, it replaces the last one.
func (s *Study) trials(p *Plan, list []*Candidate, seeds, workers int) ([]runSum, error) {
	t := &Study{Question: s.Question, Progress: s.Progress, file: s.file, test: s.test}
	for i := range seeds {
		t.seeds = append(t.seeds, s.Seeds.From+uint64(i))
	}
	if !slices.Contains(t.seeds, p.Peak.Seed) {
		t.seeds[seeds-1] = p.Peak.Seed
	}
	faulty := faultyAlertmanagers(s.test)
	sums := make([]runSum, len(list))
	for i, c := range list {
		t.points = append(t.points, c.point)
		sums[i].runs, sums[i].faulty = make([]Record, seeds), faulty
	}
	err := t.parallel(context.Background(), t.Runs(), workers, func(w *worker, run int) error {
		return sums[run/seeds].run(w, run)
	})
	return sums, err
}

// A runSum sums up the runs of one candidate. Delays are merged as runs end, since those of all runs take much memory.
type runSum struct {
	faulty  map[string]bool // the addresses of Alertmanagers that are not healthy
	runs    []Record        // by seed
	mu      sync.Mutex
	any     bool // a run has ended
	outcome Outcome
	delays  map[string]*ledger.Delays // by address
}

// run makes a run and adds its outcome to the sum.
func (s *runSum) run(w *worker, run int) error {
	p, seed := w.prepare(run)
	res, err := w.study.simulate(w.file, w.test, p.release, seed, sim.Options{Labels: &w.labels})
	if err != nil {
		return err
	}
	outcome := newOutcome(&res.Accounts, s.faulty)
	s.runs[run%w.study.numSeeds()] = newRecord(run, res)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.any {
		outcome = worse(s.outcome, outcome)
	}
	s.any, s.outcome = true, outcome
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
