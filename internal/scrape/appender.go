package scrape

import (
	"context"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
)

// AppenderV2 implements storage.AppendableV2, for the evaluation of rules. Samples can be queried as soon as they are
// appended.
func (s *Store) AppenderV2(context.Context) storage.AppenderV2 { return appender{s} }

// An appender stores the samples that rules append.
type appender struct{ store *Store }

// Append stores a sample. It always returns the reference 0, so that rules pass none.
func (a appender) Append(
	_ storage.SeriesRef, ls labels.Labels, _, t int64, v float64,
	h *histogram.Histogram, fh *histogram.FloatHistogram, _ storage.AppendV2Options,
) (storage.SeriesRef, error) {
	if fh == nil && h != nil {
		fh = h.ToFloat(nil)
	}
	return 0, a.store.Series(ls).append(t, v, fh)
}

func (appender) Commit() error   { return nil }
func (appender) Rollback() error { return nil }
