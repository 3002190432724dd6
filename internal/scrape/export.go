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

// ErrEmpty is the error of writing a Store without samples.
var ErrEmpty = errors.New("the run has no samples; let it last a scrape_interval or longer")

// WriteBlock writes all samples as a block of Prometheus' TSDB into a folder, which it creates if needed, and returns
// the folder of the block. A Prometheus whose --storage.tsdb.path is the folder has the run at times from Start on.
func (s *Store) WriteBlock(dir string) (string, error) {
	list := s.sorted()
	if len(list) == 0 {
		return "", ErrEmpty
	}
	all := make([]storage.Series, len(list))
	for i, se := range list {
		all[i] = se
	}
	// One block has all samples, whatever the length of the run: a writer refuses samples older than half its range.
	return tsdb.CreateBlock(all, dir, 2*(s.last+1), slog.New(slog.DiscardHandler))
}

// sorted returns the series with samples, ordered by their labels.
func (s *Store) sorted() []*Series {
	list := slices.DeleteFunc(slices.Clone(s.series), func(se *Series) bool {
		se.readBlock()
		return len(se.times) == 0
	})
	sort.Slice(list, func(i, j int) bool { return labels.Compare(list[i].labels, list[j].labels) < 0 })
	return list
}
