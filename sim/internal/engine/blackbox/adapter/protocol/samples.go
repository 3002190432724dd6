package protocol

import (
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// Gather reads the notifier's samples from a registry.
func Gather(g prometheus.Gatherer) ([]Sample, error) {
	families, err := g.Gather()
	if err != nil {
		return nil, err
	}
	var list []Sample
	for _, f := range families {
		for _, m := range f.GetMetric() {
			am := ""
			for _, l := range m.GetLabel() {
				if l.GetName() == "alertmanager" {
					am = l.GetValue()
				}
			}
			add := func(suffix string, v float64) {
				list = append(list, Sample{Name: f.GetName() + suffix, Alertmanager: am, Value: v})
			}
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
				bucket := func(le string, n uint64) {
					list = append(list, Sample{Name: f.GetName() + "_bucket", Alertmanager: am, Le: le, Value: float64(n)})
				}
				for _, b := range m.GetHistogram().GetBucket() {
					le := strconv.FormatFloat(b.GetUpperBound(), 'g', -1, 64)
					if !strings.ContainsAny(le, ".e") {
						le += ".0"
					}
					bucket(le, b.GetCumulativeCount())
				}
				bucket("+Inf", m.GetHistogram().GetSampleCount())
			}
		}
	}
	return list, nil
}
