package scrape

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sort"
	"strconv"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
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

// WriteOpenMetrics writes all samples as OpenMetrics text, of unknown type, with their times in seconds. It leaves out
// what the format does not have: the ends of series and native histograms.
func (s *Store) WriteOpenMetrics(w io.Writer) error {
	out := bufio.NewWriter(w)
	for _, se := range s.sorted() {
		name := se.labels.Get(model.MetricNameLabel)
		rest := labels.NewBuilder(se.labels).Del(model.MetricNameLabel).Labels()
		text := name + OpenMetricsLabels(rest)
		for i, at := range se.times {
			if v := se.values[i]; !value.IsStaleNaN(v) && se.histogram(i) == nil {
				seconds := strconv.FormatFloat(float64(at)/1000, 'f', -1, 64)
				fmt.Fprintf(out, "%s %s %s\n", text, labels.FormatOpenMetricsFloat(v), seconds)
			}
		}
	}
	out.WriteString("# EOF\n")
	return out.Flush()
}

// OpenMetricsLabels formats labels as OpenMetrics does, with names in quotes that the old syntax does not allow; "" for
// none.
func OpenMetricsLabels(ls labels.Labels) string {
	if ls.IsEmpty() {
		return ""
	}
	b := []byte{'{'}
	ls.Range(func(l labels.Label) {
		if len(b) > 1 {
			b = append(b, ',')
		}
		if model.LegacyValidation.IsValidLabelName(l.Name) {
			b = append(b, l.Name...)
		} else {
			b = appendQuoted(b, l.Name)
		}
		b = appendQuoted(append(b, '='), l.Value)
	})
	return string(append(b, '}'))
}

func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	for _, c := range []byte(s) {
		switch c {
		case '\\', '"':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
