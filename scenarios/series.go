package scenarios

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	promvalue "github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

var promql = parser.NewParser(parser.Options{})

const (
	alertstate = "alertstate"
	firing     = "firing"
	// What to write for the values of alerts, and of series that rules and expressions read.
	writeFiring = "write such as '_x4 1x30', where 1 is firing and _ is not"
	writeValues = "write such as '1x5 0+2x10 _x3 stale': 1 six times, 0 to 20, none, and the end"

	exampleOf = `write series: 'ALERTS{alertname="X", alertstate="firing"}'`
)

func (t *testChecker) series() {
	alerts := map[uint64][]labels.Labels{}
	for i := range t.doc.InputSeries {
		doc := &t.doc.InputSeries[i]
		if t.metricSeries(doc) {
			continue
		}
		s := Series{Pos: doc.Pos, Firing: t.values(doc.Values)}
		if base, ok := t.alert(doc.Series); ok {
			s.Rule = base.Get(model.AlertNameLabel)
			s.Alerts, s.Names = t.expansion(doc, base)
		}
		t.addSeries(s, alerts)
	}
	for _, s := range t.recorded() {
		t.addSeries(s, alerts)
	}
	t.tellApart()
	for _, s := range t.test.Series {
		for _, name := range s.Names {
			t.names[name] = true
		}
	}
}

// addSeries adds a series whose alerts no other has; alerts are those of all of them by their hashes.
func (t *testChecker) addSeries(s Series, alerts map[uint64][]labels.Labels) {
	for _, ls := range s.Alerts {
		h := ls.Hash()
		if slices.ContainsFunc(alerts[h], func(o labels.Labels) bool { return labels.Equal(o, ls) }) {
			t.Errorf(s.Pos, "the alert %s comes from an earlier series of this test too; write it in one of them", ls)
			break
		}
		alerts[h] = append(alerts[h], ls)
	}
	t.test.Series = append(t.test.Series, s)
}

// alert reads an ALERTS series and returns the alert's labels.
func (t *testChecker) alert(v strictyaml.Value[string]) (labels.Labels, bool) {
	if !v.OK() {
		return labels.Labels{}, false
	}
	ls, err := promql.ParseMetric(v.V)
	if err != nil {
		t.Errorf(v.Pos, "series is %q: %s; %s", strictyaml.Shorten(v.V), promqlError(err), exampleOf)
		return ls, false
	}
	wrong := t.Count()
	if metric := ls.Get(model.MetricNameLabel); metric != "ALERTS" {
		write := exampleOf
		if len(t.file.RuleFiles) == 0 {
			write += ", or rule_files: [rules.yml], which may be about any series"
		}
		t.Errorf(v.Pos, "the series is of %q, not of ALERTS; %s", metric, write)
	}
	if ls.Get(model.AlertNameLabel) == "" {
		t.Errorf(v.Pos, "the series has no alertname; %s", exampleOf)
	}
	switch state := ls.Get(alertstate); state {
	case firing:
	case "pending":
		t.Errorf(v.Pos, `a pending alert is never sent to an Alertmanager; write alertstate="firing", and _ for the time before`)
	case "":
		full := labels.NewBuilder(ls).Set(alertstate, firing).Del(model.MetricNameLabel).Labels()
		t.Errorf(v.Pos, "the series has no alertstate, and only firing alerts are sent; write series: 'ALERTS%s'", full)
	default:
		t.Errorf(v.Pos, `alertstate is %q; write alertstate="firing"`, state)
	}
	return labels.NewBuilder(ls).Del(model.MetricNameLabel, alertstate).Labels(), t.Count() == wrong
}

// expansion returns an alert for each combination of the labels to expand, the last turning fastest, and their names.
func (t *testChecker) expansion(doc *seriesDoc, base labels.Labels) ([]labels.Labels, []string) {
	var keys []string
	var patterns []pattern
	count, size := int64(1), int64(len(base.String()))
	wrong := t.Count()
	for _, e := range doc.Expand.Entries {
		if !e.Value.OK() {
			continue
		}
		p, err := parsePattern(e.Value.V)
		switch {
		case err != nil:
			t.Errorf(e.Value.Pos, "%s", err)
		case e.Key == model.AlertNameLabel, e.Key == alertstate, e.Key == model.MetricNameLabel:
			t.Errorf(e.Pos, "%s cannot be expanded, a series is of one rule; write a series for each", e.Key)
		case !labelName(e.Key):
			t.Errorf(e.Pos, "%q is not a label name; write letters, digits and _", strictyaml.Shorten(e.Key))
		case base.Has(e.Key):
			t.Errorf(e.Pos, "the series has the label %s already; remove it there or here", e.Key)
		}
		keys, patterns = append(keys, e.Key), append(patterns, p)
		count = multiply(count, p.count())
		size += int64(len(e.Key) + len(e.Value.V))
	}
	if t.Count() > wrong || !t.spend(doc.Pos, count, 2*size) {
		return nil, nil
	}
	alerts := []labels.Labels{base}
	for i, key := range keys {
		var more []labels.Labels
		values := patterns[i].names()
		for _, ls := range alerts {
			b := labels.NewBuilder(ls)
			for _, v := range values {
				more = append(more, b.Set(key, v).Labels())
			}
		}
		alerts = more
	}
	named := keys
	if len(keys) == 0 {
		named = labelNames(base)
	}
	names := make([]string, len(alerts))
	for i, ls := range alerts {
		names[i] = nameOf(ls, named)
	}
	return alerts, names
}

// tellApart gives the alerts of series that share names their full names.
func (t *testChecker) tellApart() {
	first := map[string]int{}
	shared := map[int]bool{}
	for i, s := range t.test.Series {
		for _, name := range s.Names {
			if j, twice := first[name]; twice && j != i {
				shared[i], shared[j] = true, true
			} else {
				first[name] = i
			}
		}
	}
	for i := range shared {
		for j, ls := range t.test.Series[i].Alerts {
			t.test.Series[i].Names[j] = nameOf(ls, labelNames(ls))
		}
	}
}

func labelNames(ls labels.Labels) []string {
	var names []string
	ls.Range(func(l labels.Label) {
		if l.Name != model.AlertNameLabel {
			names = append(names, l.Name)
		}
	})
	return names
}

// nameOf calls an alert by its rule and the labels named: X{instance="i-0001"}.
func nameOf(ls labels.Labels, names []string) string {
	rule := ls.Get(model.AlertNameLabel)
	if len(names) == 0 {
		return rule
	}
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = name + "=" + strconv.Quote(ls.Get(name))
	}
	return rule + "{" + strings.Join(parts, ",") + "}"
}

func labelName(s string) bool {
	return s != model.MetricNameLabel && model.UTF8Validation.IsValidLabelName(s)
}

var repetition = regexp.MustCompile(`x([0-9]+)`)

// sequence reads promtool's notation. The parser writes repetitions out as it goes, so they are counted first.
func (t *testChecker) sequence(v strictyaml.Value[string], write string) ([]parser.SequenceValue, bool) {
	if !v.OK() {
		return nil, false
	}
	count := int64(len(strings.Fields(v.V)))
	for _, m := range repetition.FindAllStringSubmatch(v.V, -1) {
		n, err := strconv.ParseInt(m[1], 10, 64)
		if err != nil {
			n = maxValues
		}
		count = min(count+n, maxValues+1)
	}
	switch {
	case count > maxValues:
		t.Errorf(v.Pos, "values are more than the limit of %d a series; write fewer", maxValues)
		return nil, false
	case count > t.left.values:
		t.Errorf(v.Pos, "here the file passes the limit of %d values of all its series; write fewer", maxFileValues)
		return nil, false
	}
	t.left.values -= count
	_, seq, err := promql.ParseSeriesDesc("ALERTS " + v.V)
	if err != nil {
		t.Errorf(v.Pos, "values are %q: %s; %s", strictyaml.Shorten(v.V), promqlError(err), write)
	}
	return seq, err == nil
}

// values reads when alerts fire.
func (t *testChecker) values(v strictyaml.Value[string]) []bool {
	seq, ok := t.sequence(v, writeFiring)
	if !ok {
		return nil
	}
	on := make([]bool, len(seq))
	for i, s := range seq {
		if s.Histogram != nil {
			t.Errorf(v.Pos, "an alert has no histogram; write 1 for firing and _ for not")
			return nil
		}
		on[i] = !s.Omitted && !promvalue.IsStaleNaN(s.Value)
		if on[i] && s.Value != 1 {
			t.Errorf(v.Pos, "values has the sample %v, and ALERTS is 1 as long as an alert fires; write 1 for firing and _ for not", s.Value)
			return nil
		}
	}
	if len(on) == 0 {
		t.Errorf(v.Pos, "values are empty; %s", writeFiring)
	}
	return on
}

// promqlError is the parser's message without its place in text that the user does not see.
func promqlError(err error) string {
	var errs parser.ParseErrors
	if errors.As(err, &errs) && len(errs) > 0 {
		return errs[0].Err.Error()
	}
	return fmt.Sprint(err)
}
