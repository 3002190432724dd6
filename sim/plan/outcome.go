package plan

import (
	"maps"
	"slices"
	"time"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/ledger"
)

// An Outcome says how well people would have known of the alerts. Of several runs, each field is that of the run in
// which it is worst. Times without an end are nil.
type Outcome struct {
	// Alerts is how many alerts fired; Missed is how many of them no Alertmanager ever knew.
	Alerts int64 `json:"alerts"`
	Missed int64 `json:"missed"`
	// FirstDeliveryP99 is within what time 99 of 100 alerts were first known to an Alertmanager, FirstDeliveryMax within
	// what time all of them were.
	FirstDeliveryP99 *time.Duration `json:"first_delivery_p99_ns"`
	FirstDeliveryMax *time.Duration `json:"first_delivery_max_ns"`
	// Any is about what at least one Alertmanager knew. Healthy is about the worst healthy Alertmanager: one that has no
	// fault in the scenario. If all have one, Healthy is empty.
	Any     Coverage `json:"any"`
	Healthy Coverage `json:"healthy"`
	// LateResolve is the longest time for which an alert stayed firing at an Alertmanager after it had ended.
	LateResolve time.Duration `json:"late_resolve_max_ns"`
}

// A Coverage says for how long alerts fired while they were not known as firing.
type Coverage struct {
	// Alertmanager is the one with the longest Uncovered, "" for any.
	Alertmanager string `json:"alertmanager,omitempty"`
	// Uncovered is the sum over all alerts, in nanoseconds, at most the largest int64; LongestUncovered is that of one
	// alert.
	Uncovered        int64         `json:"uncovered_ns"`
	LongestUncovered time.Duration `json:"uncovered_max_ns"`
	// FalselyResolved is how many alerts were resolved while they fired; LongestFalseResolve is the longest time until
	// one of them was known again.
	FalselyResolved     int64         `json:"falsely_resolved"`
	LongestFalseResolve time.Duration `json:"false_resolve_max_ns"`
}

// newOutcome returns the outcome of a run. faulty has the addresses of Alertmanagers that are not healthy.
func newOutcome(a *ledger.AlertAccounts, faulty map[string]bool) Outcome {
	o := Outcome{
		Alerts: a.Any.Alerts, Missed: a.Any.Missed,
		FirstDeliveryP99: ledger.OrNil(a.Any.FirstDelivery.Quantile(0.99)),
		FirstDeliveryMax: ledger.OrNil(a.Any.FirstDelivery.Longest()),
		Any:              newCoverage("", &a.Any), LateResolve: a.Any.LateResolve.Max(),
	}
	for _, address := range slices.Sorted(maps.Keys(a.Alertmanagers)) {
		if account := a.Alertmanagers[address]; !faulty[address] {
			o.Healthy = worseCoverage(o.Healthy, newCoverage(address, &account))
		}
	}
	return o
}

func newCoverage(address string, a *ledger.AlertAccount) Coverage {
	return Coverage{
		Alertmanager: address, Uncovered: a.Uncovered.Total(), LongestUncovered: a.Uncovered.Max(),
		FalselyResolved: a.FalselyResolved, LongestFalseResolve: a.FalseResolves.Max(),
	}
}

// worse returns the worse of two outcomes, field by field.
func worse(a, b Outcome) Outcome {
	return Outcome{
		Alerts: max(a.Alerts, b.Alerts), Missed: max(a.Missed, b.Missed),
		FirstDeliveryP99: later(a.FirstDeliveryP99, b.FirstDeliveryP99),
		FirstDeliveryMax: later(a.FirstDeliveryMax, b.FirstDeliveryMax),
		Any:              worseCoverage(a.Any, b.Any), Healthy: worseCoverage(a.Healthy, b.Healthy),
		LateResolve: max(a.LateResolve, b.LateResolve),
	}
}

func worseCoverage(a, b Coverage) Coverage {
	c := Coverage{
		Alertmanager: a.Alertmanager, Uncovered: max(a.Uncovered, b.Uncovered),
		LongestUncovered:    max(a.LongestUncovered, b.LongestUncovered),
		FalselyResolved:     max(a.FalselyResolved, b.FalselyResolved),
		LongestFalseResolve: max(a.LongestFalseResolve, b.LongestFalseResolve),
	}
	// Of two that are equally bad it is the first by name, so that the order of runs does not matter.
	switch first := min(a.Alertmanager, b.Alertmanager); {
	case first == "":
		c.Alertmanager = max(a.Alertmanager, b.Alertmanager)
	case b.Uncovered > a.Uncovered:
		c.Alertmanager = b.Alertmanager
	case b.Uncovered == a.Uncovered:
		c.Alertmanager = first
	}
	return c
}

// later returns the longer of two times; nil is a time without an end.
func later(a, b *time.Duration) *time.Duration {
	if a == nil || b != nil && *a >= *b {
		return a
	}
	return b
}

// isLater reports whether a is longer than b.
func isLater(a, b *time.Duration) bool { return b != nil && (a == nil || *a > *b) }

// atLeastAsGood reports whether no field of o is worse than that of p.
func (o *Outcome) atLeastAsGood(p *Outcome) bool {
	return o.Missed <= p.Missed && !isLater(o.FirstDeliveryP99, p.FirstDeliveryP99) &&
		!isLater(o.FirstDeliveryMax, p.FirstDeliveryMax) && o.Any.atLeastAsGood(&p.Any) &&
		o.Healthy.atLeastAsGood(&p.Healthy) && o.LateResolve <= p.LateResolve
}

func (c *Coverage) atLeastAsGood(d *Coverage) bool {
	return c.Uncovered <= d.Uncovered && c.FalselyResolved <= d.FalselyResolved &&
		c.LongestFalseResolve <= d.LongestFalseResolve
}

// faultyAlertmanagers returns the addresses of the Alertmanagers that have a fault, in their behaviour or on the
// timeline.
func faultyAlertmanagers(t *scenarios.Test) map[string]bool {
	faulty := map[string]bool{}
	for _, am := range t.Alertmanagers {
		if am.Behaviour.Fault != (fakeam.Fault{}) || am.Behaviour.Stall != (fakeam.Stall{}) {
			faulty[am.Address] = true
		}
	}
	for _, e := range t.Timeline {
		switch {
		case e.Fault != nil:
			faulty[e.Fault.Target] = true
		case e.Restart != nil:
			faulty[e.Restart.Target] = true
		case e.Swizzle != nil:
			for _, address := range e.Swizzle.Targets {
				faulty[address] = true
			}
		case e.Churn != nil:
			for _, address := range e.Churn.Targets {
				faulty[address] = true
			}
		}
	}
	return faulty
}
