package scrape

import (
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
)

// A Sample is one line of a scraped exposition: a metric and its value.
type Sample struct {
	Name string
	// Labels are up to two labels. A label that is not used has no name.
	Labels [2]Label
	Value  float64
}

// A Label is a name and a value.
type Label struct{ Name, Value string }

// A Target holds the series that are scraped from one target, which the labels job and instance name.
type Target struct {
	store         *Store
	job, instance string
	up            *Series
	series        map[Sample]*scraped // the key is a Sample whose Value is 0
	lastScrape    []exposed           // samples of the last scrape in order; the next scrape nearly always has the same
	live          []*scraped          // the series that have not ended
	scrapes       int
	block         *columnBlock // the block for scrapes that have the samples of lastScrape; may be nil
	lastTime      int64        // time of the last scrape in milliseconds since 1970
}

// An exposed is a sample of the last scrape, with its series.
type exposed struct {
	Sample
	series *scraped
}

// A scraped is a series of a target.
type scraped struct {
	*Series
	scrape int // number of the last scrape that had it; 0 if it has ended
}

// Target returns a target whose series are stored in s.
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

// Scrape stores the samples of a scrape at the time at. Series of the target that are not among them end.
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

// ScrapeAgain is Scrape for samples with the names and labels of the last scrape, and with these values.
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

// seriesAt returns the series of the sample at index i of a scrape.
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

// sameSeries reports whether s and o belong to the same series.
func (s *Sample) sameSeries(o *Sample) bool { return s.Name == o.Name && s.Labels == o.Labels }

// Fail records a failed scrape: up is 0, and all series of the target end.
func (t *Target) Fail(at int64) error {
	t.scrapes++
	return t.finish(at, 0)
}

// finish ends the series that were not in the scrape, and stores the value of up.
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
