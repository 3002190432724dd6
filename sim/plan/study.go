package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// A Study is a question that has been checked, with the list of the runs that its answer needs. A run is one point
// under one seed. Runs are numbered from 0: first those of the first point, in the order of the seeds, then those of
// the next.
type Study struct {
	Question
	// Build identifies the program that makes the runs. Shards and journals of another program are refused, since its
	// runs may differ.
	Build string
	// Progress, if not nil, is called during runs with the virtual time that one of them has reached and the time at
	// which it ends, 0 if that is not known. Several goroutines may call it at once.
	Progress func(at, end time.Duration)

	file *scenarios.File
	test *scenarios.Test
	// points has first the numPlans points of the plans, then those of the sensitivity, then those of the sweep. The
	// points of the sensitivity and of the sweep are variants of points[origin].
	points           []point
	numPlans, origin int
	// deterministic says that all seeds give the same run, so that one is enough.
	deterministic bool
	// seeds, if not nil, replace the seeds of the question.
	seeds []uint64
}

// maxRuns is the largest number of runs of a study.
const maxRuns = 10_000_000

// NewStudy checks a question. Errors in the scenario are scenarios.Errors.
func NewStudy(q Question) (*Study, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	file, err := q.Sources.Parse(q.File)
	if err != nil {
		return nil, err
	}
	s := &Study{Question: q, file: file}
	i := slices.IndexFunc(file.Tests, func(t *scenarios.Test) bool { return t.Name == q.Test })
	if i < 0 {
		return nil, fmt.Errorf("%s has no test %q", q.File, q.Test)
	}
	s.test = file.Tests[i]
	releases, err := s.releases()
	if err != nil {
		return nil, err
	}
	if sends, err := s.sendsAlerts(releases[0]); err != nil {
		return nil, err
	} else if !sends {
		return nil, fmt.Errorf("%s: %q sends no alerts, so any capacity will do; add `input_series` or `send` to the test",
			s.test.Pos, q.Test)
	}
	s.deterministic = !isRandom(s.test)
	if s.deterministic {
		s.Seeds.To = s.Seeds.From
	}
	return s, s.enumerate(releases)
}

// releases returns the releases to plan for.
func (s *Study) releases() ([]*core.Release, error) {
	var list []*core.Release
	for _, name := range s.Releases {
		rel, err := core.ParseRelease(name)
		if err != nil {
			return nil, err
		}
		list = append(list, rel)
	}
	if s.Releases == nil {
		list = s.file.Releases
	}
	list = slices.DeleteFunc(slices.Clone(list), func(r *core.Release) bool { return !s.test.For(r) })
	if len(list) == 0 {
		return nil, fmt.Errorf("%q is for %s; write one of them", s.Test, strings.Join(s.test.Only, ", "))
	}
	return list, nil
}

// sendsAlerts reports whether the test sends alerts. If the test has neither a send nor a series that fires, it makes
// a run to find out, since alerting rules may fire.
func (s *Study) sendsAlerts(rel *core.Release) (bool, error) {
	fires := func(s scenarios.Series) bool { return slices.Contains(s.Firing, true) }
	sends := func(e scenarios.Event) bool { return e.Send != nil }
	if slices.ContainsFunc(s.test.Series, fires) || slices.ContainsFunc(s.test.Timeline, sends) {
		return true, nil
	}
	file, test := Variant{}.apply(s.file, s.test)
	res, err := sim.Run(file, test, rel, s.Seeds.From, sim.Options{Unbounded: true})
	if err != nil {
		return false, err
	}
	return res.Ledger.Offered > 0, nil
}

// simulate makes a run, and passes its progress on.
func (s *Study) simulate(
	f *scenarios.File, t *scenarios.Test, rel *core.Release, seed uint64, o sim.Options,
) (*sim.Result, error) {
	if s.Progress != nil {
		o.Progress = func(at time.Duration) { s.Progress(at, t.Duration) }
	}
	return sim.Run(f, t, rel, seed, o)
}

// enumerate sets the points of the study.
func (s *Study) enumerate(releases []*core.Release) error {
	for _, rel := range releases {
		sizes := s.BatchSizes
		if len(sizes) == 0 || !rel.BatchSizeFlag {
			sizes = []int{0}
		}
		for _, size := range sizes {
			s.points = append(s.points, point{Variant{BatchSize: size}, rel})
		}
	}
	s.numPlans = len(s.points)
	newest := releases[len(releases)-1]
	s.origin = slices.IndexFunc(s.points, func(p point) bool { return p.release == newest })
	first := Variant{}
	if len(s.BatchSizes) > 0 {
		first.BatchSize = s.BatchSizes[0]
	}
	if s.Sensitivity {
		for _, v := range shifts(s.file, s.points[s.origin], first) {
			s.points = append(s.points, point{v, newest})
		}
	}
	grid, err := grid(s.Sweep, first)
	if err != nil {
		return err
	}
	for _, v := range grid {
		s.points = append(s.points, point{v, newest})
	}
	if s.Runs() > maxRuns {
		return fmt.Errorf("these are %d runs, above the limit of %d; ask for fewer seeds or a smaller sweep", s.Runs(),
			maxRuns)
	}
	return nil
}

// gridSize returns how many points the sweep has.
func (s *Study) gridSize() int {
	if len(s.Sweep) != 2 {
		return 0
	}
	return len(s.Sweep[0].Values) * len(s.Sweep[1].Values)
}

// numSeeds returns how many seeds each point runs with.
func (s *Study) numSeeds() int {
	if s.seeds != nil {
		return len(s.seeds)
	}
	return int(s.Seeds.To-s.Seeds.From) + 1
}

// seedOf returns the seed of a run.
func (s *Study) seedOf(run int) uint64 {
	if s.seeds != nil {
		return s.seeds[run%len(s.seeds)]
	}
	return s.Seeds.From + uint64(run%s.numSeeds())
}

// Runs returns the number of runs that the answer needs, without those that Answer itself makes.
func (s *Study) Runs() int { return len(s.points) * s.numSeeds() }

// CheckSeeds returns an error if the seeds are too few to bound the percentile; it says how many are needed.
func (s *Study) CheckSeeds() error {
	if s.deterministic || Rank(s.numSeeds(), s.Percentile, s.Confidence) > 0 {
		return nil
	}
	n, err := SeedsFor(s.Percentile, s.Confidence)
	if err != nil {
		return err
	}
	return fmt.Errorf("%s cannot bound %g %% of runs with a confidence of %g %%; write %d, such as --seeds %d-%d",
		text.Count(s.numSeeds(), "seed"), 100*s.Percentile, 100*s.Confidence, n, s.Seeds.From, s.Seeds.From+uint64(n)-1)
}

// bound returns the need that covers the percentile with the confidence, and its rank among the needs, from 1.
func (s *Study) bound(records []Record) (need, rank int) {
	needs := sortedNeeds(records)
	rank = Rank(len(needs), s.Percentile, s.Confidence)
	if rank == 0 || s.deterministic { // the largest of all runs
		rank = len(needs)
	}
	return needs[rank-1], rank
}
