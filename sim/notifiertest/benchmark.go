package notifiertest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"
	promnotifier "github.com/prometheus/prometheus/notifier"
)

// The load of Benchmark: the number of alerts in a call of Send, each with 5 labels and 2 annotations, and the longest
// time to wait for them.
const (
	benchAlerts = 10_000
	benchWait   = 30 * time.Second
)

// Benchmark measures in real time how fast a notifier delivers 10,000 alerts that are sent in one call of Send. It does
// so with 1 and with 3 Alertmanagers in memory, which read every body and answer 200 at once. An iteration ends with
// the last response. Benchmark reports the alerts delivered per second, summed up over all Alertmanagers.
func Benchmark(b *testing.B, s Subject) {
	for _, peers := range []int{1, 3} {
		b.Run(fmt.Sprintf("alertmanagers=%d", peers), func(b *testing.B) { s.benchmark(b, peers) })
	}
}

func (s Subject) benchmark(b *testing.B, peers int) {
	in := &sink{want: int64(benchAlerts * peers), full: make(chan struct{}, 1)}
	n := s.New(&promnotifier.Options{
		QueueCapacity: benchAlerts, DrainOnShutdown: true, Do: in.do, Registerer: prometheus.NewRegistry(),
	})
	tsets := make(chan map[string][]*targetgroup.Group)
	ended := make(chan struct{})
	go func() {
		n.Run(tsets)
		close(ended)
	}()
	defer func() {
		n.Stop()
		<-ended
	}()
	addTargets(b, n, tsets, peers)
	alerts := benchSend()
	b.ReportAllocs()
	for b.Loop() {
		n.Send(alerts...)
		select {
		case <-in.full:
		case <-time.After(benchWait):
			b.Fatalf("after %v only %d of %d alerts have arrived", benchWait, in.got.Load(), in.want)
		}
	}
	b.ReportMetric(float64(in.want)*float64(b.N)/b.Elapsed().Seconds(), "alerts/s")
}

// addTargets makes the notifier discover Alertmanagers.
func addTargets(b *testing.B, n Notifier, tsets chan<- map[string][]*targetgroup.Group, peers int) {
	var group targetgroup.Group
	var targets []string
	for i := range peers {
		address := fmt.Sprintf("am-%d:9093", i)
		group.Targets = append(group.Targets, model.LabelSet{model.AddressLabel: model.LabelValue(address)})
		targets = append(targets, "'"+address+"'")
	}
	text := fmt.Sprintf("alerting: {alertmanagers: [{static_configs: [{targets: [%s]}]}]}", strings.Join(targets, ", "))
	cfg, err := config.Load(text, slog.New(slog.DiscardHandler))
	if err == nil {
		err = n.ApplyConfig(cfg)
	}
	if err != nil {
		b.Fatal(err)
	}
	tsets <- map[string][]*targetgroup.Group{"config-0": {&group}}
	for deadline := time.Now().Add(benchWait); len(n.Alertmanagers()) < peers; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			b.Fatalf("the notifier has discovered only %d of %d Alertmanagers", len(n.Alertmanagers()), peers)
		}
	}
}

func benchSend() []*promnotifier.Alert {
	now := time.Now()
	alerts := make([]*promnotifier.Alert, benchAlerts)
	for i := range alerts {
		alerts[i] = &promnotifier.Alert{
			Labels: labels.FromStrings("alertname", "InstanceDown", "cluster", "eu1",
				"instance", fmt.Sprintf("10.0.%d.%d:9100", i/256, i%256), "job", "node", "severity", "page"),
			Annotations: labels.FromStrings("summary", "an instance is down",
				"runbook_url", "https://example.org/runbooks/instance-down"),
			StartsAt:     now,
			EndsAt:       now.Add(4 * time.Minute),
			GeneratorURL: "https://prometheus.example.org/graph?g0.expr=up",
		}
	}
	return alerts
}

// A sink stands for all Alertmanagers and counts the alerts that arrive.
type sink struct {
	want int64
	got  atomic.Int64
	full chan struct{}
}

func (in *sink) do(_ context.Context, _ *http.Client, req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	if n := int64(bytes.Count(body, []byte(`"startsAt"`))); in.got.Add(n) == in.want {
		in.got.Store(0)
		in.full <- struct{}{}
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: http.NoBody, Request: req,
	}, nil
}
