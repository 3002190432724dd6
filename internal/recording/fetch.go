package recording

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/api"
	promapi "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
)

// The limits of a recording. Each is enough for a week of a large server with many alerts.
const (
	MaxRange    = 31 * 24 * time.Hour
	MaxSamples  = 1_000_000
	MaxResponse = 64 << 20 // in bytes
	maxWindow   = time.Hour
	maxPoints   = 10_000 // per query_range; Prometheus itself allows 11,000
	maxRequests = 10_000
)

// Options say what to fetch.
type Options struct {
	// From and To are the ends of the time range, both included, in whole seconds.
	From, To time.Time
	// Step is the interval at which the alerts are queried with query_range. With 0, the stored samples are fetched,
	// one for each evaluation. With a step, a missed evaluation is not seen, because the server looks back for up to
	// five minutes.
	Step time.Duration
	// Timeout is how long one request may take.
	Timeout time.Duration
}

// Validate returns an error that says which option is wrong and what to write, or nil.
func (o Options) Validate() error {
	span := o.To.Sub(o.From)
	switch {
	case span <= 0:
		return errors.New("the recording ends before it begins; write a --to after --from")
	case span > MaxRange:
		return fmt.Errorf("the recording lasts %v, above the limit of %v; write a shorter time range", span, MaxRange)
	case o.Step != 0 && (o.Step < time.Second || o.Step > time.Hour):
		return errors.New("--step is out of range; write 1s to 1h, or leave it out for every evaluation")
	case o.Step != 0 && int64(span/(maxPoints*o.Step)) >= maxRequests:
		return fmt.Errorf("--step %v needs more than %d requests; write a longer --step", o.Step, maxRequests)
	case o.Timeout <= 0 || o.Timeout > time.Hour:
		return errors.New("--timeout is out of range; write a duration up to 1h, such as 30s")
	}
	return nil
}

// A History is the alerts of a server over a time range.
type History struct {
	Series  []*Series // sorted by labels
	Latency []Latency
	From    time.Time
	To      time.Time
}

// A Series is one series of ALERTS or ALERTS_FOR_STATE.
type Series struct {
	Metric  model.Metric
	Samples []model.SamplePair // sorted by time, without duplicates
}

// A Latency is a quantile of the latency of notifications to an Alertmanager, in seconds. It is the largest value in
// the time range.
type Latency struct {
	Alertmanager, Quantile string
	Seconds                float64
}

// Fetch fetches the history from the server at address, such as http://localhost:9090.
func Fetch(ctx context.Context, address string, o Options) (*History, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	client, err := api.NewClient(api.Config{Address: address, RoundTripper: bounded{api.DefaultRoundTripper}})
	if err != nil {
		return nil, err
	}
	f := fetcher{api: promapi.NewAPI(client), o: o, series: map[string]*Series{}}
	window := maxWindow
	if o.Step > 0 {
		window = maxPoints * o.Step
	}
	for from := o.From; from.Before(o.To); from = from.Add(window) {
		to := from.Add(window)
		if to.After(o.To) {
			to = o.To
		}
		for _, metric := range []string{"ALERTS", "ALERTS_FOR_STATE"} {
			if err := f.window(ctx, metric, from, to); err != nil {
				return nil, fmt.Errorf("%s from %s to %s: %w", metric, rfc3339(from), rfc3339(to), err)
			}
		}
	}
	h := &History{From: o.From, To: o.To}
	for _, key := range slices.Sorted(maps.Keys(f.series)) {
		h.Series = append(h.Series, f.series[key])
	}
	if h.Latency, err = f.latency(ctx); err != nil {
		return nil, fmt.Errorf("the latency of notifications: %w", err)
	}
	return h, nil
}

func rfc3339(t time.Time) string { return t.UTC().Format(time.RFC3339) }

type request func(context.Context) (model.Value, promapi.Warnings, promapi.Infos, error)

// A fetcher collects the series of a History.
type fetcher struct {
	api     promapi.API
	o       Options
	series  map[string]*Series
	samples int
}

// ask makes a request with a timeout.
func (f *fetcher) ask(ctx context.Context, request request) (model.Value, error) {
	ctx, cancel := context.WithTimeout(ctx, f.o.Timeout)
	defer cancel()
	v, _, _, err := request(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, fmt.Errorf("no response within %v; write a longer --timeout", f.o.Timeout)
	}
	return v, err
}

// window fetches the series of a metric from one window of the time range.
func (f *fetcher) window(ctx context.Context, metric string, from, to time.Time) error {
	v, err := f.ask(ctx, func(ctx context.Context) (model.Value, promapi.Warnings, promapi.Infos, error) {
		if f.o.Step > 0 {
			return f.api.QueryRange(ctx, metric, promapi.Range{Start: from, End: to, Step: f.o.Step})
		}
		// Prometheus 3 excludes the start of a range, Prometheus 2 includes it. The extra millisecond includes it in
		// both.
		return f.api.Query(ctx, fmt.Sprintf("%s[%dms]", metric, to.Sub(from).Milliseconds()+1), to)
	})
	if err != nil {
		return err
	}
	matrix, ok := v.(model.Matrix)
	if !ok {
		return fmt.Errorf("the result is a %v instead of a matrix; write the URL of a Prometheus server as --prometheus",
			v.Type())
	}
	for _, stream := range matrix {
		key := stream.Metric.String()
		s := f.series[key]
		if s == nil {
			s = &Series{Metric: stream.Metric}
			f.series[key] = s
		}
		for _, p := range stream.Values {
			if n := len(s.Samples); n > 0 && p.Timestamp <= s.Samples[n-1].Timestamp {
				continue // the previous window included it too
			}
			if f.samples++; f.samples > MaxSamples {
				return fmt.Errorf("there are more samples than the limit of %d; write a shorter time range, or a --step",
					MaxSamples)
			}
			s.Samples = append(s.Samples, p)
		}
	}
	return nil
}

// latency fetches the quantiles of the latency. Servers that store it as a native histogram only have none.
func (f *fetcher) latency(ctx context.Context) ([]Latency, error) {
	expr := fmt.Sprintf(`max_over_time(prometheus_notifications_latency_seconds{quantile!=""}[%dms])`,
		f.o.To.Sub(f.o.From).Milliseconds()+1)
	v, err := f.ask(ctx, func(ctx context.Context) (model.Value, promapi.Warnings, promapi.Infos, error) {
		return f.api.Query(ctx, expr, f.o.To)
	})
	if err != nil {
		return nil, err
	}
	vector, _ := v.(model.Vector)
	slices.SortFunc(vector, func(a, b *model.Sample) int { return strings.Compare(a.Metric.String(), b.Metric.String()) })
	var list []Latency
	for _, s := range vector {
		if x := float64(s.Value); x == x { // it is NaN if nothing was sent
			list = append(list, Latency{string(s.Metric["alertmanager"]), string(s.Metric["quantile"]), x})
		}
	}
	return list, nil
}

// bounded limits the length of each response to MaxResponse.
type bounded struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := b.RoundTripper.RoundTrip(req)
	if err == nil {
		resp.Body = &boundedBody{resp.Body, MaxResponse}
	}
	return resp, err
}

type boundedBody struct {
	io.ReadCloser
	left int64
}

func (b *boundedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n, fmt.Errorf("the response is longer than the limit of %d MiB; write a shorter time range, or a --step",
			MaxResponse>>20)
	}
	return n, err
}
