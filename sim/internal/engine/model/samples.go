package model

import (
	"cmp"
	"slices"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/engine"
)

// bound returns the upper bound of a bucket in the notation of the exposition format.
func bound(le float64) string { return labels.FormatOpenMetricsFloat(le) }

// An exposed metric is a metric that the notifier of a release has, with the names of its samples.
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

// A latencyBucket is a bucket of the notifier's histogram: its label `le`, and its index in core.LatencyBuckets, or -1
// for +Inf.
type latencyBucket struct {
	le string
	at int
}

// latencyBuckets are the buckets of the notifier's histogram, sorted by their labels as text.
var latencyBuckets = func() []latencyBucket {
	list := []latencyBucket{{"+Inf", -1}}
	for i, le := range core.LatencyBuckets() {
		list = append(list, latencyBucket{bound(le), i})
	}
	slices.SortFunc(list, func(a, b latencyBucket) int { return cmp.Compare(a.le, b.le) })
	return list
}()

// A sampleSource says where the value of a sample is stored: at from or, if that is nil, in Core.Unlabelled under a
// metric.
type sampleSource struct {
	from *float64
	of   core.Desc
}

// Samples implements engine.Engine.
func (m *Model) Samples() ([]engine.Sample, error) {
	if shape := m.core.Metrics().Shape(); m.samples == nil || m.samplesShape != shape {
		m.samplesShape = shape
		m.list()
	}
	for i := range m.samples {
		if r := &m.sources[i]; r.from != nil {
			m.samples[i].Value = *r.from
		} else {
			m.samples[i].Value = m.core.Unlabelled(r.of)
		}
	}
	return m.samples, nil
}

// Shape implements engine.Engine.
func (m *Model) Shape() int { return 1 + m.samplesShape }

// list builds the samples and their sources.
func (m *Model) list() {
	m.samples, m.sources = m.samples[:0], m.sources[:0]
	add := func(name string, s *core.Series, le string, from *float64) {
		m.samples = append(m.samples, engine.Sample{Name: name, Alertmanager: s.URL, Le: le})
		m.sources = append(m.sources, sampleSource{from: from})
	}
	for _, d := range exposedBy(m.Release) {
		if d.Of == nil {
			m.samples = append(m.samples, engine.Sample{Name: d.Name})
			m.sources = append(m.sources, sampleSource{of: d.Desc})
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
