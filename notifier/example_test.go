package notifier_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/notifier"
	"github.com/notifysim/notifysim/notifier/core"
)

// The notifier of v3.9 is stopped while an Alertmanager does not answer, on a fake clock. The request in flight times
// out, then the drained batch does, and then Run returns.
func ExampleNewManager() {
	release, err := core.ParseRelease("v3.9")
	if err != nil {
		panic(err)
	}
	clock := clockwork.NewFakeClock()
	start := clock.Now()
	registry := prometheus.NewRegistry()
	posted := make(chan struct{})
	m := notifier.NewManager(&notifier.Options{
		QueueCapacity:   10_000,
		DrainOnShutdown: true,
		MaxBatchSize:    1,
		Release:         release,
		Clock:           clock,
		Registerer:      registry,
		Do: func(ctx context.Context, _ *http.Client, req *http.Request) (*http.Response, error) {
			fmt.Println(clock.Since(start), "POST", req.URL)
			posted <- struct{}{}
			<-ctx.Done()
			return nil, ctx.Err()
		},
	}, model.UTF8Validation, nil)

	conf, err := config.Load(`
alerting:
  alertmanagers:
    - timeout: 10s
      static_configs: [{targets: ['am:9093']}]
`, slog.New(slog.DiscardHandler))
	if err != nil {
		panic(err)
	}
	if err := m.ApplyConfig(conf); err != nil {
		panic(err)
	}
	targets := make(chan map[string][]*targetgroup.Group)
	stopped := make(chan struct{})
	go func() {
		m.Run(targets)
		close(stopped)
	}()
	targets <- map[string][]*targetgroup.Group{
		core.SetKey(0): {{Targets: []model.LabelSet{{model.AddressLabel: "am:9093"}}}},
	}
	targets <- nil // received only once the first update is finished

	m.Send(
		&notifier.Alert{Labels: labels.FromStrings("alertname", "InstanceDown")},
		&notifier.Alert{Labels: labels.FromStrings("alertname", "DiskFull")},
	)
	<-posted
	m.Stop()
	clock.Advance(10 * time.Second)
	<-posted
	clock.Advance(10 * time.Second)
	<-stopped

	fmt.Println(clock.Since(start), "stopped")
	families, err := registry.Gather()
	if err != nil {
		panic(err)
	}
	for _, f := range families {
		if f.GetName() == "prometheus_notifications_dropped_total" {
			fmt.Println(f.GetName(), f.Metric[0].GetCounter().GetValue())
		}
	}
	// Output:
	// 0s POST http://am:9093/api/v2/alerts
	// 10s POST http://am:9093/api/v2/alerts
	// 20s stopped
	// prometheus_notifications_dropped_total 2
}
