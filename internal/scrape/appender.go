package scrape

import (
	"context"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
)

// Appender implements storage.Appendable, for rules. Samples can be queried as soon as they are appended.
func (s *Store) Appender(context.Context) storage.Appender { return appender{store: s} }

// An appender stores what rules append. The methods that rules do not call are missing.
type appender struct {
	storage.Appender
	store *Store
}

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
