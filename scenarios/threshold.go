package scenarios

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/notifysim/notifysim/notifier"
)

// A Threshold is what a quantity of the ledger must keep to over a whole run, in k6's words: alert_delivery_seconds{to="any"}
// with p(99) < 5s. A run that keeps to all expectations but not to a threshold has crossed it.
type Threshold struct {
	Pos      Pos
	Of       string // the quantity with its labels, as the file has it
	Text     string // such as p(99) < 5s
	Quantity Quantity
	// Target is an Alertmanager's address, "" for the whole.
	Target string
	// Reason is the reason for which alerts are dropped, nil for all.
	Reason *notifier.Reason

	Aggregate Aggregate
	Quantile  float64 // 0 to 1; of AggregateQuantile and AggregateMed

	op string
	// Limit is a number of alerts or nanoseconds, Share that of AggregateRate.
	Limit int64
	Share float64
}

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
)

// An Aggregate is what a threshold takes of a quantity, by k6's word for it.
type Aggregate string

// The aggregates. A rate is the share of the alerts that were offered, from 0 to 1.
const (
	AggregateAvg      Aggregate = "avg"
	AggregateMin      Aggregate = "min"
	AggregateMed      Aggregate = "med"
	AggregateMax      Aggregate = "max"
	AggregateQuantile Aggregate = "p"
	AggregateCount    Aggregate = "count"
	AggregateRate     Aggregate = "rate"
)

// A quantityForm is how a quantity is written.
type quantityForm struct {
	label      string // beside which alerts_dropped has reason
	whole      string // the label's value for all Alertmanagers together, and without the label
	each       bool   // an address may stand there too
	aggregates []string
}

var (
	delayWords = []string{"p(99)", "max", "avg", "med", "min", "count"}
	shareWords = []string{"count", "rate"}
	countWords = []string{"count"}

	quantityForms = map[Quantity]quantityForm{
		QuantityDelivery:        {"to", "any", true, delayWords},
		QuantityOffered:         {"to", "any", true, countWords},
		QuantityDelivered:       {"to", "any", true, shareWords},
		QuantityLost:            {"from", "all", false, shareWords},
		QuantityLostByAll:       {"from", "all", false, countWords},
		QuantityDropped:         {"from", "all", true, shareWords},
		QuantityLate:            {"to", "all", true, countWords},
		QuantityFalselyResolved: {"to", "all", true, countWords},
		QuantityRefired:         {"to", "all", true, countWords},
		QuantityResurrected:     {"to", "all", true, countWords},
	}
)

// Keeps reports whether the threshold is kept, by how what was measured compares with Limit or Share: -1, 0 or 1, as cmp.Compare.
func (h *Threshold) Keeps(compared int) bool {
	switch h.op {
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

func (t *testChecker) thresholds() {
	if doc := t.doc.Thresholds; doc.given() && doc.Entries != nil && len(doc.Entries) == 0 {
		t.errorf(doc.Pos, "thresholds has none; leave it out, or write such as 'alerts_lost{from=\"all\"}': ['count == 0']")
	}
	left := maxExpectations
	for _, entry := range t.doc.Thresholds.Entries {
		of, ok := t.quantity(t.expression(value[string]{V: entry.Key, Pos: entry.Pos}))
		if list := entry.Value; list.given() && len(list.Items) == 0 {
			t.errorf(list.Pos, "%s has no threshold; write such as ['count == 0']", shorten(entry.Key))
		}
		if left -= len(entry.Value.Items); left < 0 {
			t.errorf(entry.Pos, "here the test passes the limit of %d thresholds; write fewer", maxExpectations)
			return
		}
		for _, item := range entry.Value.Items {
			if !ok || !item.ok() {
				continue
			}
			h := of
			h.Pos, h.Text = item.Pos, strings.TrimSpace(item.V)
			t.threshold(&h, t.expression(item))
			t.test.Thresholds = append(t.test.Thresholds, h)
		}
	}
}

// quantity reads what a threshold is of.
func (t *testChecker) quantity(e *expression) (Threshold, bool) {
	const write = `write such as 'alert_delivery_seconds{to="any"}'`
	h := Threshold{Of: e.V}
	expr, err := promql.ParseExpr(e.V)
	selector, ok := expr.(*parser.VectorSelector)
	switch {
	case err != nil:
		t.errorf(e.Pos, "%q is no quantity: %s; %s", shorten(e.V), oneLine(promqlError(err)), write)
		return h, false
	case !ok || selector.Name == "" || selector.OriginalOffset != 0 || selector.Timestamp != nil || selector.StartOrEnd != 0:
		t.errorf(e.Pos, "%q is no quantity, a name and perhaps labels; %s", shorten(e.V), write)
		return h, false
	}
	h.Quantity = Quantity(selector.Name)
	form, known := quantityForms[h.Quantity]
	if !known {
		var names []string
		for _, name := range slices.Sorted(maps.Keys(quantityForms)) {
			names = append(names, string(name))
		}
		t.errorf(e.Pos, "the ledger has no quantity %q; %s", shorten(selector.Name), writeOneOf(selector.Name, names))
		return h, false
	}
	x := expressionCheck{report: t.report, e: e}
	wrong := t.wrong
	if h.Quantity == QuantityLostByAll && t.test.Replicas == 1 {
		t.errorf(e.Pos, "%s is of several servers, and the test has one; write %s, or replicas: 2", h.Quantity, QuantityLost)
	}
	for _, m := range selector.LabelMatchers {
		if m.Name != model.MetricNameLabel {
			t.quantityLabel(&h, form, m, func(word string) Pos { return e.at(x.word(selector, word)) })
		}
	}
	return h, t.wrong == wrong
}

// quantityLabel reads one label of a quantity.
func (t *testChecker) quantityLabel(h *Threshold, form quantityForm, m *labels.Matcher, at func(word string) Pos) {
	names := []string{form.label}
	if h.Quantity == QuantityDropped {
		names = append(names, "reason")
	}
	switch {
	case !slices.Contains(names, m.Name):
		t.errorf(at(m.Name), "%s has no label %q; %s", h.Quantity, shorten(m.Name), writeOneOf(m.Name, names))
	case m.Type != labels.MatchEqual:
		t.errorf(at(m.Name), "a threshold is of one %s; write %s=%q", m.Name, m.Name, form.whole)
	case m.Name == "reason":
		var reasons []string
		for _, r := range notifier.Reasons() {
			reasons = append(reasons, r.String())
		}
		r, err := notifier.ParseReason(m.Value)
		if err != nil {
			t.errorf(at(m.Value), "nothing is dropped for the reason %q; %s", shorten(m.Value), writeOneOf(m.Value, reasons))
			return
		}
		h.Reason = &r
	case m.Value == form.whole:
	case !form.each:
		t.errorf(at(m.Value), "%s is of the whole; write %s=%q", h.Quantity, m.Name, form.whole)
	case slices.Contains(t.known.all, m.Value):
		h.Target = m.Value
	case !t.partly:
		t.errorf(at(m.Value), "%s is %q, which is neither %q nor an Alertmanager's address; %s",
			m.Name, shorten(m.Value), form.whole, writeOneOf(m.Value, append([]string{form.whole}, t.known.all...)))
	}
}

// threshold reads "p(99) < 5s".
func (t *testChecker) threshold(h *Threshold, e *expression) {
	form := quantityForms[h.Quantity]
	example := form.aggregates[0] + " == 0"
	if h.Quantity == QuantityDelivery {
		example = "p(99) < 5s"
	}
	at := strings.IndexAny(e.V, "<>=!")
	if at < 0 {
		t.errorf(e.Pos, "%q compares nothing; write such as '%s'", shorten(e.V), example)
		return
	}
	rest := strings.TrimLeft(e.V[at:], "<>=!")
	op := e.V[at : len(e.V)-len(rest)]
	if ops := []string{"<", "<=", ">", ">=", "==", "!="}; !slices.Contains(ops, op) {
		t.errorf(e.at(at), "%q does not compare; write one of %s", shorten(op), strings.Join(ops, " "))
		return
	}
	h.op = op
	word := strings.TrimSpace(e.V[:at])
	wordAt := e.at(strings.Index(e.V, word))
	if !t.aggregate(h, word) {
		known := writeOneOf(word, form.aggregates)
		t.errorf(wordAt, "%s has no %q; %s", h.Quantity, shorten(word), known)
		return
	}
	if text := strings.TrimSpace(rest); text == "" {
		t.errorf(e.at(len(e.V)), "%q has no limit; write such as '%s'", shorten(e.V), example)
	} else {
		t.limit(h, text, e.at(len(e.V)-len(strings.TrimLeft(rest, " \t"))))
	}
}

// aggregate reads what is taken of the quantity; false if it cannot be.
func (t *testChecker) aggregate(h *Threshold, word string) bool {
	known := quantityForms[h.Quantity].aggregates
	if inside, ok := strings.CutPrefix(strings.ReplaceAll(word, " ", ""), "p("); ok && known[0] == "p(99)" {
		n, closed := strings.CutSuffix(inside, ")")
		percent, err := strconv.ParseFloat(n, 64)
		h.Aggregate, h.Quantile = AggregateQuantile, percent/100
		return closed && err == nil && percent >= 0 && percent <= 100
	}
	if h.Aggregate = Aggregate(word); h.Aggregate == AggregateMed {
		h.Quantile = 0.5
	}
	return slices.Contains(known, word)
}

// limit reads what is compared with: a duration, a share or a number of alerts.
func (t *testChecker) limit(h *Threshold, text string, pos Pos) {
	const most = 1_000_000_000_000
	switch {
	case h.Aggregate == AggregateRate:
		x, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(x) || x < 0 || x > 1 {
			t.errorf(pos, "the rate is %q, and it is a share of the alerts offered; write a number from 0 to 1, such as 0.999", shorten(text))
		}
		h.Share = x
	case h.Aggregate == AggregateCount:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 || n > most {
			t.errorf(pos, "the count is %q; write a whole number from 0 to %d", shorten(text), int64(most))
		}
		h.Limit = n
	default:
		x, err := parseDuration(text)
		switch {
		case err != nil:
			t.errorf(pos, "the limit is %q; write %s", shorten(text), err)
		case x > maxDuration:
			t.errorf(pos, "the limit is %s; write a duration up to %s", formatDuration(x), formatDuration(maxDuration))
		}
		h.Limit = int64(x / time.Nanosecond)
	}
}
