package scrape

import (
	"errors"
	"log/slog"
	"slices"
	"sort"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
)

// ErrEmpty is the error for writing a Store without samples.
var ErrEmpty = errors.New("the run has no samples; let it last at least one `scrape_interval`")

// WriteBlock writes all samples as a block of Prometheus' TSDB into the directory dir, which it creates if necessary,
// and returns the directory of the block. A Prometheus with --storage.tsdb.path=dir shows the run at times from Start
// on.
func (s *Store) WriteBlock(dir string) (string, error) {
	list := s.sorted()
	if len(list) == 0 {
		return "", ErrEmpty
	}
	all := make([]storage.Series, len(list))
	for i, se := range list {
		all[i] = se
	}
	// All samples go into one block, however long the run is: with a shorter range, the writer would reject samples
	// older than half of it.
	return tsdb.CreateBlock(all, dir, 2*(s.last+1), slog.New(slog.DiscardHandler))
}

// sorted returns the series that have samples, sorted by labels.
func (s *Store) sorted() []*Series {
	list := slices.DeleteFunc(slices.Clone(s.series), func(se *Series) bool {
		se.readBlock()
		return len(se.times) == 0
	})
	sort.Slice(list, func(i, j int) bool { return labels.Compare(list[i].labels, list[j].labels) < 0 })
	return list
}
