package sim

import (
	"cmp"
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/notifier/core"
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
	core.Desc
	bucket, count, sum string
}

func exposedBy(r *core.Release) []exposed {
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
	for i, le := range core.LatencyBuckets() {
		list = append(list, latencyBucket{bound(le), i})
	}
	slices.SortFunc(list, func(a, b latencyBucket) int { return cmp.Compare(a.le, b.le) })
	return list
}()

// A reading is where the value of a sample stands: in a series, or it is asked of the rules.
type reading struct {
	from *float64
	of   core.Desc
}

// samples reads the notifier's samples off the rules.
func (m *model) samples() ([]Sample, error) {
	if shape := m.core.Metrics().Shape(); m.sampled == nil || m.sampledAs != shape {
		m.sampledAs = shape
		m.list()
	}
	for i := range m.sampled {
		if r := &m.readings[i]; r.from != nil {
			m.sampled[i].Value = *r.from
		} else {
			m.sampled[i].Value = m.core.Unlabelled(r.of)
		}
	}
	return m.sampled, nil
}

// shape implements subject.
func (m *model) shape() int { return 1 + m.sampledAs }

// list makes the samples, and says where their values stand.
func (m *model) list() {
	m.sampled, m.readings = m.sampled[:0], m.readings[:0]
	add := func(name string, s *core.Series, le string, from *float64) {
		m.sampled = append(m.sampled, Sample{Name: name, Alertmanager: s.URL, Le: le})
		m.readings = append(m.readings, reading{from: from})
	}
	for _, d := range exposedBy(m.release) {
		if d.Of == nil {
			m.sampled = append(m.sampled, Sample{Name: d.Name})
			m.readings = append(m.readings, reading{of: d.Desc})
			continue
		}
		each := func(f func(s *core.Series, v *core.Value)) {
			m.core.Metrics().Each(func(s *core.Series) {
				if v := d.Of(s); v.Present {
					f(s, v)
				}
			})
		}
		if d.Type == core.Histogram {
			each(func(s *core.Series, v *core.Value) {
				for _, b := range latencyBuckets {
					n := &v.N
					if b.at >= 0 {
						n = &s.LatencyBelow[b.at]
					}
					add(d.bucket, s, b.le, n)
				}
			})
		}
		if d.Type == core.Histogram || d.Type == core.Summary {
			each(func(s *core.Series, v *core.Value) { add(d.count, s, "", &v.N) })
			each(func(s *core.Series, _ *core.Value) { add(d.sum, s, "", &s.LatencySum) })
			continue
		}
		each(func(s *core.Series, v *core.Value) { add(d.Name, s, "", &v.N) })
	}
}
