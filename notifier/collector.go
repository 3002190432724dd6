package notifier

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/notifysim/notifysim/notifier/core"
)

const alertmanagerLabel = "alertmanager"

// latencies are the metrics of the duration of requests: a summary and, in releases that have it, a histogram.
type latencies struct {
	summary   *prometheus.SummaryVec
	histogram *prometheus.HistogramVec
}

// newLatencies returns the latency metrics of a release. Quantiles and buckets are those of Prometheus
// (notifier/metric.go at v3.16.0).
func newLatencies(rel *core.Release) (l latencies) {
	for _, d := range rel.Descs() {
		switch d.Type {
		case core.Summary:
			l.summary = prometheus.NewSummaryVec(prometheus.SummaryOpts{
				Name: d.Name, Help: d.Help,
				Objectives: map[float64]float64{0.5: 0.05, 0.9: 0.01, 0.99: 0.001},
			}, []string{alertmanagerLabel})
		case core.Histogram:
			l.histogram = prometheus.NewHistogramVec(prometheus.HistogramOpts{
				Name: d.Name, Help: d.Help,
				Buckets:                         core.LatencyBuckets(),
				NativeHistogramBucketFactor:     1.1,
				NativeHistogramMaxBucketNumber:  100,
				NativeHistogramMinResetDuration: time.Hour,
			}, []string{alertmanagerLabel})
		}
	}
	return l
}

func (l latencies) collectors() []prometheus.Collector {
	if l.histogram == nil {
		return []prometheus.Collector{l.summary}
	}
	return []prometheus.Collector{l.summary, l.histogram}
}

func (l latencies) observe(url string, took time.Duration) {
	l.summary.WithLabelValues(url).Observe(took.Seconds())
	if l.histogram != nil {
		l.histogram.WithLabelValues(url).Observe(took.Seconds())
	}
}

func (l latencies) delete(url string) {
	l.summary.DeleteLabelValues(url)
	if l.histogram != nil {
		l.histogram.DeleteLabelValues(url)
	}
}

// A collector exposes the core's counters and gauges under the names and labels of the release. As in Prometheus,
// reading the number of discovered Alertmanagers waits while a drain holds the manager's lock, so Collect does too. All
// other values are read when Collect begins.
type collector struct {
	manager *Manager
	metrics []exposed
}

// An exposed is one counter or gauge with its descriptor.
type exposed struct {
	core.Desc
	desc *prometheus.Desc
	kind prometheus.ValueType
}

func newCollector(m *Manager) *collector {
	c := &collector{manager: m}
	for _, d := range m.rel.Descs() {
		var names []string
		if d.Of != nil {
			names = []string{alertmanagerLabel}
		}
		x := exposed{d, prometheus.NewDesc(d.Name, d.Help, names, nil), prometheus.CounterValue}
		switch d.Type {
		case core.Gauge:
			x.kind = prometheus.GaugeValue
		case core.Summary, core.Histogram:
			continue
		}
		c.metrics = append(c.metrics, x)
	}
	return c
}

// Describe implements prometheus.Collector.
func (c *collector) Describe(ch chan<- *prometheus.Desc) {
	for _, x := range c.metrics {
		ch <- x.desc
	}
}

// Collect implements prometheus.Collector.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	metrics, waits := c.now()
	for _, m := range metrics {
		ch <- m
	}
	for _, x := range waits {
		var v float64
		c.manager.read(func() { v = c.manager.core.Unlabelled(x.Desc) })
		ch <- prometheus.MustNewConstMetric(x.desc, x.kind, v)
	}
}

// now returns the metrics that can be read at once, and the descriptors of those whose value needs the manager's lock.
func (c *collector) now() (all []prometheus.Metric, waits []exposed) {
	m := c.manager
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, x := range c.metrics {
		switch {
		case x.Of != nil:
			m.core.Metrics().Each(func(s *core.Series) {
				if v := x.Of(s); v.Present {
					all = append(all, prometheus.MustNewConstMetric(x.desc, x.kind, v.N, s.URL))
				}
			})
		case x.NeedsLock():
			waits = append(waits, x)
		default:
			all = append(all, prometheus.MustNewConstMetric(x.desc, x.kind, m.core.Unlabelled(x.Desc)))
		}
	}
	return all, waits
}
