package plan

import (
	"fmt"
	"slices"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/ledger"
)

// A Record is what a study keeps of one run: one point under one seed. Its fields are whole numbers, so that sums of
// them do not depend on the order.
type Record struct {
	// Run is the number of the run within the study.
	Run int `json:"cell"`
	// Longest is the largest number of copies in a queue, which is the smallest capacity that drops nothing. Need is the
	// smallest capacity that drops no more than is tolerated. If the point has a capacity, both are that capacity.
	Longest int `json:"longest"`
	Need    int `json:"need"`
	// Endless says that the run ended because a queue exceeded its bounds (see ledger.MaxDepth).
	Endless bool `json:"endless,omitempty"`
	// Offered is how many copies were handed to Send; Lost is how many of them no Alertmanager took. Copies counts each
	// copy once for each Alertmanager that it is for; of those, queues dropped Overflow, and Failed were in requests that
	// failed.
	Offered  int64 `json:"offered"`
	Lost     int64 `json:"lost"`
	Copies   int64 `json:"copies"`
	Overflow int64 `json:"overflow"`
	Failed   int64 `json:"failed"`
	Events   int64 `json:"events"`
}

func newRecord(run int, res *sim.Result) Record {
	r := Record{
		Run: run, Longest: ledger.Longest(res.Queues), Offered: res.Ledger.Offered, Lost: res.Ledger.Lost, Events: res.Events,
	}
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

// overflow returns how many alerts the queue of an Alertmanager dropped.
func overflow(a *ledger.Account) int64 {
	return a.Dropped.Of(core.QueueFull) + a.Dropped.Of(core.BatchTooLarge)
}

// worstShare returns the largest share of its alerts that an Alertmanager's queue dropped.
func worstShare(l *ledger.Ledger) float64 {
	worst := 0.0
	for _, a := range l.Alertmanagers {
		if a.Offered > 0 {
			worst = max(worst, float64(overflow(&a))/float64(a.Offered))
		}
	}
	return worst
}

// sortedNeeds returns the needs of runs, smallest first.
func sortedNeeds(records []Record) []int {
	needs := make([]int, len(records))
	for i, r := range records {
		needs[i] = r.Need
	}
	slices.Sort(needs)
	return needs
}

// sortRecords returns the records in the order of their runs.
func sortRecords(records []Record) []Record {
	records = slices.Clone(records)
	slices.SortFunc(records, func(a, b Record) int { return a.Run - b.Run })
	return records
}

// checkRecords returns an error unless there is one record for each run of a study, in their order. With partial,
// records may be missing.
func checkRecords(records []Record, runs int, partial bool) error {
	for i, r := range records {
		switch {
		case r.Run < 0 || r.Run >= runs:
			return fmt.Errorf("run %d is not one of the %d of this plan", r.Run, runs)
		case i > 0 && records[i-1].Run == r.Run:
			return fmt.Errorf("run %d is there twice", r.Run)
		}
	}
	if n := runs - len(records); n > 0 && !partial {
		return fmt.Errorf("%d of %d runs are missing", n, runs)
	}
	return nil
}
