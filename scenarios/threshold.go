package scenarios

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// A Threshold is what a quantity of the ledger must keep to over a whole run, in k6's words: alert_delivery_seconds{to="any"}
// with p(99) < 5s. A run that keeps to all expectations but not to a threshold has crossed it.
type Threshold struct {
	Pos      Pos
	Only     []string // the releases that it is for; nil is all
	FailsOn  FailsOn
	Of       string // the quantity with its labels, as the file has it
	Text     string // such as p(99) < 5s
	Quantity Quantity
	// Target is an Alertmanager's address, "" for the whole.
	Target string
	// Reason is the reason for which alerts are dropped, nil for all.
	Reason *core.Reason

	Aggregate Aggregate
	Quantile  float64 // 0 to 1; of AggregateQuantile and AggregateMed

	op string
	// Limit is a number of alerts or nanoseconds, Share that of AggregateRate.
	Limit int64
	Share float64
}

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
	if doc := t.doc.Thresholds; doc.Given() && doc.Entries != nil && len(doc.Entries) == 0 {
		t.Errorf(doc.Pos, "thresholds has none; leave it out, or write such as 'alerts_lost{from=\"all\"}': ['count == 0']")
	}
	left := maxExpectations
	for _, entry := range t.doc.Thresholds.Entries {
		of, ok := t.quantity(t.expression(strictyaml.Value[string]{V: entry.Key, Pos: entry.Pos}))
		if list := entry.Value; len(list.Items) == 0 {
			t.Errorf(list.Pos, "%s has no threshold; write such as ['count == 0']", strictyaml.Shorten(entry.Key))
		}
		if left -= len(entry.Value.Items); left < 0 {
			t.Errorf(entry.Pos, "here the test passes the limit of %d thresholds; write fewer", maxExpectations)
			return
		}
		for _, item := range entry.Value.Items {
			only := t.only(item.Release)
			known := t.failsOn(item.FailsOn, only)
			if text := item.Threshold; ok && text.OK() {
				h := of
				h.Pos, h.Text, h.Only, h.FailsOn = text.Pos, strings.TrimSpace(text.V), only, known
				t.threshold(&h, t.expression(text))
				t.test.Thresholds = append(t.test.Thresholds, h)
			}
		}
	}
}

// threshold reads "p(99) < 5s".
func (t *testChecker) threshold(h *Threshold, e *expression) {
	form := quantityForms[h.Quantity]
	example := form.aggregates[0] + " == 0"
	switch h.Quantity {
	case QuantityDelivery:
		example = "p(99) < 5s"
	case QuantityShutdown:
		example = "max < 30s"
	}
	at := strings.IndexAny(e.V, "<>=!")
	if at < 0 {
		t.Errorf(e.Pos, "%q compares nothing; write such as '%s'", strictyaml.Shorten(e.V), example)
		return
	}
	rest := strings.TrimLeft(e.V[at:], "<>=!")
	op := e.V[at : len(e.V)-len(rest)]
	if ops := []string{"<", "<=", ">", ">=", "==", "!="}; !slices.Contains(ops, op) {
		t.Errorf(e.at(at), "%q does not compare; write one of %s", strictyaml.Shorten(op), strings.Join(ops, " "))
		return
	}
	h.op = op
	word := strings.TrimSpace(e.V[:at])
	wordAt := e.at(strings.Index(e.V, word))
	if !t.aggregate(h, word) {
		known := strictyaml.WriteOneOf(word, form.aggregates)
		t.Errorf(wordAt, "%s has no %q; %s", h.Quantity, strictyaml.Shorten(word), known)
		return
	}
	if text := strings.TrimSpace(rest); text == "" {
		t.Errorf(e.at(len(e.V)), "%q has no limit; write such as '%s'", strictyaml.Shorten(e.V), example)
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
			t.Errorf(pos, "the rate is %q, and it is a share of the alerts offered; write a number from 0 to 1, such as 0.999", strictyaml.Shorten(text))
		}
		h.Share = x
	case h.Aggregate == AggregateCount:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 || n > most {
			t.Errorf(pos, "the count is %q; write a whole number from 0 to %d", strictyaml.Shorten(text), int64(most))
		}
		h.Limit = n
	default:
		x, err := strictyaml.ParseDuration(text)
		switch {
		case err != nil:
			t.Errorf(pos, "the limit is %q; write %s", strictyaml.Shorten(text), err)
		case x > strictyaml.MaxDuration:
			t.Errorf(pos, "the limit is %s; write a duration up to %s", strictyaml.FormatDuration(x), strictyaml.FormatDuration(strictyaml.MaxDuration))
		}
		h.Limit = int64(x / time.Nanosecond)
	}
}
