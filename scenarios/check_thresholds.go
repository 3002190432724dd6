package scenarios

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/notifysim/notifysim/scenarios/internal/promqlcheck"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

func (t *testChecker) thresholds() {
	if doc := t.doc.Thresholds; doc.Given() && doc.Entries != nil && len(doc.Entries) == 0 {
		t.Errorf(doc.Pos, "`thresholds` is empty; leave it out, or write 'alerts_lost{from=\"all\"}': ['count == 0']")
	}
	left := maxExpectations
	for _, entry := range t.doc.Thresholds.Entries {
		of, ok := t.quantity(t.expression(strictyaml.Value[string]{V: entry.Key, Pos: entry.Pos}))
		if list := entry.Value; len(list.Items) == 0 {
			t.Errorf(list.Pos, "`%s` has no thresholds; write a list such as ['count == 0']", strictyaml.Shorten(entry.Key))
		}
		if left -= len(entry.Value.Items); left < 0 {
			t.Errorf(entry.Pos, "the test has more than the limit of %d thresholds; write fewer", maxExpectations)
			return
		}
		for _, item := range entry.Value.Items {
			h := of
			h.Scope = t.scope(item.Scope)
			if text := item.Threshold; ok && text.OK() {
				h.Pos, h.Text = text.Pos, strings.TrimSpace(text.V)
				t.threshold(&h, t.expression(text))
				t.test.Thresholds = append(t.test.Thresholds, h)
			}
		}
	}
}

// quantity reads the quantity that a threshold bounds, such as alerts_lost{from="all"}.
func (t *testChecker) quantity(e *promqlcheck.Expression) (Threshold, bool) {
	const write = `write one such as 'alert_delivery_seconds{to="any"}'`
	h := Threshold{Of: e.Text}
	expr, err := promqlcheck.Parser().ParseExpr(e.Text)
	selector, ok := expr.(*parser.VectorSelector)
	switch {
	case err != nil:
		t.Errorf(e.Pos, "%q is not a quantity: %s; %s",
			strictyaml.Shorten(e.Text), promqlcheck.OneLine(promqlcheck.Message(err)), write)
		return h, false
	case !ok || selector.Name == "" || selector.OriginalOffset != 0 || selector.Timestamp != nil ||
		selector.StartOrEnd != 0:
		t.Errorf(e.Pos, "%q is not a quantity, which is a name with optional labels; %s", strictyaml.Shorten(e.Text), write)
		return h, false
	}
	h.Quantity = Quantity(selector.Name)
	if now, old := oldQuantities[h.Quantity]; old {
		h.Quantity = now
	}
	form, names := quantity(h.Quantity)
	if !t.Known(e.Pos, string(h.Quantity), names, "the ledger has no quantity %q") {
		return h, false
	}
	before := t.Count()
	shutdown := func(e Event) bool { return e.Shutdown != nil }
	if h.Quantity == QuantityShutdown && !slices.ContainsFunc(t.test.Timeline, shutdown) {
		t.Errorf(e.Pos, "the test has no shutdown; write an event such as {at: 10m, shutdown: {}} under `timeline`")
	}
	if h.Quantity == QuantityLostByAll && t.test.Replicas == 1 {
		t.Errorf(e.Pos, "%s needs several replicas, but the test has one; write %s, or replicas: 2",
			h.Quantity, QuantityLost)
	}
	for _, m := range selector.LabelMatchers {
		if m.Name != model.MetricNameLabel {
			t.quantityLabel(&h, form, m, func(word string) Pos { return e.AtWord(selector, word) })
		}
	}
	return h, t.Count() == before
}

// quantityLabel reads one label of a quantity. at returns the position of a word in the label.
func (t *testChecker) quantityLabel(h *Threshold, form QuantityText, m *labels.Matcher, at func(word string) Pos) {
	switch {
	case form.account && !slices.Contains(form.Labels, m.Name):
		h.Match = append(h.Match, m)
	case !t.Known(at(m.Name), m.Name, form.Labels, "%s has no label %q", h.Quantity):
	case m.Type != labels.MatchEqual:
		t.Errorf(at(m.Name), "the label `%s` has an operator other than =; write %s=%q", m.Name, m.Name, form.all)
	case m.Name == "reason":
		if r, ok := t.dropReason(m.Value, at(m.Value)); ok {
			h.Reason = &r
		}
	case m.Value == form.all:
	case !form.each:
		t.Errorf(at(m.Value), "%s is known only for all Alertmanagers together; write %s=%q", h.Quantity, m.Name, form.all)
	case slices.Contains(t.known.all, m.Value):
		h.Target = m.Value
	case !t.partly:
		known := append([]string{form.all}, t.known.all...)
		t.Errorf(at(m.Value), "the label `%s` is %q, which is neither %q nor the address of an Alertmanager; %s",
			m.Name, strictyaml.Shorten(m.Value), form.all, strictyaml.WriteOneOf(m.Value, known))
	}
}

// threshold reads a threshold such as "p(99) < 5s".
func (t *testChecker) threshold(h *Threshold, e *promqlcheck.Expression) {
	form, _ := quantity(h.Quantity)
	example := form.Aggregates[0] + " == 0"
	switch h.Quantity {
	case QuantityDelivery, QuantityFirstDelivery, QuantityUncovered:
		example = "p(99) < 5s"
	case QuantityShutdown:
		example = "max < 30s"
	}
	at := strings.IndexAny(e.Text, "<>=!")
	if at < 0 {
		t.Errorf(e.Pos, "%q has no comparison; write one such as '%s'", strictyaml.Shorten(e.Text), example)
		return
	}
	word := strings.TrimSpace(e.Text[:at])
	if !h.aggregate(word, form.Aggregates) {
		t.Known(e.At(strings.Index(e.Text, word)), word, form.Aggregates, "%s has no aggregate %q", h.Quantity)
		return
	}
	t.comparison(h, e, at, example)
}

// comparison reads the operator and the limit. The operator begins at the byte at of e.Text.
func (t *testChecker) comparison(h *Threshold, e *promqlcheck.Expression, at int, example string) {
	rest := strings.TrimLeft(e.Text[at:], "<>=!")
	op := e.Text[at : len(e.Text)-len(rest)]
	if ops := []string{"<", "<=", ">", ">=", "==", "!="}; !slices.Contains(ops, op) {
		t.Errorf(e.At(at), "%q is not a comparison operator; write one of %s", strictyaml.Shorten(op), strings.Join(ops, " "))
		return
	}
	h.operator = op
	if text := strings.TrimSpace(rest); text == "" {
		t.Errorf(e.At(len(e.Text)), "%q has no limit; write a threshold such as '%s'", strictyaml.Shorten(e.Text), example)
	} else {
		t.limit(h, text, e.At(len(e.Text)-len(strings.TrimLeft(rest, " \t"))))
	}
}

// aggregate reads the aggregate of the quantity, which must be one of known. It returns false if it is not.
func (h *Threshold) aggregate(word string, known []string) bool {
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

// limit reads the limit, which is a duration, a share or a number of alerts.
func (t *testChecker) limit(h *Threshold, text string, pos Pos) {
	const most = 1_000_000_000_000
	short := strictyaml.Shorten(text)
	switch {
	case h.Aggregate == AggregateRate:
		x, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(x) || x < 0 || x > 1 {
			t.Errorf(pos, "the limit of the rate is %q; "+
				"write a share of the alerts offered, from 0 to 1, such as 0.999", short)
		}
		h.Share = x
	case h.Aggregate == AggregateCount:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 || n > most {
			t.Errorf(pos, "the limit of the count is %q; write a whole number from 0 to %d", short, int64(most))
		}
		h.Limit = n
	default:
		x, err := strictyaml.ParseDuration(text)
		switch {
		case err != nil:
			t.Errorf(pos, "the limit is %q; write %s", short, err)
		case x > strictyaml.MaxDuration:
			t.Errorf(pos, "the limit is %s; write a duration up to %s",
				strictyaml.FormatDuration(x), strictyaml.FormatDuration(strictyaml.MaxDuration))
		}
		h.Limit = int64(x / time.Nanosecond)
	}
}
