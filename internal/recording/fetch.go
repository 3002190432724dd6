// Package recording fetches the alerts of a real Prometheus server through its HTTP API and writes them as a scenario's
// recording, as OpenMetrics text.
//
// It only reads: it sends no alert and changes nothing on the server. A request that fails or a limit that is exceeded
// is an error, never a shorter recording.
//
// The package is internal to this module: it promises nothing to others.
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

// The limits of a recording, each with room for a large server's worst week.
const (
	MaxSpan     = 31 * 24 * time.Hour
	MaxSamples  = 1_000_000
	MaxAnswer   = 64 << 20 // bytes of an answer
	maxWindow   = time.Hour
	maxPoints   = 10_000 // of a query_range; Prometheus' own limit is 11,000
	maxRequests = 10_000
)

// Options say what to fetch.
type Options struct {
	// From and To are the span, both included; seconds count.
	From, To time.Time
	// Step asks for the alerts at this step, with query_range; 0 asks for the samples themselves, one an evaluation. At
	// a step a missed evaluation does not show: the server looks back for up to five minutes.
	Step time.Duration
	// Timeout is that of one request.
	Timeout time.Duration
}

// Validate reports what is wrong with the options, and what to write.
func (o Options) Validate() error {
	span := o.To.Sub(o.From)
	switch {
	case span <= 0:
		return errors.New("the recording ends before it begins; write a --to after --from")
	case span > MaxSpan:
		return fmt.Errorf("the recording lasts %v, above the limit of %v; write a shorter one", span, MaxSpan)
	case o.Step != 0 && (o.Step < time.Second || o.Step > time.Hour):
		return errors.New("--step is out of range; write 1s to 1h, or leave it out for every evaluation")
	case o.Step != 0 && int64(span/(maxPoints*o.Step)) >= maxRequests:
		return fmt.Errorf("--step %v takes more than %d requests; write a longer one", o.Step, maxRequests)
	case o.Timeout <= 0 || o.Timeout > time.Hour:
		return errors.New("--timeout is out of range; write a duration up to 1h, such as 30s")
	}
	return nil
}

// A History is what a server knew of its alerts.
type History struct {
	Series  []*Series // in the order of their labels
	Latency []Latency
	From    time.Time
	To      time.Time
}

// A Series is one of ALERTS or ALERTS_FOR_STATE.
type Series struct {
	Metric  model.Metric
	Samples []model.SamplePair // in the order of their times, none twice
}

// A Latency is a quantile of the latency of notifications to an Alertmanager, the largest of the span, in seconds.
type Latency struct {
	Alertmanager, Quantile string
	Seconds                float64
}

// Fetch asks the server at an address, such as http://localhost:9090.
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
				return nil, fmt.Errorf("%s from %s to %s: %w", metric, from.UTC().Format(time.RFC3339),
					to.UTC().Format(time.RFC3339), err)
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

type fetcher struct {
	api     promapi.API
	o       Options
	series  map[string]*Series
	samples int
}

// ask makes a request.
func (f *fetcher) ask(
	ctx context.Context, request func(context.Context) (model.Value, promapi.Warnings, error),
) (model.Value, error) {
	ctx, cancel := context.WithTimeout(ctx, f.o.Timeout)
	defer cancel()
	v, _, err := request(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, fmt.Errorf("no answer within %v; write a longer --timeout", f.o.Timeout)
	}
	return v, err
}

// window fetches a part of the span.
func (f *fetcher) window(ctx context.Context, metric string, from, to time.Time) error {
	v, err := f.ask(ctx, func(ctx context.Context) (model.Value, promapi.Warnings, error) {
		if f.o.Step > 0 {
			return f.api.QueryRange(ctx, metric, promapi.Range{Start: from, End: to, Step: f.o.Step})
		}
		// A range of Prometheus 3 leaves its first instant out, that of Prometheus 2 does not.
		return f.api.Query(ctx, fmt.Sprintf("%s[%dms]", metric, to.Sub(from).Milliseconds()+1), to)
	})
	if err != nil {
		return err
	}
	matrix, ok := v.(model.Matrix)
	if !ok {
		return fmt.Errorf("the answer is a %v, not a matrix; is this a Prometheus?", v.Type())
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
				continue // the window before had it too
			}
			if f.samples++; f.samples > MaxSamples {
				return fmt.Errorf("there are more samples than the limit of %d; write a shorter span, or a --step", MaxSamples)
			}
			s.Samples = append(s.Samples, p)
		}
	}
	return nil
}

// latency fetches the quantiles that servers without native histograms have.
func (f *fetcher) latency(ctx context.Context) ([]Latency, error) {
	expr := fmt.Sprintf(`max_over_time(prometheus_notifications_latency_seconds{quantile!=""}[%dms])`,
		f.o.To.Sub(f.o.From).Milliseconds()+1)
	v, err := f.ask(ctx, func(ctx context.Context) (model.Value, promapi.Warnings, error) {
		return f.api.Query(ctx, expr, f.o.To)
	})
	if err != nil {
		return nil, err
	}
	vector, _ := v.(model.Vector)
	slices.SortFunc(vector, func(a, b *model.Sample) int { return strings.Compare(a.Metric.String(), b.Metric.String()) })
	var list []Latency
	for _, s := range vector {
		if x := float64(s.Value); x == x { // NaN: nothing was sent
			list = append(list, Latency{string(s.Metric["alertmanager"]), string(s.Metric["quantile"]), x})
		}
	}
	return list, nil
}

// bounded lets no answer be longer than MaxAnswer.
type bounded struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := b.RoundTripper.RoundTrip(req)
	if err == nil {
		resp.Body = &boundedBody{resp.Body, MaxAnswer}
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
		return n, fmt.Errorf("the answer is longer than the limit of %d MiB; write a shorter span, or a --step",
			MaxAnswer>>20)
	}
	return n, err
}
