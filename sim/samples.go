package sim

import (
	"cmp"
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/notifier"
	"github.com/notifysim/notifysim/sim/adapter/protocol"
)

// A Sample is the value of one of the notifier's metrics at a scrape. Of summaries there are the count and the sum, of histograms
// the buckets too.
type Sample struct {
	Name         string
	Alertmanager string // the label of that name; "" without it
	Le           string // the label le of a bucket
	Value        float64
}

// is reports whether x and o are of one series.
func (x Sample) is(o Sample) bool {
	return x.Name == o.Name && x.Alertmanager == o.Alertmanager && x.Le == o.Le
}

// sortSamples orders samples by name, Alertmanager and bucket, as samples of all engines are.
func sortSamples(s []Sample) {
	slices.SortFunc(s, func(a, b Sample) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Alertmanager, b.Alertmanager), cmp.Compare(a.Le, b.Le))
	})
}

// gather reads the notifier's samples off a registry.
func gather(g prometheus.Gatherer) ([]Sample, error) {
	list, err := protocol.Gather(g)
	return samplesOf(list), err
}

// samplesOf are the samples that a child process tells, in order.
func samplesOf(list []protocol.Sample) []Sample {
	samples := make([]Sample, len(list))
	for i, s := range list {
		samples[i] = Sample(s)
	}
	sortSamples(samples)
	return samples
}

// bound writes the bound of a bucket as an exposition does.
func bound(le float64) string { return labels.FormatOpenMetricsFloat(le) }

// An exposed metric is one of the notifier's in a release, with the names of its samples.
type exposed struct {
	notifier.Desc
	bucket, count, sum string
}

func exposedBy(r *notifier.Release) []exposed {
	var list []exposed
	for _, d := range r.Descs() {
		list = append(list, exposed{d, d.Name + "_bucket", d.Name + "_count", d.Name + "_sum"})
	}
	return list
}

// A latencyBucket is a bucket of the notifier's histogram: its label, and its place among notifier.LatencyBuckets, -1 for +Inf.
type latencyBucket struct {
	le string
	at int
}

// latencyBuckets are those of the notifier's histogram in the order of their labels.
var latencyBuckets = func() []latencyBucket {
	list := []latencyBucket{{"+Inf", -1}}
	for i, le := range notifier.LatencyBuckets() {
		list = append(list, latencyBucket{bound(le), i})
	}
	slices.SortFunc(list, func(a, b latencyBucket) int { return cmp.Compare(a.le, b.le) })
	return list
}()

// samples reads the notifier's samples off the rules.
func (m *model) samples() ([]Sample, error) {
	if m.exposed == nil {
		m.exposed = exposedBy(m.release)
	}
	samples := m.sampled[:0]
	for i := range m.exposed {
		d := &m.exposed[i]
		if d.Of == nil {
			samples = append(samples, Sample{d.Name, "", "", m.core.Unlabelled(d.Desc)})
			continue
		}
		each := func(name string, value func(*notifier.Series) float64) {
			m.core.Metrics().Each(func(s *notifier.Series) {
				if d.Of(s).Present {
					samples = append(samples, Sample{name, s.URL, "", value(s)})
				}
			})
		}
		count := func(s *notifier.Series) float64 { return d.Of(s).N }
		switch d.Type {
		case notifier.Histogram:
			m.core.Metrics().Each(func(s *notifier.Series) { samples = appendBuckets(samples, d, s) })
			fallthrough
		case notifier.Summary:
			each(d.count, count)
			each(d.sum, func(s *notifier.Series) float64 { return s.LatencySum })
		default:
			each(d.Name, count)
		}
	}
	m.sampled = samples
	return samples, nil
}

// appendBuckets appends the buckets of a histogram.
func appendBuckets(samples []Sample, d *exposed, s *notifier.Series) []Sample {
	v := d.Of(s)
	if !v.Present {
		return samples
	}
	for _, b := range latencyBuckets {
		n := v.N
		if b.at >= 0 {
			n = s.LatencyBelow[b.at]
		}
		samples = append(samples, Sample{d.bucket, s.URL, b.le, n})
	}
	return samples
}
