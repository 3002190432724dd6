package scrape

import (
	"context"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
)

// Appender implements storage.Appendable, for the evaluation of rules. Samples can be queried as soon as they are
// appended.
func (s *Store) Appender(context.Context) storage.Appender { return appender{store: s} }

// An appender stores the samples that rules append. It always returns the reference 0, so that rules pass none. Methods
// that rules do not call are not implemented.
type appender struct {
	storage.Appender
	store *Store
}

func (a appender) Append(_ storage.SeriesRef, ls labels.Labels, t int64, v float64) (storage.SeriesRef, error) {
	return 0, a.store.Series(ls).append(t, v, nil)
}

func (a appender) AppendHistogram(
	_ storage.SeriesRef, ls labels.Labels, t int64, h *histogram.Histogram, fh *histogram.FloatHistogram,
) (storage.SeriesRef, error) {
	if fh == nil {
		fh = h.ToFloat(nil)
	}
	return 0, a.store.Series(ls).append(t, 0, fh)
}

func (appender) Commit() error                     { return nil }
func (appender) Rollback() error                   { return nil }
func (appender) SetOptions(*storage.AppendOptions) {}
