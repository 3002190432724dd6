package scrape

import (
	"slices"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// millis is a time in milliseconds. If Seek took an int64, go vet would report it as a wrong implementation of
// io.Seeker.
type millis = int64

// Labels implements storage.Series.
func (se *Series) Labels() labels.Labels { return se.labels }

// Iterator implements storage.Series.
func (se *Series) Iterator(old chunkenc.Iterator) chunkenc.Iterator {
	se.readBlock()
	if it, ok := old.(*iterator); ok {
		*it = iterator{series: se, at: -1}
		return it
	}
	return &iterator{series: se, at: -1}
}

// An iterator implements chunkenc.Iterator.
type iterator struct {
	series *Series
	at     int
}

func (it *iterator) kind() chunkenc.ValueType {
	switch {
	case it.at >= len(it.series.times):
		return chunkenc.ValNone
	case it.series.histogram(it.at) != nil:
		return chunkenc.ValFloatHistogram
	}
	return chunkenc.ValFloat
}

func (it *iterator) Next() chunkenc.ValueType {
	it.at = min(it.at+1, len(it.series.times))
	return it.kind()
}

func (it *iterator) Seek(t millis) chunkenc.ValueType {
	from := max(it.at, 0)
	i, _ := slices.BinarySearch(it.series.times[from:], t)
	it.at = from + i
	return it.kind()
}

func (it *iterator) At() (int64, float64) { return it.series.times[it.at], it.series.values[it.at] }

// AtHistogram is never called, because there are no integer histograms.
func (it *iterator) AtHistogram(*histogram.Histogram) (int64, *histogram.Histogram) {
	panic("scrape: all histograms are of floats")
}

func (it *iterator) AtFloatHistogram(into *histogram.FloatHistogram) (int64, *histogram.FloatHistogram) {
	h := it.series.histograms[it.at]
	if into == nil {
		return it.series.times[it.at], h.Copy()
	}
	h.CopyTo(into)
	return it.series.times[it.at], into
}

func (it *iterator) AtT() int64  { return it.series.times[it.at] }
func (it *iterator) AtST() int64 { return 0 }
func (it *iterator) Err() error  { return nil }
