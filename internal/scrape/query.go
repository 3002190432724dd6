package scrape

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
)

// Parser is the PromQL parser as Prometheus and promtool configure it without feature flags.
var Parser = parser.NewParser(parser.Options{})

// MaxQuerySamples is how many samples one query may hold in memory: Prometheus' default of --query.max-samples.
const MaxQuerySamples = 50_000_000

// queryTimeout limits the real time of a query: Prometheus' default of --query.timeout.
const queryTimeout = 2 * time.Minute

// NewEngine returns Prometheus' query engine with Prometheus' defaults. step is the step of subqueries without one.
func NewEngine(step time.Duration) *promql.Engine {
	return promql.NewEngine(promql.EngineOpts{
		MaxSamples: MaxQuerySamples, Timeout: queryTimeout,
		NoStepSubqueryIntervalFn: func(int64) int64 { return step.Milliseconds() },
		EnableAtModifier:         true, EnableNegativeOffset: true,
		Parser: Parser,
	})
}

// Query evaluates an expression at an instant and returns the samples sorted by labels. A scalar becomes a sample
// without labels. As in promtool, results of other types are errors.
func Query(
	ctx context.Context, e *promql.Engine, from storage.Queryable, expr string, at time.Time,
) (promql.Vector, error) {
	q, err := e.NewInstantQuery(ctx, from, nil, expr, at)
	if err != nil {
		return nil, err
	}
	defer q.Close()
	res := q.Exec(ctx)
	if res.Err != nil {
		return nil, res.Err
	}
	switch v := res.Value.(type) {
	case promql.Vector:
		list := make(promql.Vector, len(v))
		for i, s := range v {
			list[i] = s
			list[i].Metric = s.Metric.Copy()
			if s.H != nil {
				list[i].H = s.H.Copy()
			}
		}
		sort.SliceStable(list, func(i, j int) bool { return labels.Compare(list[i].Metric, list[j].Metric) < 0 })
		return list, nil
	case promql.Scalar:
		return promql.Vector{{T: v.T, F: v.V}}, nil
	case nil:
		return nil, errors.New("the query returned no result; write an expression whose result is a vector or a scalar")
	default:
		return nil, fmt.Errorf("the result is a %s; write an expression whose result is a vector or a scalar", v.Type())
	}
}
