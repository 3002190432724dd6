package scrape

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
)

// A Family describes a metric. Type is counter, gauge, histogram or summary. Name is the name as Prometheus stores it,
// so that of a counter ends in _total.
type Family struct{ Name, Type, Help string }

// WriteOpenMetrics writes all samples as OpenMetrics text, with their times in seconds and with the HELP and TYPE of
// the families. It omits staleness markers and native histograms, which the format cannot express.
func (s *Store) WriteOpenMetrics(w io.Writer, families ...Family) error {
	out := bufio.NewWriter(w)
	last := ""
	for _, m := range s.metrics(families) {
		if m.name != last && m.family != nil {
			fmt.Fprintf(out, "# TYPE %s %s\n%s", m.name, m.family.Type, OpenMetricsHelp(m.name, m.family.Help))
		}
		last = m.name
		for _, p := range m.points() {
			se := m.series[p.series]
			fmt.Fprintf(out, "%s %s %s\n", se.text, labels.FormatOpenMetricsFloat(se.values[p.sample]),
				strconv.FormatFloat(float64(p.at)/1000, 'f', -1, 64))
		}
	}
	out.WriteString("# EOF\n")
	return out.Flush()
}

// A metric is a group of series that OpenMetrics requires to be adjacent: those of a family whose labels differ only in
// le and quantile.
type metric struct {
	name   string  // of the family, as OpenMetrics spells it
	family *Family // nil if there is no description
	labels labels.Labels
	series []metricSeries
}

// A metricSeries is a series of a metric, with its name and labels as OpenMetrics spells them.
type metricSeries struct {
	*Series
	text  string
	bound float64 // upper bound of a bucket, otherwise infinite
}

// metrics returns the metrics that have samples, sorted by family and labels.
func (s *Store) metrics(families []Family) []*metric {
	known := map[string]*Family{} // by the names of the series
	for i := range families {
		f := &families[i]
		switch f.Type {
		case "histogram":
			known[f.Name+"_bucket"] = f
			fallthrough
		case "summary":
			known[f.Name+"_sum"], known[f.Name+"_count"] = f, f
		}
		known[f.Name] = f
	}
	byKey := map[string]*metric{}
	var list []*metric
	for _, se := range s.sorted() {
		name := se.labels.Get(model.MetricNameLabel)
		m := metric{name: name, family: known[name]}
		without := labels.NewBuilder(se.labels).Del(model.MetricNameLabel)
		one := metricSeries{Series: se, text: name + OpenMetricsLabels(without.Labels()), bound: math.Inf(1)}
		if m.family != nil {
			m.name = strings.TrimSuffix(m.family.Name, "_total")
			if le, err := strconv.ParseFloat(se.labels.Get(model.BucketLabel), 64); err == nil {
				one.bound = le
			}
			without.Del(model.BucketLabel, model.QuantileLabel)
		}
		m.labels = without.Labels()
		key := m.name + "\xff" + m.labels.String()
		if byKey[key] == nil {
			byKey[key] = &m
			list = append(list, &m)
		}
		byKey[key].series = append(byKey[key].series, one)
	}
	slices.SortStableFunc(list, func(a, b *metric) int {
		return cmp.Or(strings.Compare(a.name, b.name), labels.Compare(a.labels, b.labels))
	})
	return list
}

// A point identifies a sample of a metric.
type point struct {
	at             int64
	series, sample int // index of the series in the metric, and of the sample in the series
}

// points returns the samples of a metric sorted by time. Samples of the same time are sorted by bound, so buckets come
// first.
func (m *metric) points() []point {
	slices.SortStableFunc(m.series, func(a, b metricSeries) int { return cmp.Compare(a.bound, b.bound) })
	var list []point
	for i, se := range m.series {
		for j, at := range se.times {
			if !value.IsStaleNaN(se.values[j]) && se.histogram(j) == nil {
				list = append(list, point{at, i, j})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b point) int { return cmp.Compare(a.at, b.at) })
	return list
}

// helpEscapes replaces the characters that must be escaped in a HELP line.
var helpEscapes = strings.NewReplacer("\\", `\\`, "\n", `\n`, `"`, `\"`)

// OpenMetricsHelp returns the HELP line of a family.
func OpenMetricsHelp(name, help string) string {
	return fmt.Sprintf("# HELP %s %s\n", name, helpEscapes.Replace(help))
}

// OpenMetricsLabels formats labels as OpenMetrics text. Names that the classic syntax does not allow are quoted.
// Without labels the result is "".
func OpenMetricsLabels(ls labels.Labels) string {
	if ls.IsEmpty() {
		return ""
	}
	b := []byte{'{'}
	ls.Range(func(l labels.Label) {
		if len(b) > 1 {
			b = append(b, ',')
		}
		if model.LegacyValidation.IsValidLabelName(l.Name) {
			b = append(b, l.Name...)
		} else {
			b = appendQuoted(b, l.Name)
		}
		b = appendQuoted(append(b, '='), l.Value)
	})
	return string(append(b, '}'))
}

func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	for _, c := range []byte(s) {
		switch c {
		case '\\', '"':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
