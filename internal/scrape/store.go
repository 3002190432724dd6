package scrape

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sort"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"
)

// MaxSamples is the largest number of samples in a Store. A sample takes 16 bytes.
const MaxSamples = 20_000_000

// A Store keeps series in memory. It implements storage.Queryable and storage.AppendableV2. The zero value is empty and
// ready to use. Several goroutines must not use a Store at the same time.
type Store struct {
	series  []*Series // in the order of creation
	byHash  map[uint64][]*Series
	byName  map[string][]*Series
	samples int
	last    int64
	// Start is the start of the run in milliseconds since 1970. Samples are stored with times since 1970.
	Start int64
}

// A Series is the samples with one label set, oldest first.
type Series struct {
	store  *Store
	labels labels.Labels
	input  bool // set by MarkInput
	times  []int64
	values []float64
	// histograms has the histogram of each sample, or nil for a sample that is a float. If all are floats, histograms
	// is nil.
	histograms []*histogram.FloatHistogram

	// block has the samples after these, in one of its columns. rows is the number of its rows that have been copied
	// here.
	block        *columnBlock
	column, rows int
}

// Series returns the series with a label set, and creates it if necessary.
func (s *Store) Series(ls labels.Labels) *Series {
	h := ls.Hash()
	for _, se := range s.byHash[h] {
		if labels.Equal(se.labels, ls) {
			return se
		}
	}
	if s.byHash == nil {
		s.byHash, s.byName = map[uint64][]*Series{}, map[string][]*Series{}
	}
	se := &Series{store: s, labels: ls}
	s.series = append(s.series, se)
	s.byHash[h] = append(s.byHash[h], se)
	name := ls.Get(model.MetricNameLabel)
	s.byName[name] = append(s.byName[name], se)
	return se
}

// Append adds a sample at the time at in milliseconds since the start of the run. The time must be later than that of
// the last sample.
func (se *Series) Append(at int64, v float64) error { return se.append(se.store.Start+at, v, nil) }

// Last returns the time of the last sample in milliseconds since the start of the run, or 0 without samples.
func (s *Store) Last() int64 { return max(0, s.last-s.Start) }

// At returns the instant at the time d since the start of the run.
func (s *Store) At(d time.Duration) time.Time { return time.UnixMilli(s.Start).Add(d).UTC() }

// End ends the series with Prometheus' staleness marker, so that later queries do not find it.
func (se *Series) End(at int64) error { return se.append(se.store.Start+at, stale, nil) }

var stale = math.Float64frombits(value.StaleNaN)

// MarkInput marks a series that is supplied by input_series. Scraped samples with its labels are then discarded.
func (se *Series) MarkInput() {
	se.leaveBlock()
	se.input = true
}

// AppendAny adds a sample, which is the histogram h or, if h is nil, the value v.
func (se *Series) AppendAny(at int64, v float64, h *histogram.FloatHistogram) error {
	return se.append(se.store.Start+at, v, h)
}

// append adds a sample at a time in milliseconds since 1970.
func (se *Series) append(at int64, v float64, h *histogram.FloatHistogram) error {
	se.leaveBlock()
	if n := len(se.times); n > 0 && at <= se.times[n-1] {
		if at < se.times[n-1] {
			return fmt.Errorf("%s at %dms: %w", se.labels, at, storage.ErrOutOfOrderSample)
		}
		if h == nil && se.histogram(n-1) == nil && math.Float64bits(v) == math.Float64bits(se.values[n-1]) {
			return nil
		}
		return fmt.Errorf("%s at %dms: %w", se.labels, at, storage.ErrDuplicateSampleForTimestamp)
	}
	if se.store.samples >= MaxSamples {
		return ErrFull
	}
	se.store.samples++
	se.store.last = max(se.store.last, at)
	se.times, se.values = append(se.times, at), append(se.values, v)
	if h != nil && se.histograms == nil {
		se.histograms = make([]*histogram.FloatHistogram, len(se.times)-1)
	}
	if se.histograms != nil {
		se.histograms = append(se.histograms, se.hinted(h))
	}
	return nil
}

// hinted returns h with the counter reset hint that Prometheus' storage would give it.
func (se *Series) hinted(h *histogram.FloatHistogram) *histogram.FloatHistogram {
	n := len(se.histograms)
	if h == nil || h.CounterResetHint != histogram.UnknownCounterReset || h.UsesCustomBuckets() {
		return h
	}
	if n == 0 || se.histograms[n-1] == nil {
		return h
	}
	if last := se.histograms[n-1]; !h.DetectReset(last) {
		h = h.Copy()
		h.CounterResetHint = histogram.NotCounterReset
	}
	return h
}

// ErrFull is the error for a sample that exceeds MaxSamples.
var ErrFull = fmt.Errorf("the run has more than %d samples, which is the limit; write a longer `scrape_interval` or "+
	"`evaluation_interval`, or a shorter `duration`", MaxSamples)

func (se *Series) histogram(i int) *histogram.FloatHistogram {
	if se.histograms == nil {
		return nil
	}
	return se.histograms[i]
}

// between returns the samples of the series from mint to maxt, both included.
func (se *Series) between(mint, maxt int64) *Series {
	se.readBlock()
	from, _ := slices.BinarySearch(se.times, mint)
	to, found := slices.BinarySearch(se.times, maxt)
	if found {
		to++
	}
	to = max(from, to)
	part := &Series{labels: se.labels, times: se.times[from:to], values: se.values[from:to]}
	if se.histograms != nil {
		part.histograms = se.histograms[from:to]
	}
	return part
}

// Querier implements storage.Queryable.
func (s *Store) Querier(mint, maxt int64) (storage.Querier, error) {
	return &querier{s, mint, maxt}, nil
}

type querier struct {
	store      *Store
	mint, maxt int64
}

// Select implements storage.Querier.
func (q *querier) Select(
	_ context.Context, sorted bool, hints *storage.SelectHints, matchers ...*labels.Matcher,
) storage.SeriesSet {
	mint, maxt := q.mint, q.maxt
	if hints != nil {
		mint, maxt = max(mint, hints.Start), min(maxt, hints.End)
	}
	candidates := q.store.series
	for _, m := range matchers {
		if m.Type == labels.MatchEqual && m.Name == model.MetricNameLabel {
			candidates = q.store.byName[m.Value]
		}
	}
	set := &seriesSet{}
	for _, se := range candidates {
		if labels.Selector(matchers).Matches(se.labels) {
			if part := se.between(mint, maxt); len(part.times) > 0 {
				set.list = append(set.list, part)
			}
		}
	}
	if sorted {
		sort.Slice(set.list, func(i, j int) bool { return labels.Compare(set.list[i].labels, set.list[j].labels) < 0 })
	}
	return set
}

// LabelValues implements storage.Querier.
func (q *querier) LabelValues(
	_ context.Context, name string, _ *storage.LabelHints, matchers ...*labels.Matcher,
) ([]string, annotations.Annotations, error) {
	return q.collect(matchers, func(add func(string), ls labels.Labels) {
		if v := ls.Get(name); v != "" {
			add(v)
		}
	}), nil, nil
}

// LabelNames implements storage.Querier.
func (q *querier) LabelNames(
	_ context.Context, _ *storage.LabelHints, matchers ...*labels.Matcher,
) ([]string, annotations.Annotations, error) {
	return q.collect(matchers, func(add func(string), ls labels.Labels) {
		ls.Range(func(l labels.Label) { add(l.Name) })
	}), nil, nil
}

// collect calls each for every series that matches. It returns the strings passed to add, sorted and without
// duplicates.
func (q *querier) collect(matchers []*labels.Matcher, each func(add func(string), ls labels.Labels)) []string {
	var list []string
	for _, se := range q.store.series {
		if labels.Selector(matchers).Matches(se.labels) {
			each(func(s string) { list = append(list, s) }, se.labels)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Close implements storage.Querier.
func (q *querier) Close() error { return nil }

// A seriesSet implements storage.SeriesSet.
type seriesSet struct {
	list []*Series
	next int
}

func (s *seriesSet) Next() bool                        { s.next++; return s.next <= len(s.list) }
func (s *seriesSet) At() storage.Series                { return s.list[s.next-1] }
func (s *seriesSet) Err() error                        { return nil }
func (s *seriesSet) Warnings() annotations.Annotations { return nil }
