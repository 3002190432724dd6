package scrape

import (
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
)

// A Sample is one line of an exposition: a metric and its value.
type Sample struct {
	Name string
	// Labels are at most two. An unused one has no name.
	Labels [2]Label
	Value  float64
}

// A Label is a name and a value.
type Label struct{ Name, Value string }

// A Target is scraped under a job and an instance.
type Target struct {
	store         *Store
	job, instance string
	up            *Series
	series        map[Sample]*scraped // by the sample with no value
	lastScrape    []exposed           // samples in their order, which the next scrape nearly always repeats
	live          []*scraped          // series that have not ended
	scrapes       int
	block         *columnBlock // of scrapes in the order of lastScrape, nil if there is none
	lastTime      int64        // of the last scrape, since 1970
}

// An exposed sample is one of an exposition.
type exposed struct {
	Sample
	series *scraped
}

// A scraped series is one of a target.
type scraped struct {
	*Series
	scrape int // the last one that had it; 0 if it has ended
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

// Scrape stores the samples of a scrape. Series that the target exposed before and no longer does end.
func (t *Target) Scrape(at int64, samples []Sample) error {
	t.scrapes++
	t.lastScrape = t.lastScrape[:min(len(t.lastScrape), len(samples))]
	for i := range samples {
		se := t.seriesAt(i, &samples[i])
		if se.scrape == 0 {
			t.live = append(t.live, se)
		}
		se.scrape = t.scrapes
		if se.input {
			continue
		}
		if err := se.Append(at, samples[i].Value); err != nil {
			return err
		}
	}
	if err := t.finish(at, 1); err != nil {
		return err
	}
	t.openBlock()
	return nil
}

// ScrapeAgain is Scrape of samples with the names and labels of the last scrape, and these values.
func (t *Target) ScrapeAgain(at int64, values []float64) error {
	if t.appendRow(at, values) {
		return nil
	}
	samples := make([]Sample, len(values))
	for i, v := range values {
		samples[i] = t.lastScrape[i].Sample
		samples[i].Value = v
	}
	return t.Scrape(at, samples)
}

// seriesAt returns the series of the i-th sample of a scrape.
func (t *Target) seriesAt(i int, s *Sample) *scraped {
	if i < len(t.lastScrape) && t.lastScrape[i].sameSeries(s) {
		return t.lastScrape[i].series
	}
	key := Sample{Name: s.Name, Labels: s.Labels}
	se := t.series[key]
	if se == nil {
		se = &scraped{Series: t.store.Series(t.labels(key))}
		t.series[key] = se
	}
	t.lastScrape = append(t.lastScrape[:i], exposed{key, se})
	return se
}

// sameSeries reports whether s and o are of one series.
func (s *Sample) sameSeries(o *Sample) bool { return s.Name == o.Name && s.Labels == o.Labels }

// Fail records that a scrape failed: up is 0, and all series of the target end.
func (t *Target) Fail(at int64) error {
	t.scrapes++
	return t.finish(at, 0)
}

// finish ends the series that the scrape did not have, and stores up.
func (t *Target) finish(at int64, up float64) error {
	t.lastTime = t.store.Start + at
	live := t.live[:0]
	for _, se := range t.live {
		if se.scrape == t.scrapes {
			live = append(live, se)
			continue
		}
		se.scrape = 0
		if se.input {
			continue
		}
		if err := se.End(at); err != nil {
			return err
		}
	}
	clear(t.live[len(live):])
	t.live = live
	if t.up.input {
		return nil
	}
	return t.up.Append(at, up)
}
