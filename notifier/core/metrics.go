package core

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Metrics are the values of the notifier's own metrics, counted by the rules of the release. How they are exposed is
// decided elsewhere. Alertmanagers with the same URL in several sets share their series.
type Metrics struct {
	rel *Release

	// Dropped is prometheus_notifications_dropped_total in releases with a shared queue, where it has no label.
	Dropped float64

	series map[string]*Series
	sorted []*Series
	shape  int
}

// Shape returns a number that changes whenever a value of a series appears or disappears.
func (m *Metrics) Shape() int { return m.shape }

// Series are the metrics with the label alertmanager, for one value of that label.
type Series struct {
	// URL is the value of the label alertmanager.
	URL string

	Sent, Errors Value
	// Dropped and QueueLength are used in releases with a queue for each Alertmanager, where these metrics have the
	// label.
	Dropped, QueueLength Value
	// Latency is the count of latency_seconds and latency_histogram_seconds. LatencySum is their sum, in seconds.
	Latency    Value
	LatencySum float64
	// LatencyBelow are the values of the buckets of latency_histogram_seconds, each including the smaller ones, without
	// the bucket +Inf. Their bounds are in LatencyBuckets.
	LatencyBelow [len(latencyBuckets)]float64
}

// latencyBuckets are the bounds of latency_histogram_seconds in seconds (Prometheus' notifier/metric.go at v3.16.0).
var latencyBuckets = [...]float64{.01, .1, 1, 10}

// LatencyBuckets returns the upper bounds of latency_histogram_seconds in seconds, without +Inf.
func LatencyBuckets() []float64 { return slices.Clone(latencyBuckets[:]) }

// A Value is the value of one metric of a Series. It is exposed from its first write on, in some releases until its
// Alertmanager leaves.
type Value struct {
	N       float64
	Present bool
}

// add adds n to a value and marks it as present.
func (m *Metrics) add(v *Value, n int) {
	v.N += float64(n)
	if !v.Present {
		v.Present = true
		m.shape++
	}
}

// Each calls f with all series, sorted by URL.
func (m *Metrics) Each(f func(*Series)) {
	if len(m.sorted) != len(m.series) {
		byURL := func(a, b *Series) int { return strings.Compare(a.URL, b.URL) }
		m.sorted = slices.SortedFunc(maps.Values(m.series), byURL)
	}
	for _, s := range m.sorted {
		f(s)
	}
}

// of returns the series of an Alertmanager, and creates them if necessary.
func (m *Metrics) of(am *Alertmanager) *Series {
	if am.series == nil {
		s := m.series[am.key]
		if s == nil {
			s = &Series{URL: am.key}
			m.series[am.key] = s
		}
		am.series = s
	}
	return am.series
}

// targetJoined creates the series that exist as soon as an Alertmanager is active.
func (m *Metrics) targetJoined(am *Alertmanager) {
	s := m.of(am)
	m.add(&s.Sent, 0)
	m.add(&s.Errors, 0)
	if m.rel.Queues == PerAlertmanager {
		m.add(&s.Dropped, 0)
		m.add(&s.QueueLength, 0)
	}
}

// targetLeft deletes the series of an Alertmanager that left, in releases that do so. A request in flight that ends
// later creates some of them again, and these are never deleted.
func (m *Metrics) targetLeft(am *Alertmanager) {
	if m.rel.DropSeries { //mutant:series-outlives-its-alertmanager
		s := m.of(am)
		*s = Series{URL: s.URL}
		m.shape++
	}
}

// dropped counts n dropped alerts of a send loop with these targets.
func (m *Metrics) dropped(targets []*Alertmanager, n int) {
	if m.rel.Queues == Shared {
		m.Dropped += float64(n) //mutant:shared-queue-counts-no-drops
		return
	}
	for _, am := range targets {
		m.add(&m.of(am).Dropped, n) //mutant:drop-counts-one-too-many
	}
}

// queueLength sets the gauge of the queue length of each target. With a shared queue the gauge is computed when it is
// read.
func (m *Metrics) queueLength(targets []*Alertmanager, n int) {
	if m.rel.Queues == PerAlertmanager {
		for _, am := range targets {
			v := &m.of(am).QueueLength
			m.add(v, 0)
			v.N = float64(n)
		}
	}
}

// request counts a request with n alerts that ended after took. observed says whether the release records its latency.
func (m *Metrics) request(am *Alertmanager, n int, ok bool, took time.Duration) (observed bool) {
	s := m.of(am)
	if !ok {
		if m.rel.Counting == CountRequests {
			m.add(&s.Errors, 1)
		} else {
			m.add(&s.Errors, n) //mutant:errors-count-requests
		}
		if m.rel.Counting == CountSuccesses { //mutant:failures-count-as-sent
			return false
		}
	}
	m.sent(s, n, took)
	return true
}

// sent counts one request for each duration in took, with n alerts altogether. It adds the durations in order, because
// the sum of floats depends on the order.
func (m *Metrics) sent(s *Series, n int, took ...time.Duration) {
	m.add(&s.Sent, n)
	sum := s.LatencySum
	var below [len(latencyBuckets)]int
	for _, d := range took {
		seconds := seconds(d)
		sum += seconds
		for i := range below {
			n := 0
			if seconds <= latencyBuckets[i] {
				n = 1 // written so that the compiler produces no branch, which might be mispredicted
			}
			below[i] += n
		}
	}
	m.add(&s.Latency, len(took))
	s.LatencySum = sum
	for i, n := range below {
		s.LatencyBelow[i] += float64(n)
	}
}

// String returns the type as the text exposition format spells it.
func (t MetricType) String() string { return metricTypes[t] }

var metricTypes = [...]string{Counter: "counter", Gauge: "gauge", Summary: "summary", Histogram: "histogram"}

// seconds returns exactly d.Seconds(), but needs only one division for durations below one second.
func seconds(d time.Duration) float64 {
	if 0 <= d && d < time.Second {
		return float64(d) / float64(time.Second)
	}
	return d.Seconds()
}

// A Desc describes one of the notifier's metrics in one release.
type Desc struct {
	Name, Help string
	Type       MetricType
	// Of returns the value of the metric in the series of an Alertmanager; for a summary or histogram, the count. It is
	// nil for a metric without the label alertmanager.
	Of func(*Series) *Value
}

// NeedsLock reports whether Prometheus takes the manager's lock to read the metric.
func (d Desc) NeedsLock() bool { return d.Name == nameDiscovered }

// MetricType is the type of a metric.
type MetricType uint8

// The types of the notifier's metrics.
const (
	Counter MetricType = iota
	Gauge
	Summary
	Histogram
)

// Descs returns the notifier's metrics in a release, sorted by name (Prometheus' notifier/notifier.go at v2.5.0 and
// notifier/metric.go at v3.16.0).
func (r *Release) Descs() []Desc {
	var dropped, queued func(*Series) *Value
	if r.Queues == PerAlertmanager {
		dropped = func(s *Series) *Value { return &s.Dropped }
		queued = func(s *Series) *Value { return &s.QueueLength }
	}
	latency := func(s *Series) *Value { return &s.Latency }
	errors := "Total number of sent alerts affected by errors."
	if r.Counting == CountRequests {
		errors = "Total number of errors sending alert notifications."
	}
	descs := []Desc{
		{nameDiscovered, "The number of alertmanagers discovered and active.", Gauge, nil},
		{nameDropped, "Total number of alerts dropped due to errors when sending to Alertmanager.", Counter, dropped},
		{nameErrors, errors, Counter, func(s *Series) *Value { return &s.Errors }},
		{nameHistogram, "Latency histogram for sending alert notifications.", Histogram, latency},
		{nameLatency, "Latency quantiles for sending alert notifications.", Summary, latency},
		{nameCapacity, "The capacity of the alert notifications queue.", Gauge, nil},
		{nameQueued, "The number of alert notifications in the queue.", Gauge, queued},
		{nameSent, "Total number of alerts sent.", Counter, func(s *Series) *Value { return &s.Sent }},
	}
	if !r.Histogram {
		descs = slices.DeleteFunc(descs, func(d Desc) bool { return d.Type == Histogram })
	}
	return descs
}

// The names of the notifier's metrics.
const (
	nameDiscovered = "prometheus_notifications_alertmanagers_discovered"
	nameDropped    = "prometheus_notifications_dropped_total"
	nameErrors     = "prometheus_notifications_errors_total"
	nameHistogram  = "prometheus_notifications_latency_histogram_seconds"
	nameLatency    = "prometheus_notifications_latency_seconds"
	nameCapacity   = "prometheus_notifications_queue_capacity"
	nameQueued     = "prometheus_notifications_queue_length"
	nameSent       = "prometheus_notifications_sent_total"
)

// Unlabelled returns the value of a metric without the label alertmanager.
func (c *Core[S]) Unlabelled(d Desc) float64 {
	switch d.Name {
	case nameDiscovered:
		n := 0
		for _, s := range c.sets {
			n += len(s.Active)
		}
		return float64(n)
	case nameCapacity:
		return float64(c.opt.QueueCapacity)
	case nameQueued:
		return float64(c.shared.Queue.Len())
	case nameDropped:
		return c.metrics.Dropped
	}
	panic("notifier: " + d.Name + " has a label")
}
