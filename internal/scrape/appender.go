package scrape

import (
	"context"

	"github.com/prometheus/prometheus/model/exemplar"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/metadata"
	"github.com/prometheus/prometheus/storage"
)

// Appender implements storage.Appendable, for rules. Samples can be queried as soon as they are appended.
func (s *Store) Appender(context.Context) storage.Appender { return appender{s} }

type appender struct{ store *Store }

func (a appender) Append(ref storage.SeriesRef, ls labels.Labels, t int64, v float64) (storage.SeriesRef, error) {
	return a.add(ref, ls, t, v, nil)
}

func (a appender) AppendHistogram(
	ref storage.SeriesRef, ls labels.Labels, t int64, h *histogram.Histogram, fh *histogram.FloatHistogram,
) (storage.SeriesRef, error) {
	if fh == nil {
		fh = h.ToFloat(nil)
	}
	return a.add(ref, ls, t, 0, fh)
}

func (a appender) add(
	ref storage.SeriesRef, ls labels.Labels, t int64, v float64, h *histogram.FloatHistogram,
) (storage.SeriesRef, error) {
	var se *Series
	if i := int(ref) - 1; i >= 0 && i < len(a.store.series) {
		se = a.store.series[i]
	} else {
		se = a.store.Series(ls)
	}
	return se.ref, se.append(t, v, h)
}

func (appender) Commit() error                     { return nil }
func (appender) Rollback() error                   { return nil }
func (appender) SetOptions(*storage.AppendOptions) {}

// Rules do not append the following, which are not stored.

func (appender) AppendExemplar(ref storage.SeriesRef, _ labels.Labels, _ exemplar.Exemplar) (storage.SeriesRef, error) {
	return ref, nil
}

func (appender) AppendHistogramSTZeroSample(
	ref storage.SeriesRef, _ labels.Labels, _, _ int64, _ *histogram.Histogram, _ *histogram.FloatHistogram,
) (storage.SeriesRef, error) {
	return ref, nil
}

func (appender) UpdateMetadata(ref storage.SeriesRef, _ labels.Labels, _ metadata.Metadata) (storage.SeriesRef, error) {
	return ref, nil
}

func (appender) AppendSTZeroSample(ref storage.SeriesRef, _ labels.Labels, _, _ int64) (storage.SeriesRef, error) {
	return ref, nil
}
