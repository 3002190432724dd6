package scenarios

import (
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// A Quantity is what a threshold is about, by the name that the file has for it.
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
	// QuantityShutdown is how long the notifier takes to stop, from the shutdown on.
	QuantityShutdown Quantity = "shutdown_seconds"
)

// A quantityForm is how a quantity is written.
type quantityForm struct {
	help       string
	label      string // beside which alerts_dropped has reason; "": none
	whole      string // the label's value for all Alertmanagers together, and without the label
	each       bool   // an address may stand there too
	aggregates []string
}

var (
	delayWords = []string{"p(99)", "max", "avg", "med", "min", "count"}
	shareWords = []string{"count", "rate"}
	countWords = []string{"count"}

	quantityForms = map[Quantity]quantityForm{
		QuantityDelivery:        {"from Send to the answer of who took the alert; any is the first", "to", "any", true, delayWords},
		QuantityOffered:         {"alerts that came out of the relabelling of Send", "to", "any", true, countWords},
		QuantityDelivered:       {"alerts answered with 2xx in time; any counts each once", "to", "any", true, shareWords},
		QuantityLost:            {"alerts that nobody took, and nobody ever will", "from", "all", false, shareWords},
		QuantityLostByAll:       {"alerts that no server of a pair brought to anybody", "from", "all", false, countWords},
		QuantityDropped:         {"alerts that an Alertmanager did not get; all adds them up", "from", "all", true, shareWords},
		QuantityLate:            {"firing alerts taken after their end", "to", "all", true, countWords},
		QuantityFalselyResolved: {"times that an alert resolved there while it fired", "to", "all", true, countWords},
		QuantityRefired:         {"times that such an alert fired again", "to", "all", true, countWords},
		QuantityResurrected:     {"times that an alert that was over fired again", "to", "all", true, countWords},
		QuantityShutdown:        {"from the shutdown until the notifier has stopped", "", "", false, []string{"max"}},
	}
)

// A QuantityText says what a threshold may be about: its name, its labels, what it may take of it, the unit, and what it is.
type QuantityText struct {
	Name, Unit, Help   string
	Labels, Aggregates []string
}

// Quantities returns all that thresholds may be about, by name.
func Quantities() []QuantityText {
	var list []QuantityText
	for _, q := range slices.Sorted(maps.Keys(quantityForms)) {
		form := quantityForms[q]
		text := QuantityText{Name: string(q), Unit: "alerts", Help: form.help, Aggregates: form.aggregates}
		if strings.HasSuffix(text.Name, "_seconds") {
			text.Unit = "duration"
		}
		if form.label != "" {
			text.Labels = append(text.Labels, form.label)
		}
		if q == QuantityDropped {
			text.Labels = append(text.Labels, "reason")
		}
		list = append(list, text)
	}
	return list
}

// quantity reads what a threshold is of.
func (t *testChecker) quantity(e *expression) (Threshold, bool) {
	const write = `write such as 'alert_delivery_seconds{to="any"}'`
	h := Threshold{Of: e.V}
	expr, err := promql.ParseExpr(e.V)
	selector, ok := expr.(*parser.VectorSelector)
	switch {
	case err != nil:
		t.Errorf(e.Pos, "%q is no quantity: %s; %s", strictyaml.Shorten(e.V), oneLine(promqlError(err)), write)
		return h, false
	case !ok || selector.Name == "" || selector.OriginalOffset != 0 || selector.Timestamp != nil || selector.StartOrEnd != 0:
		t.Errorf(e.Pos, "%q is no quantity, a name and perhaps labels; %s", strictyaml.Shorten(e.V), write)
		return h, false
	}
	h.Quantity = Quantity(selector.Name)
	form, known := quantityForms[h.Quantity]
	if !known {
		var names []string
		for _, name := range slices.Sorted(maps.Keys(quantityForms)) {
			names = append(names, string(name))
		}
		t.Errorf(e.Pos, "the ledger has no quantity %q; %s", strictyaml.Shorten(selector.Name), strictyaml.WriteOneOf(selector.Name, names))
		return h, false
	}
	x := expressionCheck{Report: t.Report, e: e}
	wrong := t.Count()
	if h.Quantity == QuantityShutdown && !slices.ContainsFunc(t.test.Timeline, func(e Event) bool { return e.Shutdown != nil }) {
		t.Errorf(e.Pos, "the test has no shutdown; write such as {at: 10m, shutdown: {}} under timeline")
	}
	if h.Quantity == QuantityLostByAll && t.test.Replicas == 1 {
		t.Errorf(e.Pos, "%s is of several servers, and the test has one; write %s, or replicas: 2", h.Quantity, QuantityLost)
	}
	for _, m := range selector.LabelMatchers {
		if m.Name != model.MetricNameLabel {
			t.quantityLabel(&h, form, m, func(word string) Pos { return e.at(x.word(selector, word)) })
		}
	}
	return h, t.Count() == wrong
}

// quantityLabel reads one label of a quantity.
func (t *testChecker) quantityLabel(h *Threshold, form quantityForm, m *labels.Matcher, at func(word string) Pos) {
	var names []string
	if form.label != "" {
		names = append(names, form.label)
	}
	if h.Quantity == QuantityDropped {
		names = append(names, "reason")
	}
	switch {
	case !slices.Contains(names, m.Name):
		t.Errorf(at(m.Name), "%s has no label %q; %s", h.Quantity, strictyaml.Shorten(m.Name), strictyaml.WriteOneOf(m.Name, names))
	case m.Type != labels.MatchEqual:
		t.Errorf(at(m.Name), "a threshold is of one %s; write %s=%q", m.Name, m.Name, form.whole)
	case m.Name == "reason":
		var reasons []string
		for _, r := range core.Reasons() {
			reasons = append(reasons, r.String())
		}
		r, err := core.ParseReason(m.Value)
		if err != nil {
			t.Errorf(at(m.Value), "nothing is dropped for the reason %q; %s", strictyaml.Shorten(m.Value), strictyaml.WriteOneOf(m.Value, reasons))
			return
		}
		h.Reason = &r
	case m.Value == form.whole:
	case !form.each:
		t.Errorf(at(m.Value), "%s is of the whole; write %s=%q", h.Quantity, m.Name, form.whole)
	case slices.Contains(t.known.all, m.Value):
		h.Target = m.Value
	case !t.partly:
		t.Errorf(at(m.Value), "%s is %q, which is neither %q nor an Alertmanager's address; %s",
			m.Name, strictyaml.Shorten(m.Value), form.whole, strictyaml.WriteOneOf(m.Value, append([]string{form.whole}, t.known.all...)))
	}
}
