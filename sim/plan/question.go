// Package plan says how long the notifier's queue must be, why, and where more is useless.
//
// The method is exact: a run without a capacity shows the smallest capacity with which that run drops nothing, and order statistics
// over seeds bound its quantiles whatever their distribution. The same question gives the same answer, byte for byte, on any
// machine and with any number of workers or shards.
//
// The package never reads a clock, and no file but those it is given names of.
package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// A Question is what is asked of a plan. It has all that the answer depends on, the texts of the scenario's files too.
type Question struct {
	// File is the scenario, among Sources, and Test the name of one of its tests.
	File    string            `json:"file"`
	Sources scenarios.Sources `json:"sources"`
	Test    string            `json:"test"`
	// Releases are those to plan for; nil is the file's.
	Releases []string `json:"releases"`
	// Seeds are one run each.
	Seeds scenarios.Seeds `json:"seeds"`
	// Percentile is the share of runs, in (0, 1), in which the capacity is to suffice, and Confidence how sure that is to be.
	Percentile float64 `json:"percentile"`
	Confidence float64 `json:"confidence"`
	// Tolerate is the share, from 0 to below 1, of the alerts for an Alertmanager that the queue may drop.
	Tolerate float64 `json:"tolerate"`
	// BatchSizes are those to plan for; nil is the scenario's.
	BatchSizes []int `json:"batch_sizes,omitempty"`
	// Grace is how long the process has to stop.
	Grace time.Duration `json:"grace_ns"`
	// Sensitivity asks which input moves the answer most, and Sweep for the answer over two inputs.
	Sensitivity bool   `json:"sensitivity,omitempty"`
	Sweep       []Axis `json:"sweep,omitempty"`
}

// Hash identifies the question.
func (q *Question) Hash() string {
	text, err := json.Marshal(q)
	if err != nil {
		panic(err) // of numbers and strings
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// A Study is a question that can be answered.
type Study struct {
	Question
	file   *scenarios.File
	test   *scenarios.Test
	points []point
	// base is how many points are not of the sensitivity or the sweep; those are variants of points[origin].
	base, origin int
	// alike says that nothing is random: every seed gives the same.
	alike bool
}

// A point is what cells are runs of: a release, and inputs.
type point struct {
	Variant
	release *core.Release
}

// NewStudy checks a question.
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
	if silent, err := s.silent(releases[0]); err != nil {
		return nil, err
	} else if silent {
		return nil, fmt.Errorf("%s: %q sends no alerts, so any capacity will do; write input_series or send", s.test.Pos, q.Test)
	}
	s.alike = !random(s.test)
	if s.alike {
		s.Seeds.To = s.Seeds.From
	}
	return s, s.enumerate(releases)
}

func (q *Question) check() error {
	if err := checkShares(q.Percentile, q.Confidence); err != nil {
		return err
	}
	if !(q.Tolerate >= 0 && q.Tolerate < 1) {
		return fmt.Errorf("a tolerated loss of %g; write a share from 0 to below 1, such as 0.001", q.Tolerate)
	}
	if q.Seeds.From > q.Seeds.To || q.Seeds.To-q.Seeds.From >= maxSeeds {
		return fmt.Errorf("seeds %d to %d; write 1 to %d of them", q.Seeds.From, q.Seeds.To, maxSeeds)
	}
	for _, b := range q.BatchSizes {
		if b < 1 || b > 1_000_000 {
			return fmt.Errorf("batch size %d; write 1 to 1000000", b)
		}
	}
	return nil
}

// silent reports whether a test sends no alerts. Without a send or a series that fires, a run tells: there may be rules.
func (s *Study) silent(rel *core.Release) (bool, error) {
	t := s.test
	if slices.ContainsFunc(t.Series, func(s scenarios.Series) bool { return slices.Contains(s.Firing, true) }) ||
		slices.ContainsFunc(t.Timeline, func(e scenarios.Event) bool { return e.Send != nil }) {
		return false, nil
	}
	file, test := Variant{}.apply(s.file, t)
	res, err := sim.Run(file, test, rel, s.Seeds.From, sim.Options{Unbounded: true})
	if err != nil {
		return false, err
	}
	return res.Ledger.Offered == 0, nil
}

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

// maxCells bounds the runs of a study.
const maxCells = 10_000_000

// enumerate lists the points: releases and batch sizes, then those of sensitivity and sweep, which are of the last release.
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
	s.base = len(s.points)
	newest := releases[len(releases)-1]
	s.origin = slices.IndexFunc(s.points, func(p point) bool { return p.release == newest })
	for _, v := range s.shifts() {
		s.points = append(s.points, point{v, newest})
	}
	grid, err := s.grid()
	if err != nil {
		return err
	}
	for _, v := range grid {
		s.points = append(s.points, point{v, newest})
	}
	if s.Cells() > maxCells {
		return fmt.Errorf("these are %d runs, above the limit of %d; ask for fewer seeds or a smaller sweep", s.Cells(), maxCells)
	}
	return nil
}

func (s *Study) seeds() int { return int(s.Seeds.To-s.Seeds.From) + 1 }

// Cells returns the number of runs that the answer takes: one for each point and seed.
func (s *Study) Cells() int { return len(s.points) * s.seeds() }

// Enough returns an error, which says how many it takes, if the seeds cannot bound the percentile.
func (s *Study) Enough() error {
	if s.alike || Rank(s.seeds(), s.Percentile, s.Confidence) > 0 {
		return nil
	}
	n, err := SeedsFor(s.Percentile, s.Confidence)
	if err != nil {
		return err
	}
	return fmt.Errorf("%d seeds cannot bound %g %% of runs with a confidence of %g %%; write %d, such as --seeds %d-%d",
		s.seeds(), 100*s.Percentile, 100*s.Confidence, n, s.Seeds.From, s.Seeds.From+uint64(n)-1)
}
