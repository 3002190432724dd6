package plan

import (
	"fmt"
	"runtime/debug"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/ledger"
)

// A Record is the outcome of one cell: one point under one seed. All of it is whole numbers, so that any order of adding gives the
// same.
type Record struct {
	Cell int `json:"cell"`
	// Longest is the longest queue, the smallest capacity that drops nothing; Need is the one that drops no more than is tolerated.
	// With a capacity given, both are that.
	Longest int `json:"longest"`
	Need    int `json:"need"`
	// Endless says that a queue grew until the run was given up.
	Endless bool `json:"endless,omitempty"`
	// Offered and Lost are the run's; Copies are the alerts offered to single Alertmanagers, of which Overflow were dropped by
	// queues and Failed in requests.
	Offered  int64 `json:"offered"`
	Lost     int64 `json:"lost"`
	Copies   int64 `json:"copies"`
	Overflow int64 `json:"overflow"`
	Failed   int64 `json:"failed"`
	Events   int64 `json:"events"`
}

// A bench runs cells, one after the other. It keeps the scenario of the last point, and the labels of its alerts.
type bench struct {
	study  *Study
	point  int
	file   *scenarios.File
	test   *scenarios.Test
	labels sim.Cache
}

func (s *Study) bench() *bench { return &bench{study: s, point: -1} }

// take makes the scenario of a cell's point the bench's, and returns the point and the seed.
func (b *bench) take(cell int) (*point, uint64) {
	s := b.study
	at := cell / s.seeds()
	if b.point != at {
		b.point = at
		b.file, b.test = s.points[at].apply(s.file, s.test)
		b.labels = sim.Cache{}
	}
	return &s.points[at], s.seedOf(cell)
}

func (s *Study) seedOf(cell int) uint64 { return s.Seeds.From + uint64(cell%s.seeds()) }

// cell runs a cell. Its seed is of the cell alone, the same for all points: what differs between points is not chance.
func (b *bench) cell(cell int) (r Record, err error) {
	s := b.study
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("a fault in run %d, %s, seed %d: %v\n%s", cell, s.points[b.point].Variant, s.seedOf(cell), x, debug.Stack())
		}
	}()
	p, seed := b.take(cell)
	res, err := sim.Run(b.file, b.test, p.release, seed, sim.Options{Unbounded: p.Capacity == 0, Queues: true, Labels: &b.labels})
	if err != nil {
		return r, err
	}
	r = newRecord(cell, res)
	if p.Capacity > 0 {
		r.Longest, r.Need = p.Capacity, p.Capacity
		return r, nil
	}
	r.Need = r.Longest
	if s.Tolerate > 0 && !r.Endless {
		r.Need, err = b.tolerated(p.release, seed, r.Longest)
	}
	return r, err
}

func newRecord(cell int, res *sim.Result) Record {
	r := Record{Cell: cell, Longest: ledger.Longest(res.Queues), Offered: res.Ledger.Offered, Lost: res.Ledger.Lost, Events: res.Events}
	for _, q := range res.Queues {
		r.Endless = r.Endless || q.Endless
	}
	for _, a := range res.Ledger.Alertmanagers {
		r.Copies += a.Offered
		r.Overflow += overflow(&a)
		r.Failed += a.Dropped.Of(core.SendFailed)
	}
	return r
}

// overflow is what the queue of an Alertmanager dropped.
func overflow(a *ledger.Account) int64 {
	return a.Dropped.Of(core.QueueFull) + a.Dropped.Of(core.BatchTooLarge)
}

// tolerated returns a capacity with which no Alertmanager loses more to its queue than is tolerated, and with one less some does.
// Loss hardly ever rises with capacity; where it does, this is one such capacity.
func (b *bench) tolerated(rel *core.Release, seed uint64, longest int) (int, error) {
	enough := longest
	for low := 1; low < enough; {
		mid := (low + enough) / 2
		file := *b.file
		file.Flags.QueueCapacity = mid
		res, err := sim.Run(&file, b.test, rel, seed, sim.Options{Labels: &b.labels})
		if err != nil {
			return 0, err
		}
		if worstShare(&res.Ledger) <= b.study.Tolerate {
			enough = mid
		} else {
			low = mid + 1
		}
	}
	return enough, nil
}

// worstShare is the largest share of its alerts that an Alertmanager lost to its queue.
func worstShare(l *ledger.Ledger) float64 {
	worst := 0.0
	for _, a := range l.Alertmanagers {
		if a.Offered > 0 {
			worst = max(worst, float64(overflow(&a))/float64(a.Offered))
		}
	}
	return worst
}
