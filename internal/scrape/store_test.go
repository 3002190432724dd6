package scrape_test

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/storage"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/internal/scrape"
)

// Prometheus' own conformance tests of PromQL pass on a Store, except for those of start timestamps, which a Store does
// not have. The tests need a complete storage. Queries use only the methods of it that a Store implements.
func TestPromQLConformance(t *testing.T) {
	p := parser.NewParser(parser.Options{
		EnableExperimentalFunctions: true, EnableBinopFillModifiers: true, EnableUnquotedUTF8Names: true,
	})
	engine := promqltest.NewTestEngineWithOpts(t, promql.EngineOpts{
		MaxSamples: 100_000, Timeout: time.Minute, Parser: p,
		EnableAtModifier: true, EnableNegativeOffset: true, EnablePerStepStats: true, EnableDelayedNameRemoval: true,
		NoStepSubqueryIntervalFn: func(int64) int64 { return time.Minute.Milliseconds() },
	})
	newStorage := func(testing.TB) storage.Storage { return wholeStorage{Store: &scrape.Store{}} }
	promqltest.RunBuiltinTestsWithStorage(withoutStartTimestamps{t}, engine, newStorage)
}

type withoutStartTimestamps struct{ *testing.T }

func (t withoutStartTimestamps) Run(name string, f func(*testing.T)) bool {
	return strings.HasSuffix(name, "start_timestamps.test") || t.T.Run(name, f)
}

// A wholeStorage makes a complete storage.Storage of a Store.
type wholeStorage struct {
	*scrape.Store
	storage.Appendable
	storage.ChunkQueryable
}

func (w wholeStorage) StartTime() (int64, error) { return 0, nil }
func (w wholeStorage) Close() error              { return nil }

// A series ends as soon as its target no longer exposes it. A failed scrape ends all series of the target and sets up
// to 0.
func TestTargetStaleness(t *testing.T) {
	store := &scrape.Store{}
	target := store.Target("j", "i")
	a := scrape.Sample{Name: "a", Value: 1}
	b := scrape.Sample{Name: "b", Labels: [2]scrape.Label{{Name: "x", Value: "y"}}, Value: 2}
	require.NoError(t, target.Scrape(0, []scrape.Sample{a, b}))
	require.NoError(t, target.Scrape(15_000, []scrape.Sample{a}))
	require.NoError(t, target.Fail(30_000))
	require.NoError(t, target.Fail(45_000))
	require.NoError(t, target.Scrape(60_000, []scrape.Sample{b}))

	engine := scrape.NewEngine(time.Minute)
	ask := func(expr string, at int64) string {
		v, err := scrape.Query(t.Context(), engine, store, expr, time.UnixMilli(at))
		require.NoError(t, err)
		return v.String()
	}
	for _, row := range []struct {
		expr string
		at   int64
		want string
	}{
		{"a", 14_999, `{__name__="a", instance="i", job="j"} => 1 @[14999]`},
		{"b", 14_999, `{__name__="b", instance="i", job="j", x="y"} => 2 @[14999]`},
		{"a", 29_999, `{__name__="a", instance="i", job="j"} => 1 @[29999]`},
		{"b", 15_000, ""},
		{"a", 30_000, ""},
		{"a or b", 59_999, ""},
		{"up", 29_999, `{__name__="up", instance="i", job="j"} => 1 @[29999]`},
		{"up", 45_000, `{__name__="up", instance="i", job="j"} => 0 @[45000]`},
		{"a or b", 60_000, `{__name__="b", instance="i", job="j", x="y"} => 2 @[60000]`},
		{"count_over_time(up[2m])", 60_000, `{instance="i", job="j"} => 5 @[60000]`},
		{"scalar(up)", 60_000, `{} => 1 @[60000]`},
	} {
		require.Equal(t, row.want, ask(row.expr, row.at), "%s at %d", row.expr, row.at)
	}
	_, err := scrape.Query(t.Context(), engine, store, "up[5m]", time.UnixMilli(0))
	require.ErrorContains(t, err, "the result is a matrix; write")
	_, err = scrape.Query(t.Context(), engine, store, "up + on (x) group_left up", time.UnixMilli(0))
	require.NoError(t, err)
}

func TestSamplesGoForward(t *testing.T) {
	se := (&scrape.Store{}).Series(labels.FromStrings("__name__", "a"))
	require.NoError(t, se.Append(10, 1))
	require.NoError(t, se.Append(10, 1), "appending the same sample again changes nothing")
	require.ErrorIs(t, se.Append(10, 2), storage.ErrDuplicateSampleForTimestamp)
	require.ErrorIs(t, se.Append(9, 1), storage.ErrOutOfOrderSample)
}
