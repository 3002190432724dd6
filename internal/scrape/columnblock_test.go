package scrape_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/notifysim/notifysim/internal/scrape"
)

// Every series has exactly the samples that were scraped, whether scrapes repeat or not, and whatever is read or
// appended in between.
func TestScrapesAreKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		store := &scrape.Store{Start: 1000}
		target := store.Target("j", "i")
		want := map[string][]string{}
		note := func(name string, at int64, v float64) { want[name] = append(want[name], spell(at, v)) }
		input, live, last := map[string]bool{}, map[string]bool{}, []string(nil)
		series := func(name string) *scrape.Series {
			return store.Series(labels.FromStrings(model.MetricNameLabel, name, "job", "j", "instance", "i"))
		}
		compare := func() {
			names := []string{"up", "a", "b", "c", "d"}
			for _, name := range names[:rapid.IntRange(0, len(names)).Draw(t, "read")] {
				require.Equal(t, want[name], samples(series(name)), name)
			}
		}
		var at int64
		previous := []string{"nothing yet"}
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			at += 10
			end := func(seen map[string]bool) {
				for name := range live {
					if !seen[name] && !input[name] {
						note(name, at, math.Float64frombits(value.StaleNaN))
					}
				}
				live = seen
			}
			v := float64(rapid.IntRange(0, 3).Draw(t, "value"))
			switch what := rapid.IntRange(0, 99).Draw(t, "what"); {
			case what < 5:
				require.NoError(t, target.Fail(at))
				end(map[string]bool{})
				note("up", at, 0)
			case what < 8:
				name := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "input")
				series(name).MarkInput()
				input[name] = true
			case what < 12:
				require.NoError(t, series("c").Append(at, 7))
				note("c", at, 7)
			case what < 20:
				compare()
			default:
				if what < 30 || last == nil {
					orders := [][]string{{}, {"a"}, {"a", "b"}, {"b", "a"}, {"a", "b", "c"}, {"a", "b", "d"}}
					last = rapid.SampledFrom(orders).Draw(t, "exposes")
				}
				var list []scrape.Sample
				var values []float64
				seen := map[string]bool{}
				for i, name := range last {
					value := v + float64(i)
					list, values = append(list, scrape.Sample{Name: name, Value: value}), append(values, value)
					if seen[name] = true; !input[name] {
						note(name, at, value)
					}
				}
				if what >= 40 && slices.Equal(previous, last) {
					require.NoError(t, target.ScrapeAgain(at, values))
				} else {
					require.NoError(t, target.Scrape(at, list))
				}
				previous = last
				end(seen)
				note("up", at, 1)
			}
		}
		for _, name := range []string{"up", "a", "b", "c", "d"} {
			require.Equal(t, want[name], samples(series(name)), name)
		}
		require.NoError(t, target.Scrape(at+10, []scrape.Sample{{Name: "d", Value: 1}}))
		require.NoError(t, target.ScrapeAgain(at+20, []float64{1}))
		require.Error(t, target.ScrapeAgain(at+10, []float64{1}), "time must not go back")
	})
}

func spell(at int64, v float64) string { return fmt.Sprintf("%d:%x", at+1000, math.Float64bits(v)) }

func samples(se *scrape.Series) (list []string) {
	it := se.Iterator(nil)
	for it.Next() != chunkenc.ValNone {
		at, v := it.At()
		list = append(list, spell(at-1000, v))
	}
	return list
}
