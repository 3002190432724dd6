package scenarios

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	promvalue "github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/notifysim/notifysim/scenarios/internal/document"
	"github.com/notifysim/notifysim/scenarios/internal/promqlcheck"
	"github.com/notifysim/notifysim/scenarios/internal/recording"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

const (
	alertstate = "alertstate"
	firing     = "firing"
	// What to write for the values of alerts, and for those of other series.
	writeFiring = "write values such as '_x4 1x30', where 1 means firing and _ not firing"
	writeValues = "write values such as '1x5 0+2x10 _x3 stale', which means six times 1, then 0 to 20 in steps of 2, " +
		"then three times no sample, then the end of the series"

	writeAlerts = `write series: 'ALERTS{alertname="X", alertstate="firing"}'`
)

// inputSeries reads the series in input_series and in the recording.
func (t *testChecker) inputSeries() {
	alerts := map[uint64][]labels.Labels{}
	for i := range t.doc.InputSeries {
		doc := &t.doc.InputSeries[i]
		if t.metricSeries(doc) {
			continue
		}
		s := Series{Pos: doc.Pos, Firing: t.firing(doc.Values)}
		t.noteEnd(doc.Values, s.Firing)
		if base, ok := t.alert(doc); ok {
			s.Alerts, s.Names = t.expandSeries(doc, base)
		}
		for _, one := range s.rules() {
			t.addSeries(one, alerts)
		}
	}
	for _, s := range t.recorded() {
		t.addSeries(s, alerts)
	}
	t.renameShared()
	for _, s := range t.test.Series {
		for _, name := range s.Names {
			t.names[name] = true
		}
	}
}

// rules splits a series into one for each alertname, because an alert belongs to the rule with its name.
func (s Series) rules() []Series {
	if len(s.Alerts) == 0 { // there was an error
		return []Series{s}
	}
	var list []Series
	of := map[string]int{}
	for i, ls := range s.Alerts {
		rule := ls.Get(model.AlertNameLabel)
		k, found := of[rule]
		if !found {
			k = len(list)
			of[rule], list = k, append(list, Series{Pos: s.Pos, Rule: rule, Firing: s.Firing})
		}
		list[k].Alerts, list[k].Names = append(list[k].Alerts, ls), append(list[k].Names, s.Names[i])
	}
	return list
}

// metricSeries reads an entry of input_series whose metric is not ALERTS, as data for rules and expressions. It reports
// whether the entry is one.
func (t *testChecker) metricSeries(doc *document.Series) bool {
	if len(t.checker.doc.RuleFiles.Items) == 0 && len(t.doc.PromQL) == 0 || !doc.Series.OK() {
		return false
	}
	ls, err := promqlcheck.Parser().ParseMetric(doc.Series.V)
	if err != nil || ls.Get(model.MetricNameLabel) == "ALERTS" {
		return false
	}
	s := MetricSeries{Pos: doc.Pos}
	s.Labels, _ = t.expandSeries(doc, ls)
	s.Values, _ = t.sequence(doc.Values, writeValues)
	t.test.Metrics = append(t.test.Metrics, s)
	return true
}

// recorded reads the recording of the test. It returns a series for each group of alerts of a rule that fire and
// resolve together.
func (t *testChecker) recorded() []Series {
	doc := t.doc.Recording
	if !doc.OK() {
		return nil
	}
	at := t.dir.path(doc.V)
	text, err := t.dir.read(at, recording.MaxSize)
	if err != nil {
		t.Errorf(doc.Pos, "recording: %s", err)
		return nil
	}
	groups, length, ok := recording.Reader{
		Report: t.Report, Path: at, Pos: doc.Pos, Interval: t.file.EvaluationInterval, MaxValues: maxValues,
		SpendAlert:  func(pos Pos, bytes int64) bool { return t.spendAlerts(pos, 1, bytes) },
		SpendValues: func(pos Pos, n int64) bool { return t.spendValues(pos, n, "write a shorter recording") },
	}.Read(text)
	if !ok {
		return nil
	}
	t.last = max(t.last, length)
	var series []Series
	for _, g := range groups {
		s := Series{Pos: doc.Pos, Rule: g.Rule, Alerts: g.Alerts, Firing: g.Firing}
		for _, ls := range g.Alerts {
			s.Names = append(s.Names, AlertName(ls))
		}
		series = append(series, s)
	}
	return series
}

// addSeries adds a series. It reports alerts that are in an earlier series too; alerts holds the alerts of all earlier
// series by hash.
func (t *testChecker) addSeries(s Series, alerts map[uint64][]labels.Labels) {
	for _, ls := range s.Alerts {
		h := ls.Hash()
		if slices.ContainsFunc(alerts[h], func(o labels.Labels) bool { return labels.Equal(o, ls) }) {
			t.Errorf(s.Pos, "the alert %s is in an earlier series of this test too; remove it from one of the two", ls)
			break
		}
		alerts[h] = append(alerts[h], ls)
	}
	t.test.Series = append(t.test.Series, s)
}

// alert reads a series of ALERTS and returns the labels of the alert, without those to expand.
func (t *testChecker) alert(doc *document.Series) (labels.Labels, bool) {
	v := doc.Series
	if !v.OK() {
		return labels.Labels{}, false
	}
	ls, err := promqlcheck.Parser().ParseMetric(v.V)
	if err != nil {
		t.Errorf(v.Pos, "`series` is %q: %s; %s", strictyaml.Shorten(v.V), promqlcheck.Message(err), writeAlerts)
		return ls, false
	}
	before := t.Count()
	if metric := ls.Get(model.MetricNameLabel); metric != "ALERTS" {
		write := writeAlerts
		if len(t.checker.doc.RuleFiles.Items) == 0 {
			write += ", or add rule_files: [rules.yml] with rules that read this metric"
		}
		t.Errorf(v.Pos, "the metric of the series is %q, not ALERTS; %s", metric, write)
	}
	if ls.Get(model.AlertNameLabel) == "" && !slices.ContainsFunc(doc.Expand.Entries, isAlertname) {
		t.Errorf(v.Pos, "the series has no label alertname; %s", writeAlerts)
	}
	switch state := ls.Get(alertstate); state {
	case firing:
	case "pending":
		t.Errorf(v.Pos,
			"a pending alert is never sent to an Alertmanager; "+
				"write alertstate=\"firing\", and _ in `values` while it is pending")
	case "":
		full := labels.NewBuilder(ls).Set(alertstate, firing).Del(model.MetricNameLabel).Labels()
		t.Errorf(v.Pos, "the series has no alertstate, but only firing alerts are sent; write series: 'ALERTS%s'", full)
	default:
		t.Errorf(v.Pos, `the label alertstate is %q; write alertstate="firing"`, state)
	}
	return labels.NewBuilder(ls).Del(model.MetricNameLabel, alertstate).Labels(), t.Count() == before
}

func isAlertname(e strictyaml.Entry[strictyaml.Value[string]]) bool {
	return e.Key == model.AlertNameLabel
}

// expandSeries returns an alert for each combination of the labels to expand, of which the last varies fastest. It also
// returns the names of the alerts.
func (t *testChecker) expandSeries(doc *document.Series, base labels.Labels) ([]labels.Labels, []string) {
	var keys, named []string // named are the labels that distinguish the alerts of a rule
	var patterns []pattern
	count, size := int64(1), int64(len(base.String()))
	before := t.Count()
	for _, e := range doc.Expand.Entries {
		if !e.Value.OK() {
			continue
		}
		t.noteRange(e.Value)
		p, err := parsePattern(e.Value.V)
		switch {
		case err != nil:
			t.Errorf(e.Value.Pos, "%s", err)
		case e.Key == alertstate, e.Key == model.MetricNameLabel:
			t.Errorf(e.Pos, "the label %s is the same for all alerts of a series, so it cannot be expanded; "+
				"write it in `series`", e.Key)
		case !t.labelName(e.Key, e.Pos):
		case base.Has(e.Key):
			t.Errorf(e.Pos, "the label %s is in `series` already; remove it from `series` or from `expand`", e.Key)
		}
		if keys, patterns = append(keys, e.Key), append(patterns, p); e.Key != model.AlertNameLabel {
			named = append(named, e.Key)
		}
		count = multiply(count, p.count())
		size += int64(len(e.Key) + len(e.Value.V))
	}
	if t.Count() > before || !t.spendAlerts(doc.Pos, count, 2*size) {
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
	if len(keys) == 0 {
		named = labelNames(base)
	}
	names := make([]string, len(alerts))
	for i, ls := range alerts {
		names[i] = alertName(ls, named)
	}
	return alerts, names
}

// renameShared gives full names to the alerts of those series whose names occur in another series too.
func (t *testChecker) renameShared() {
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
			t.test.Series[i].Names[j] = AlertName(ls)
		}
	}
}

var repetition = regexp.MustCompile(`x([0-9]+)`)

// repetitionFor matches a repetition that is written as a duration, such as x40m.
var repetitionFor = regexp.MustCompile(`x([0-9]+)(ms|[smhdwy])(?:\s|$)`)

// sequence reads values in promtool's notation. It counts the repetitions first, because the parser allocates all
// values.
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
	if count > maxValues {
		t.Errorf(v.Pos, "the series has more than the limit of %d values; write fewer", maxValues)
		return nil, false
	}
	if !t.spendValues(v.Pos, count, "write fewer") {
		return nil, false
	}
	_, seq, err := promqlcheck.Parser().ParseSeriesDesc("ALERTS " + v.V)
	if err != nil {
		what := promqlcheck.Message(err)
		if m := repetitionFor.FindStringSubmatch(v.V); m != nil {
			what = fmt.Sprintf("x%s is a number of evaluations, without a unit", m[1])
			d, err := strictyaml.ParseDuration(m[1] + m[2])
			if n := d / t.file.EvaluationInterval; err == nil && n > 0 {
				write = fmt.Sprintf("write x%d for %s%s with evaluations every %s", n, m[1], m[2],
					strictyaml.FormatDuration(t.file.EvaluationInterval))
			}
		}
		t.Errorf(v.Pos, "`values` is %q: %s; %s", strictyaml.Shorten(v.V), what, write)
	}
	return seq, err == nil
}

// firing reads at which evaluations the alerts fire.
func (t *testChecker) firing(v strictyaml.Value[string]) []bool {
	seq, ok := t.sequence(v, writeFiring)
	if !ok {
		return nil
	}
	on := make([]bool, len(seq))
	for i, s := range seq {
		if s.Histogram != nil {
			t.Errorf(v.Pos, "the values of ALERTS are not histograms; write 1 for firing and _ for not firing")
			return nil
		}
		on[i] = !s.Omitted && !promvalue.IsStaleNaN(s.Value)
		if on[i] && s.Value != 1 {
			t.Errorf(v.Pos,
				"`values` has the sample %v, but ALERTS is 1 while an alert fires; write 1 for firing and _ for not firing",
				s.Value)
			return nil
		}
	}
	if len(on) == 0 {
		t.Errorf(v.Pos, "`values` is empty; %s", writeFiring)
	}
	return on
}
