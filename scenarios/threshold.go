package scenarios

import (
	"maps"
	"slices"
	"strings"

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
func (h *Threshold) CountsAlerts() bool { return quantityForms()[h.Quantity].alerts }

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

// A quantityForm is how a quantity is written.
type quantityForm struct {
	help       string
	label      string // "": none; copies_dropped has reason too
	all        string // the label's value for all Alertmanagers together, which is its default
	each       bool   // the label's value may be an Alertmanager's address
	aggregates []string
	alerts     bool // it counts alerts, which other labels may select
}

// labels returns the names of the labels that a threshold of the quantity may have.
func (f quantityForm) labels(q Quantity) []string {
	var names []string
	if f.label != "" {
		names = append(names, f.label)
	}
	if q == QuantityDropped {
		names = append(names, "reason")
	}
	return names
}

// quantityForms returns the quantities and how each is written.
func quantityForms() map[Quantity]quantityForm {
	times := []string{"p(99)", "max", "avg", "med", "min", "count"}
	shares := []string{"count", "rate"}
	counts := []string{"count"}
	return map[Quantity]quantityForm{
		QuantityFirstDelivery:   {"from when an alert fires until it is first known", "to", "any", true, times, true},
		QuantityUncovered:       {"how long an alert fires and is not known", "to", "any", true, times, true},
		QuantityMissed:          {"alerts that fired and were never known", "to", "any", true, shares, true},
		QuantityFalselyResolved: {"alerts that were resolved while they fired", "to", "any", true, shares, true},

		QuantityDelivery:    {"from Send to the 2xx answer for the copy; any: the first", "to", "any", true, times, false},
		QuantityOffered:     {"copies that came out of the relabelling of Send", "to", "any", true, counts, false},
		QuantityDelivered:   {"copies answered with 2xx in time; any counts each once", "to", "any", true, shares, false},
		QuantityLost:        {"copies that no Alertmanager accepted or will accept", "from", "all", false, shares, false},
		QuantityLostByAll:   {"copies that no replica delivered to any Alertmanager", "from", "all", false, counts, false},
		QuantityDropped:     {"copies that an Alertmanager did not get; all: the sum", "from", "all", true, shares, false},
		QuantityLate:        {"copies sent as firing and stored after their end", "to", "all", true, counts, false},
		QuantityRefired:     {"times that a falsely resolved alert fired again", "to", "all", true, counts, false},
		QuantityResurrected: {"times that an alert fired again after its end", "to", "all", true, counts, false},
		QuantityShutdown:    {"from the shutdown until the notifier has stopped", "", "", false, []string{"max"}, false},
	}
}

// quantityNames returns the names of the quantities, sorted.
func quantityNames() []string {
	var names []string
	for _, q := range slices.Sorted(maps.Keys(quantityForms())) {
		names = append(names, string(q))
	}
	return names
}

// A QuantityText describes a quantity: its name, labels, aggregates, unit, and what it is.
type QuantityText struct {
	Name, Unit, Help   string
	Labels, Aggregates []string
}

// Quantities returns all that thresholds may bound, by name.
func Quantities() []QuantityText {
	forms := quantityForms()
	var list []QuantityText
	for _, name := range quantityNames() {
		form := forms[Quantity(name)]
		unit := "copies"
		if form.alerts || strings.HasPrefix(name, "alerts_") {
			unit = "alerts"
		}
		text := QuantityText{Name: name, Unit: unit, Help: form.help, Aggregates: form.aggregates}
		if strings.HasSuffix(name, "_seconds") {
			text.Unit = "duration"
		}
		text.Labels = form.labels(Quantity(name))
		list = append(list, text)
	}
	return list
}
