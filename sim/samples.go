package sim

import (
	"cmp"
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/notifier"
)

// A Sample is the value of one of the notifier's metrics at a scrape. Of summaries there are the count and the sum, of histograms
// the buckets too.
type Sample struct {
	Name         string
	Alertmanager string // the label of that name; "" without it
	Le           string // the label le of a bucket
	Value        float64
}

// sortSamples orders samples by name and Alertmanager.
func sortSamples(s []Sample) {
	slices.SortFunc(s, func(a, b Sample) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Alertmanager, b.Alertmanager), cmp.Compare(a.Le, b.Le))
	})
}

// gather reads the notifier's samples off a registry.
func gather(g prometheus.Gatherer) ([]Sample, error) {
	families, err := g.Gather()
	if err != nil {
		return nil, err
	}
	var samples []Sample
	for _, f := range families {
		for _, m := range f.GetMetric() {
			am := ""
			for _, l := range m.GetLabel() {
				if l.GetName() == "alertmanager" {
					am = l.GetValue()
				}
			}
			add := func(suffix string, v float64) { samples = append(samples, Sample{f.GetName() + suffix, am, "", v}) }
			switch f.GetType() {
			case dto.MetricType_COUNTER:
				add("", m.GetCounter().GetValue())
			case dto.MetricType_GAUGE:
				add("", m.GetGauge().GetValue())
			case dto.MetricType_SUMMARY:
				add("_count", float64(m.GetSummary().GetSampleCount()))
				add("_sum", m.GetSummary().GetSampleSum())
			case dto.MetricType_HISTOGRAM:
				add("_count", float64(m.GetHistogram().GetSampleCount()))
				add("_sum", m.GetHistogram().GetSampleSum())
				samples = append(samples, Sample{f.GetName() + "_bucket", am, "+Inf", float64(m.GetHistogram().GetSampleCount())})
				for _, b := range m.GetHistogram().GetBucket() {
					samples = append(samples, Sample{f.GetName() + "_bucket", am, bound(b.GetUpperBound()), float64(b.GetCumulativeCount())})
				}
			}
		}
	}
	sortSamples(samples)
	return samples, nil
}

// bound writes the bound of a bucket as an exposition does.
func bound(le float64) string { return labels.FormatOpenMetricsFloat(le) }

// samples reads the notifier's samples off the rules.
func (m *model) samples() ([]Sample, error) {
	var samples []Sample
	for _, d := range m.release.Descs() {
		if d.Of == nil {
			samples = append(samples, Sample{d.Name, "", "", m.core.Unlabelled(d)})
			continue
		}
		m.core.Metrics().Each(func(s *notifier.Series) {
			v := d.Of(s)
			switch {
			case !v.Present:
			case d.Type == notifier.Summary || d.Type == notifier.Histogram:
				samples = append(samples, Sample{d.Name + "_count", s.URL, "", v.N}, Sample{d.Name + "_sum", s.URL, "", s.LatencySum})
				if d.Type == notifier.Histogram {
					samples = append(samples, Sample{d.Name + "_bucket", s.URL, "+Inf", v.N})
					for i, le := range notifier.LatencyBuckets() {
						samples = append(samples, Sample{d.Name + "_bucket", s.URL, bound(le), s.LatencyBelow[i]})
					}
				}
			default:
				samples = append(samples, Sample{d.Name, s.URL, "", v.N})
			}
		})
	}
	sortSamples(samples)
	return samples, nil
}
