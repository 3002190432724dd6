package scenarios

import (
	"slices"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/notifier/core"
)

// A Threshold is a limit for a quantity of the ledger over a whole run, in the notation of k6:
// alert_delivery_seconds{to="any"} with p(99) < 5s. A run that meets all expectations but not a threshold is reported
// as crossing the threshold.
type Threshold struct {
	Pos Pos
	Scope
	Of       string // the quantity with its labels, as in the file
	Text     string // the comparison, such as p(99) < 5s
	Quantity Quantity
	// Target is the address of an Alertmanager, or "" for all of them together.
	Target string
	// Match selects alerts by their labels at the source, for quantities that count alerts. An empty Match selects all.
	Match []*labels.Matcher
	// Reason is the reason for which alerts are dropped; nil means all reasons.
	Reason *core.Reason

	// Expectation says that the threshold comes from alert_test, so that a run in which it does not hold fails.
	Expectation bool

	Aggregate Aggregate
	Quantile  float64 // from 0 to 1, for AggregateQuantile and AggregateMed

	operator string // <, <=, >, >=, == or !=
	// Limit is a number of alerts, or a duration in nanoseconds. Share is the limit for AggregateRate.
	Limit int64
	Share float64
}

// OfAccount reports whether the quantity is one of the account of alerts (ledger.AlertAccount), where labels may select
// alerts. The others are about copies, about changes at Alertmanagers or about the shutdown.
func (h *Threshold) OfAccount() bool {
	q, _ := quantity(h.Quantity)
	return q.account
}

// Selects reports whether the threshold applies to an alert with these labels.
func (h *Threshold) Selects(ls labels.Labels) bool {
	return !slices.ContainsFunc(h.Match, func(m *labels.Matcher) bool { return !m.Matches(ls.Get(m.Name)) })
}

// Keeps reports whether the threshold holds. compared is the result of cmp.Compare for the measured value and Limit or
// Share: -1, 0 or 1.
func (h *Threshold) Keeps(compared int) bool {
	switch {
	case compared < 0:
		return slices.Contains([]string{"<", "<=", "!="}, h.operator)
	case compared > 0:
		return slices.Contains([]string{">", ">=", "!="}, h.operator)
	}
	return slices.Contains([]string{"<=", ">=", "=="}, h.operator)
}

// An Aggregate is how a threshold aggregates the values of a quantity, by the name that k6 uses.
type Aggregate string

// The aggregates. AggregateRate is the share of the alerts offered, from 0 to 1.
const (
	AggregateAvg      Aggregate = "avg"
	AggregateMin      Aggregate = "min"
	AggregateMed      Aggregate = "med"
	AggregateMax      Aggregate = "max"
	AggregateQuantile Aggregate = "p"
	AggregateCount    Aggregate = "count"
	AggregateRate     Aggregate = "rate"
)

// A Quantity is what a threshold limits, by its name in the file.
type Quantity string

// The quantities of the account of alerts. An alert is a label set from the instant at which it fires at its source
// until it ends there.
const (
	QuantityFirstDelivery   Quantity = "alert_first_delivery_seconds"
	QuantityUncovered       Quantity = "alert_uncovered_seconds"
	QuantityMissed          Quantity = "alerts_missed"
	QuantityFalselyResolved Quantity = "alerts_falsely_resolved"
)

// The quantities that count copies of alerts. For "any", delivered copies and delays count each copy once, at the first
// Alertmanager that accepted it.
const (
	QuantityDelivery  Quantity = "copy_delivery_seconds"
	QuantityOffered   Quantity = "copies_offered"
	QuantityDelivered Quantity = "copies_delivered"
	QuantityLost      Quantity = "copies_lost"
	QuantityLostByAll Quantity = "copies_lost_by_all"
	QuantityDropped   Quantity = "copies_dropped"
	QuantityLate      Quantity = "copies_late"
)

// The quantities that count changes of alerts at Alertmanagers.
const (
	QuantityRefired     Quantity = "alerts_refired"
	QuantityResurrected Quantity = "alerts_resurrected"
)

// QuantityShutdown is the time from the shutdown until the notifier has stopped.
const QuantityShutdown Quantity = "shutdown_seconds"

// oldQuantities are earlier names of quantities, which are still accepted.
var oldQuantities = map[Quantity]Quantity{
	"alert_delivery_seconds": QuantityDelivery,
	"alerts_offered":         QuantityOffered,
	"alerts_delivered":       QuantityDelivered,
	"alerts_lost":            QuantityLost,
	"alerts_lost_by_all":     QuantityLostByAll,
	"alerts_dropped":         QuantityDropped,
	"alerts_late":            QuantityLate,
}

// A QuantityText describes a quantity: its name, labels, aggregates, unit and meaning.
type QuantityText struct {
	Name               Quantity
	Unit, Help         string
	Labels, Aggregates []string

	all  string // the value of the first label that means all Alertmanagers together; it is the default
	each bool   // the value of the first label may be the address of an Alertmanager

	account bool // the quantity is one of the account of alerts, so other labels may select alerts
}

// Quantities returns all quantities that thresholds may limit, sorted by name.
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
		return QuantityText{q, "times", help, to, counts, "all", true, false}
	}
	return []QuantityText{
		alerts(QuantityFirstDelivery, "duration", "from when an alert fires until it is first known", times),
		alerts(QuantityUncovered, "duration", "how long an alert fires and is not known", times),
		alerts(QuantityFalselyResolved, "alerts", "alerts that were resolved while they fired", shares),
		alerts(QuantityMissed, "alerts", "alerts that fired and were never known", shares),
		changes(QuantityRefired, "times that a falsely resolved alert fired again; all: the sum"),
		changes(QuantityResurrected, "times that an alert fired again after its end; all: the sum"),
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

// quantity returns the quantity with a name, and the names of all quantities.
func quantity(name Quantity) (of QuantityText, names []string) {
	for _, q := range Quantities() {
		if names = append(names, string(q.Name)); q.Name == name {
			of = q
		}
	}
	return of, names
}
