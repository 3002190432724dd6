package scenarios

import (
	"slices"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/notifier/core"
)

// A Threshold is a bound on a quantity of the ledger over a whole run, as k6 writes thresholds:
// alert_delivery_seconds{to="any"} with p(99) < 5s. A run that meets all expectations but not a threshold crosses it.
type Threshold struct {
	Pos Pos
	Scope
	Of       string // the quantity with its labels, as the file has it
	Text     string // such as p(99) < 5s
	Quantity Quantity
	// Target is an Alertmanager's address, "" for all of them together.
	Target string
	// Match selects alerts by their labels at the source, of quantities that count alerts; none selects all.
	Match []*labels.Matcher
	// Reason is the reason for which alerts are dropped, nil for all.
	Reason *core.Reason

	// Expectation says that it is of alert_test: a run in which it does not hold fails.
	Expectation bool

	Aggregate Aggregate
	Quantile  float64 // 0 to 1; of AggregateQuantile and AggregateMed

	operator string // <, <=, >, >=, == or !=
	// Limit is a number of alerts or nanoseconds; Share is the limit of AggregateRate.
	Limit int64
	Share float64
}

// CountsAlerts reports whether the quantity is one of the account of alerts. The others count copies.
func (h *Threshold) CountsAlerts() bool {
	q, _ := quantity(h.Quantity)
	return q.alerts
}

// Selects reports whether the threshold is about an alert with these labels.
func (h *Threshold) Selects(ls labels.Labels) bool {
	return !slices.ContainsFunc(h.Match, func(m *labels.Matcher) bool { return !m.Matches(ls.Get(m.Name)) })
}

// Keeps reports whether the threshold holds, by how the measured value compares with Limit or Share: -1, 0 or 1, as
// cmp.Compare.
func (h *Threshold) Keeps(compared int) bool {
	switch {
	case compared < 0:
		return slices.Contains([]string{"<", "<=", "!="}, h.operator)
	case compared > 0:
		return slices.Contains([]string{">", ">=", "!="}, h.operator)
	}
	return slices.Contains([]string{"<=", ">=", "=="}, h.operator)
}

// An Aggregate is what a threshold takes of a quantity, by k6's name.
type Aggregate string

// The aggregates. A rate is the share of the alerts offered, from 0 to 1.
const (
	AggregateAvg      Aggregate = "avg"
	AggregateMin      Aggregate = "min"
	AggregateMed      Aggregate = "med"
	AggregateMax      Aggregate = "max"
	AggregateQuantile Aggregate = "p"
	AggregateCount    Aggregate = "count"
	AggregateRate     Aggregate = "rate"
)

// A Quantity is what a threshold bounds, by its name in the file.
type Quantity string

// The quantities of the account of alerts: an alert is a label set from when it fires at its source until it ends
// there.
const (
	QuantityFirstDelivery   Quantity = "alert_first_delivery_seconds"
	QuantityUncovered       Quantity = "alert_uncovered_seconds"
	QuantityMissed          Quantity = "alerts_missed"
	QuantityFalselyResolved Quantity = "alerts_falsely_resolved"
)

// The quantities that count copies of alerts. Delivered and delays to "any" count each copy once, at the first
// Alertmanager that took it.
const (
	QuantityDelivery    Quantity = "copy_delivery_seconds"
	QuantityOffered     Quantity = "copies_offered"
	QuantityDelivered   Quantity = "copies_delivered"
	QuantityLost        Quantity = "copies_lost"
	QuantityLostByAll   Quantity = "copies_lost_by_all"
	QuantityDropped     Quantity = "copies_dropped"
	QuantityLate        Quantity = "copies_late"
	QuantityRefired     Quantity = "alerts_refired"
	QuantityResurrected Quantity = "alerts_resurrected"
	// QuantityShutdown is the time from the shutdown until the notifier has stopped.
	QuantityShutdown Quantity = "shutdown_seconds"
)

// oldQuantities are earlier names of quantities, which are still read.
var oldQuantities = map[Quantity]Quantity{
	"alert_delivery_seconds": QuantityDelivery,
	"alerts_offered":         QuantityOffered,
	"alerts_delivered":       QuantityDelivered,
	"alerts_lost":            QuantityLost,
	"alerts_lost_by_all":     QuantityLostByAll,
	"alerts_dropped":         QuantityDropped,
	"alerts_late":            QuantityLate,
}

// A QuantityText describes a quantity: its name, labels, aggregates, unit, and what it is.
type QuantityText struct {
	Name               Quantity
	Unit, Help         string
	Labels, Aggregates []string

	all  string // the first label's value for all Alertmanagers together, which is its default
	each bool   // that label's value may be an Alertmanager's address

	alerts bool // it is of the account of alerts, and other labels may select alerts
}

// Quantities returns all that thresholds may bound, by name.
func Quantities() []QuantityText {
	to, from, why := []string{"to"}, []string{"from"}, []string{"from", "reason"}
	times := []string{"p(99)", "max", "avg", "med", "min", "count"}
	shares := []string{"count", "rate"}
	counts := []string{"count"}
	alerts := func(q Quantity, unit, help string, aggregates []string) QuantityText {
		return QuantityText{q, unit, help, to, aggregates, "any", true, true}
	}
	copies := func(q Quantity, help string, labels, aggregates []string, all string, each bool) QuantityText {
		return QuantityText{q, "copies", help, labels, aggregates, all, each, false}
	}
	changes := func(q Quantity, help string) QuantityText {
		return QuantityText{q, "alerts", help, to, counts, "all", true, false}
	}
	return []QuantityText{
		alerts(QuantityFirstDelivery, "duration", "from when an alert fires until it is first known", times),
		alerts(QuantityUncovered, "duration", "how long an alert fires and is not known", times),
		alerts(QuantityFalselyResolved, "alerts", "alerts that were resolved while they fired", shares),
		alerts(QuantityMissed, "alerts", "alerts that fired and were never known", shares),
		changes(QuantityRefired, "times that a falsely resolved alert fired again"),
		changes(QuantityResurrected, "times that an alert fired again after its end"),
		copies(QuantityDelivered, "copies answered with 2xx in time; any counts each once", to, shares, "any", true),
		copies(QuantityDropped, "copies that an Alertmanager did not get; all: the sum", why, shares, "all", true),
		copies(QuantityLate, "copies sent as firing and stored after their end", to, counts, "all", true),
		copies(QuantityLost, "copies that no Alertmanager accepted or will accept", from, shares, "all", false),
		copies(QuantityLostByAll, "copies that no replica delivered to any Alertmanager", from, counts, "all", false),
		copies(QuantityOffered, "copies that came out of the relabelling of Send", to, counts, "any", true),
		{
			QuantityDelivery, "duration", "from Send to the 2xx answer for the copy; any: the first",
			to, times, "any", true, false,
		},
		{
			QuantityShutdown, "duration", "from the shutdown until the notifier has stopped",
			nil, []string{"max"}, "", false, false,
		},
	}
}

// quantity returns the quantity of a name, and the names of all.
func quantity(name Quantity) (of QuantityText, names []string) {
	for _, q := range Quantities() {
		if names = append(names, string(q.Name)); q.Name == name {
			of = q
		}
	}
	return of, names
}
