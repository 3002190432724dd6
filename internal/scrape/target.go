package scrape

import (
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
)

// A Sample is one line of an exposition: a metric and what it is at that moment.
type Sample struct {
	Name string
	// Labels are at most two; unused ones have no name.
	Labels [2]Label
	Value  float64
}

// A Label is a name and a value.
type Label struct{ Name, Value string }

// A Target is what is scraped under a job and an instance.
type Target struct {
	store         *Store
	job, instance string
	up            *Series
	series        map[Sample]*scraped // by the sample with no value
	order         []shown             // what the last scrape showed, which the next nearly always shows again
	live          []*scraped
	scrapes       int
	sheet         *sheet // of scrapes since the order is as it is, nil if there is none
	scraped       int64  // when it last was, since 1970
}

// A shown sample has a place in an exposition.
type shown struct {
	Sample
	series *scraped
}

type scraped struct {
	*Series
	scrape int // that saw it last
}

// Target returns a target whose series are kept in s.
func (s *Store) Target(job, instance string) *Target {
	t := &Target{store: s, job: job, instance: instance, series: map[Sample]*scraped{}}
	t.up = s.Series(t.labels(Sample{Name: "up"}))
	return t
}

func (t *Target) labels(of Sample) labels.Labels {
	pairs := []string{model.MetricNameLabel, of.Name, model.JobLabel, t.job, model.InstanceLabel, t.instance}
	for _, l := range of.Labels {
		if l.Name != "" {
			pairs = append(pairs, l.Name, l.Value)
		}
	}
	return labels.FromStrings(pairs...)
}

// Scrape stores what the target shows at a time; what it showed before and does not any more is over.
func (t *Target) Scrape(at int64, samples []Sample) error {
	t.scrapes++
	t.order = t.order[:min(len(t.order), len(samples))]
	for i := range samples {
		se := t.at(i, &samples[i])
		if se.scrape == 0 {
			t.live = append(t.live, se)
		}
		se.scrape = t.scrapes
		if se.given {
			continue
		}
		if err := se.Append(at, samples[i].Value); err != nil {
			return err
		}
	}
	if err := t.finish(at, 1); err != nil {
		return err
	}
	t.open()
	return nil
}

// ScrapeAgain is Scrape of samples that have the names and labels of the last ones, with these values.
func (t *Target) ScrapeAgain(at int64, values []float64) error {
	if t.again(at, values) {
		return nil
	}
	samples := make([]Sample, len(values))
	for i, v := range values {
		samples[i] = t.order[i].Sample
		samples[i].Value = v
	}
	return t.Scrape(at, samples)
}

// at returns the series of the i-th sample of a scrape.
func (t *Target) at(i int, s *Sample) *scraped {
	if i < len(t.order) && t.order[i].is(s) {
		return t.order[i].series
	}
	key := Sample{Name: s.Name, Labels: s.Labels}
	se := t.series[key]
	if se == nil {
		se = &scraped{Series: t.store.Series(t.labels(key))}
		t.series[key] = se
	}
	t.order = append(t.order[:i], shown{key, se})
	return se
}

// is reports whether s and o are of one series.
func (s *Sample) is(o *Sample) bool { return s.Name == o.Name && s.Labels == o.Labels }

// Fail notes that a scrape failed: the target is down, and all that it showed is over.
func (t *Target) Fail(at int64) error {
	t.scrapes++
	return t.finish(at, 0)
}

func (t *Target) finish(at int64, up float64) error {
	t.scraped = t.store.Start + at
	live := t.live[:0]
	for _, se := range t.live {
		if se.scrape == t.scrapes {
			live = append(live, se)
			continue
		}
		se.scrape = 0
		if se.given {
			continue
		}
		if err := se.End(at); err != nil {
			return err
		}
	}
	clear(t.live[len(live):])
	t.live = live
	if t.up.given {
		return nil
	}
	return t.up.Append(at, up)
}
