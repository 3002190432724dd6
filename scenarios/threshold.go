package scenarios

import (
	"maps"
	"slices"
	"strings"

	"github.com/notifysim/notifysim/notifier/core"
)

// A Threshold is a bound on a quantity of the ledger over a whole run, as k6 writes thresholds:
// alert_delivery_seconds{to="any"} with p(99) < 5s. A run that meets all expectations but not a threshold crosses it.
type Threshold struct {
	Pos      Pos
	Only     []string // the releases that it is for; nil is all
	FailsOn  FailsOn
	Of       string // the quantity with its labels, as the file has it
	Text     string // such as p(99) < 5s
	Quantity Quantity
	// Target is an Alertmanager's address, "" for all of them together.
	Target string
	// Reason is the reason for which alerts are dropped, nil for all.
	Reason *core.Reason

	Aggregate Aggregate
	Quantile  float64 // 0 to 1; of AggregateQuantile and AggregateMed

	operator string // such as "<"
	// Limit is a number of alerts or nanoseconds; Share is the limit of AggregateRate.
	Limit int64
	Share float64
}

// For reports whether the threshold is for the release.
func (h *Threshold) For(r *core.Release) bool { return isFor(h.Only, r) }

// Keeps reports whether the threshold holds, by how the measured value compares with Limit or Share: -1, 0 or 1, as
// cmp.Compare.
func (h *Threshold) Keeps(compared int) bool {
	switch h.operator {
	case "<":
		return compared < 0
	case "<=":
		return compared <= 0
	case ">":
		return compared > 0
	case ">=":
		return compared >= 0
	case "!=":
		return compared != 0
	}
	return compared == 0
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

// The quantities. Delivered and delays to "any" count each alert once, at the first Alertmanager that took it.
const (
	QuantityDelivery        Quantity = "alert_delivery_seconds"
	QuantityOffered         Quantity = "alerts_offered"
	QuantityDelivered       Quantity = "alerts_delivered"
	QuantityLost            Quantity = "alerts_lost"
	QuantityLostByAll       Quantity = "alerts_lost_by_all"
	QuantityDropped         Quantity = "alerts_dropped"
	QuantityLate            Quantity = "alerts_late"
	QuantityFalselyResolved Quantity = "alerts_falsely_resolved"
	QuantityRefired         Quantity = "alerts_refired"
	QuantityResurrected     Quantity = "alerts_resurrected"
	// QuantityShutdown is the time from the shutdown until the notifier has stopped.
	QuantityShutdown Quantity = "shutdown_seconds"
)

// A quantityForm is how a quantity is written.
type quantityForm struct {
	help       string
	label      string // "": none; alerts_dropped has reason too
	all        string // the label's value for all Alertmanagers together, which is its default
	each       bool   // the label's value may be an Alertmanager's address
	aggregates []string
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
		QuantityDelivery:        {"from Send to the 2xx answer for the alert; any: the first", "to", "any", true, times},
		QuantityOffered:         {"alerts that came out of the relabelling of Send", "to", "any", true, counts},
		QuantityDelivered:       {"alerts answered with 2xx in time; any counts each once", "to", "any", true, shares},
		QuantityLost:            {"alerts that no Alertmanager accepted or will accept", "from", "all", false, shares},
		QuantityLostByAll:       {"alerts that no replica delivered to any Alertmanager", "from", "all", false, counts},
		QuantityDropped:         {"alerts that an Alertmanager did not get; all: the sum", "from", "all", true, shares},
		QuantityLate:            {"alerts sent as firing and stored after their end", "to", "all", true, counts},
		QuantityFalselyResolved: {"times that an alert resolved there while it fired", "to", "all", true, counts},
		QuantityRefired:         {"times that such an alert fired again", "to", "all", true, counts},
		QuantityResurrected:     {"times that an alert fired again after its end", "to", "all", true, counts},
		QuantityShutdown:        {"from the shutdown until the notifier has stopped", "", "", false, []string{"max"}},
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
		text := QuantityText{Name: name, Unit: "alerts", Help: form.help, Aggregates: form.aggregates}
		if strings.HasSuffix(name, "_seconds") {
			text.Unit = "duration"
		}
		text.Labels = form.labels(Quantity(name))
		list = append(list, text)
	}
	return list
}
