package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"
	prom "github.com/prometheus/prometheus/notifier"

	"github.com/notifysim/notifysim/notifier"
)

// The load of BenchmarkManager: one send to each Alertmanager, in batches of the default size.
const (
	managerAlerts = 10_000
	managerPeers  = 3
	managerPosts  = managerPeers * ((managerAlerts + notifier.DefaultMaxBatchSize - 1) / notifier.DefaultMaxBatchSize)
)

// A subject is a Manager under measurement: that of package notifier or the real one.
type subject interface {
	ApplyConfig(*config.Config) error
	Run(<-chan targetUpdate)
	Stop()
}

// BenchmarkManager measures how many alerts per second are delivered, from Send to the last response, by the Manager of
// package notifier and by the real notifier. It sends 10,000 alerts with 5 labels and 2 annotations to 3 Alertmanagers
// in memory, which read every body and answer 200.
func BenchmarkManager(b *testing.B) {
	alerts := managerSend(managerAlerts)
	b.Run("notifier=ours", func(b *testing.B) {
		peers := &memoryPeers{done: make(chan struct{}, 1)}
		m := notifier.NewManager(&notifier.Options{QueueCapacity: managerAlerts, Do: peers.do}, model.UTF8Validation, nil)
		benchmarkManager(b, m, peers, func() { m.Send(alerts...) })
	})
	b.Run("notifier=prometheus", func(b *testing.B) {
		peers := &memoryPeers{done: make(chan struct{}, 1)}
		real := realAlerts(alerts)
		m := prom.NewManager(&prom.Options{QueueCapacity: managerAlerts, Do: peers.do}, model.UTF8Validation, nil)
		benchmarkManager(b, m, peers, func() { m.Send(real...) })
	})
}

func benchmarkManager(b *testing.B, m subject, peers *memoryPeers, send func()) {
	stop := runManager(b, m, managerPeers)
	b.ReportAllocs()
	for b.Loop() {
		send()
		<-peers.done
	}
	b.ReportMetric(float64(b.N)*managerAlerts/b.Elapsed().Seconds(), "alerts/s")
	b.ReportMetric(float64(peers.bytes.Load()/int64(b.N)), "body-B/op")
	stop()
}

// runManager starts a Manager with the given number of Alertmanagers, and returns a function that stops it.
func runManager(tb testing.TB, m subject, peers int) (stop func()) {
	require.NoError(tb, m.ApplyConfig(oneSet()))
	tsets := make(chan targetUpdate)
	ended := make(chan struct{})
	go func() { defer close(ended); m.Run(tsets) }()
	tsets <- peerGroups(0, peers)
	tsets <- nil // Run receives this update only after it has applied the first
	return func() {
		m.Stop()
		<-ended
	}
}

// realAlerts converts alerts to the type of the real notifier.
func realAlerts(alerts []*notifier.Alert) []*prom.Alert {
	real := make([]*prom.Alert, len(alerts))
	for i, a := range alerts {
		real[i] = &prom.Alert{
			Labels: a.Labels, Annotations: a.Annotations,
			StartsAt: a.StartsAt, EndsAt: a.EndsAt, GeneratorURL: a.GeneratorURL,
		}
	}
	return real
}

// memoryPeers are Alertmanagers in memory that accept every request.
type memoryPeers struct {
	posts, bytes atomic.Int64
	done         chan struct{} // receives a value when a whole send has arrived at all Alertmanagers
}

func (p *memoryPeers) do(_ context.Context, _ *http.Client, req *http.Request) (*http.Response, error) {
	defer func() { _ = req.Body.Close() }() // a RoundTripper must close the body
	n, err := io.Copy(io.Discard, req.Body)
	if err != nil {
		return nil, err
	}
	p.bytes.Add(n)
	if p.posts.Add(1)%managerPosts == 0 {
		p.done <- struct{}{}
	}
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
}

// managerSend returns n alerts like those of one rule.
func managerSend(n int) []*notifier.Alert {
	at := time.Date(2026, 11, 22, 11, 27, 15, 426_000_000, time.UTC)
	alerts := make([]*notifier.Alert, n)
	for i := range alerts {
		instance := instanceName(i)
		alerts[i] = &notifier.Alert{
			Labels: labels.FromStrings("alertname", "InstanceDown", "cluster", "eu1", "instance", instance, "job", "node",
				"severity", "page"),
			Annotations: labels.FromStrings(
				"runbook_url", "https://runbooks.example.org/InstanceDown",
				"summary", "Instance "+instance+" has been down for more than 5 minutes.",
			),
			StartsAt:     at,
			EndsAt:       at.Add(4 * time.Minute),
			GeneratorURL: "http://prometheus.example.org:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
		}
	}
	return alerts
}

func instanceName(i int) string { return fmt.Sprintf("node-%04d.example.org:9100", i) }
