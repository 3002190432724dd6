// Package notifier contains the benchmarks that notifysim gate --notifier runs on a checkout of Prometheus. They use
// only the exported API of its notifier, and nothing of notifysim, because the gate compiles this file against the
// checkout.
package notifier

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/common/model"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/notifier"
)

const (
	alertsASend = 10_000
	peers       = 3
	syncTargets = 1000
)

func TestMain(m *testing.M) {
	fmt.Println("Unit alerts/s better=higher")
	fmt.Println("Unit targets/s better=higher")
	os.Exit(m.Run())
}

type targetUpdate = map[string][]*targetgroup.Group

// BenchmarkDeliver measures 10,000 alerts from the call of Send to the last response of 3 Alertmanagers in memory,
// which read every body and answer 200.
func BenchmarkDeliver(b *testing.B) {
	var arrived atomic.Int64
	all := make(chan struct{}, 1)
	m, stop := start(b, func(_ context.Context, _ *http.Client, req *http.Request) (*http.Response, error) {
		defer req.Body.Close()
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		n := int64(bytes.Count(body, []byte(`"startsAt"`)))
		if sum := arrived.Add(n); sum%(alertsASend*peers) == 0 {
			all <- struct{}{}
		}
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
	}, peers)
	defer stop()
	alerts := alertsOfOneRule()
	b.ReportAllocs()
	for b.Loop() {
		m.Send(alerts...)
		<-all
	}
	b.ReportMetric(float64(b.N)*alertsASend/b.Elapsed().Seconds(), "alerts/s")
}

// BenchmarkSendOverflow calls Send while all Alertmanagers hang and their queues are full, so that every call drops all
// waiting alerts.
func BenchmarkSendOverflow(b *testing.B) {
	m, stop := start(b, hang, peers)
	defer stop()
	alerts := alertsOfOneRule()
	m.Send(alerts...)
	m.Send(alerts...)
	b.ReportAllocs()
	for b.Loop() {
		m.Send(alerts...)
	}
	b.ReportMetric(float64(b.N)*alertsASend/b.Elapsed().Seconds(), "alerts/s")
}

// BenchmarkSync measures target updates with 1,000 Alertmanagers. An update either has the same Alertmanagers as the
// one before, or replaces half of them.
func BenchmarkSync(b *testing.B) {
	for _, c := range []struct {
		targets string
		step    int
	}{{"kept", 0}, {"replaced", syncTargets / 2}} {
		b.Run("targets="+c.targets, func(b *testing.B) {
			updates := [2]targetUpdate{groups(c.step, syncTargets), groups(0, syncTargets)}
			m := newManager(hang)
			tsets, stop := run(b, m)
			defer stop()
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				tsets <- updates[i%2]
				tsets <- nil // received only when the update before has been applied
				i++
			}
			b.ReportMetric(float64(b.N)*syncTargets/b.Elapsed().Seconds(), "targets/s")
		})
	}
}

type doFunc = func(context.Context, *http.Client, *http.Request) (*http.Response, error)

func hang(ctx context.Context, _ *http.Client, req *http.Request) (*http.Response, error) {
	<-ctx.Done()
	_ = req.Body.Close()
	return nil, ctx.Err()
}

// start returns a running manager with n Alertmanagers, and a function that stops it.
func start(b *testing.B, do doFunc, n int) (*notifier.Manager, func()) {
	m := newManager(do)
	tsets, stop := run(b, m)
	tsets <- groups(0, n)
	tsets <- nil
	return m, stop
}

func run(b *testing.B, m *notifier.Manager) (chan targetUpdate, func()) {
	amc := config.DefaultAlertmanagerConfig
	amc.Timeout = model.Duration(24 * time.Hour)
	cfg := &config.Config{AlertingConfig: config.AlertingConfig{AlertmanagerConfigs: config.AlertmanagerConfigs{&amc}}}
	if err := m.ApplyConfig(cfg); err != nil {
		b.Fatal(err)
	}
	tsets := make(chan targetUpdate)
	ended := make(chan struct{})
	go func() { defer close(ended); m.Run(tsets) }()
	return tsets, func() {
		m.Stop()
		<-ended
	}
}

// newManager calls NewManager. The parameters after the options differ between releases; they get a silent logger, a
// validation scheme that accepts UTF-8, or zero values.
func newManager(do doFunc) *notifier.Manager {
	f := reflect.ValueOf(notifier.NewManager)
	args := []reflect.Value{reflect.ValueOf(&notifier.Options{QueueCapacity: alertsASend, Do: do})}
	for i := 1; i < f.Type().NumIn(); i++ {
		t := f.Type().In(i)
		if t == reflect.TypeFor[*slog.Logger]() {
			args = append(args, reflect.ValueOf(slog.New(slog.DiscardHandler)))
			continue
		}
		v := reflect.New(t)
		if scheme, ok := v.Interface().(interface{ Set(string) error }); ok {
			if err := scheme.Set("utf8"); err != nil {
				panic(err)
			}
		}
		args = append(args, v.Elem())
	}
	return f.Call(args)[0].Interface().(*notifier.Manager)
}

// groups returns a target update with n Alertmanagers, whose numbers begin at first.
func groups(first, n int) targetUpdate {
	group := &targetgroup.Group{}
	for i := range n {
		address := fmt.Sprintf("am-%d:9093", first+i)
		group.Targets = append(group.Targets, model.LabelSet{model.AddressLabel: model.LabelValue(address)})
	}
	return targetUpdate{"config-0": {group}}
}

func alertsOfOneRule() []*notifier.Alert {
	at := time.Date(2026, 11, 22, 11, 27, 15, 0, time.UTC)
	alerts := make([]*notifier.Alert, alertsASend)
	for i := range alerts {
		instance := fmt.Sprintf("node-%05d.example.org:9100", i)
		alerts[i] = &notifier.Alert{
			Labels: labels.FromStrings(
				"alertname", "InstanceDown", "cluster", "eu1", "instance", instance, "severity", "page",
			),
			Annotations:  labels.FromStrings("summary", "Instance "+instance+" has been down for more than 5 minutes."),
			StartsAt:     at,
			EndsAt:       at.Add(4 * time.Minute),
			GeneratorURL: "http://prometheus.example.org:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
		}
	}
	return alerts
}
