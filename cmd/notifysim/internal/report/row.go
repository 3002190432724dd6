package report

import (
	"fmt"
	"strings"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/ledger"
)

// A row is the row of one test and release in a report. It combines the runs of all seeds.
type row struct {
	run          Run // the first run
	runs, failed int
	crossed      int      // failed runs that only crossed thresholds
	seeds        []uint64 // seeds that failed, except the first such seed
	known        int      // runs with known failures
	total        account
	summary      string // summary of the first run

	failedRun   Run // the first run that failed
	failure     *sim.Result
	knownResult *sim.Result // result of the first run with known failures

	targets   map[string]*account
	replicas  []*account // nil if there is only one
	lostByAll span       // alerts of evaluations that no replica delivered
}

// An account has the counts from the ledgers of a row's runs, for one Alertmanager, one replica or all together.
type account struct {
	offered, delivered, lost, pending, relabelled, blocked span
	dropped                                                [5]span // by core.Reason
	queued, inFlight                                       span
}

// A span is the smallest and the largest value of a count in several runs.
type span struct {
	min, max int64
	any      bool
}

func (s *span) add(n int64) {
	if !s.any {
		s.min, s.max, s.any = n, n, true
	}
	s.min, s.max = min(s.min, n), max(s.max, n)
}

func (s span) String() string {
	if s.min == s.max {
		return fmt.Sprint(s.min)
	}
	return fmt.Sprintf("%d–%d", s.min, s.max)
}

// add adds the ledger of one run to the row.
func (w *row) add(l *ledger.Ledger) {
	w.runs++
	w.total.addTotals(&l.Totals)
	if l.LostByAll != nil {
		w.lostByAll.add(*l.LostByAll)
	}
	for i, r := range l.Replicas {
		if i == len(w.replicas) {
			w.replicas = append(w.replicas, &account{})
		}
		w.replicas[i].addTotals(&r.Totals)
	}
	for address, a := range l.Alertmanagers {
		t := w.targets[address]
		if t == nil {
			t = &account{}
			w.targets[address] = t
		}
		t.offered.add(a.Offered)
		t.delivered.add(a.Delivered)
		t.queued.add(a.Queued)
		t.inFlight.add(a.InFlight)
		for _, reason := range core.Reasons() {
			t.dropped[reason].add(a.Dropped.Of(reason))
		}
	}
}

func (a *account) addTotals(t *ledger.Totals) {
	a.offered.add(t.Offered)
	a.delivered.add(t.Delivered)
	a.lost.add(t.Lost)
	a.pending.add(t.Pending)
	a.relabelled.add(t.Relabelled)
	a.blocked.add(t.Blocked)
}

// undelivered lists how many copies were not delivered: those dropped by reason, and those that still wait.
func (a *account) undelivered() string {
	var parts []string
	add := func(what string, n span) {
		if n.max > 0 {
			parts = append(parts, what+" "+n.String())
		}
	}
	for _, reason := range core.Reasons() {
		add(reason.String(), a.dropped[reason])
	}
	add("queued", a.queued)
	add("in_flight", a.inFlight)
	add("pending", a.pending)
	add("relabelled", a.relabelled)
	add("blocked sends", a.blocked)
	return strings.Join(parts, ", ")
}

// verdict returns the verdict over the runs of a row: pass, FAIL, CROSSED if only thresholds were crossed, or unchecked
// if no expectation of the test applies to the release. A pass with known failures is "pass, known".
func (w *row) verdict(p painter) string {
	switch {
	case w.failed > 0 && w.failed == w.crossed && w.runs > 1:
		return p.red(fmt.Sprintf("CROSSED %d/%d seeds", w.failed, w.runs))
	case w.failed > 0 && w.failed == w.crossed:
		return p.red("CROSSED")
	case w.failed > 0 && w.runs > 1:
		return p.red(fmt.Sprintf("FAIL %d/%d seeds", w.failed, w.runs))
	case w.failed > 0:
		return p.red("FAIL")
	case w.run.Checks() == 0:
		return p.yellow("unchecked")
	case w.known > 0 && w.runs > 1:
		return p.yellow(fmt.Sprintf("pass, known %d/%d seeds", w.known, w.runs))
	case w.known > 0:
		return p.yellow("pass, known")
	case w.runs > 1:
		return p.green(fmt.Sprintf("pass %d seeds", w.runs))
	}
	return p.green("pass")
}
