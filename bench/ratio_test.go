package bench

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"
	prom "github.com/prometheus/prometheus/notifier"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// BenchmarkRatio measures how many times faster the model runs the reference day than the real notifier does in virtual
// time. An operation is the whole day in the model and then six minutes of it with the real notifier, whose time is
// scaled up by the number of alerts. Both are measured in one run, so that the load of the machine is the same.
//
// With real=alone the real notifier runs with a virtual clock and with receivers that read each body and answer at the
// right time; nothing checks which alerts arrive. With real=engine it runs on notifysim's engine prometheus, which
// keeps the ledger as the model does.
func BenchmarkRatio(b *testing.B) {
	day, err := scenarios.Load("testdata/reference_day.yml")
	require.NoError(b, err)
	stretch, err := scenarios.Load("testdata/reference_stretch.yml")
	require.NoError(b, err)
	run := func(f *scenarios.File, e sim.Engine) int64 {
		res, err := sim.Run(f, f.Tests[0], f.Releases[0], 1, sim.Options{Engine: e})
		require.NoError(b, err)
		return res.Ledger.Offered
	}
	for _, c := range []struct {
		name string
		real func() (alerts int64)
	}{
		{"real=alone", aloneStretch},
		{"real=engine", func() int64 { return run(stretch, sim.EnginePrometheus) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			var fast, slow time.Duration
			for b.Loop() {
				begun := time.Now()
				many := run(day, sim.EngineModel)
				turn := time.Now()
				few := c.real()
				fast += turn.Sub(begun)
				slow += time.Duration(float64(time.Since(turn)) * float64(many) / float64(few))
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(slow.Seconds()/fast.Seconds(), "times-faster")
			b.ReportMetric(fast.Seconds()/float64(b.N), "model-sec/day")
			b.ReportMetric(slow.Seconds()/float64(b.N), "real-sec/day")
		})
	}
}

// aloneStretch runs the six minutes with the real notifier in a bubble, and returns how many alerts were sent.
func aloneStretch() (alerts int64) {
	synctest.Test(&testing.T{}, func(*testing.T) {
		const resend = 15 * time.Second
		begun := time.Now()
		do := func(ctx context.Context, _ *http.Client, req *http.Request) (*http.Response, error) {
			defer req.Body.Close()
			if _, err := io.Copy(io.Discard, req.Body); err != nil {
				return nil, err
			}
			mean := map[string]time.Duration{"am-a:9093": 20, "am-b:9093": 50, "am-c:9093": 100}[req.URL.Host] * time.Millisecond
			if at := time.Since(begun); req.URL.Host == "am-b:9093" && at >= 3*time.Minute && at < 3*time.Minute+15*time.Second {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			time.Sleep(mean/2 + rand.N(mean))
			return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
		}
		m := prom.NewManager(&prom.Options{QueueCapacity: 10_000, MaxBatchSize: 64, Do: do}, model.UTF8Validation, nil)
		cfg := oneSet()
		cfg.AlertingConfig.AlertmanagerConfigs[0].Timeout = config.DefaultAlertmanagerConfig.Timeout
		if err := m.ApplyConfig(cfg); err != nil {
			panic(err)
		}
		tsets := make(chan targetUpdate)
		ended := make(chan struct{})
		go func() { defer close(ended); m.Run(tsets) }()
		tsets <- groupsAt("am-a:9093", "am-b:9093", "am-c:9093")
		send := make([]*prom.Alert, 5000)
		for i := range send {
			send[i] = &prom.Alert{
				Labels:   labels.FromStrings("alertname", "InstanceDown", "instance", instanceName(i), "severity", "page"),
				StartsAt: begun, EndsAt: begun.Add(4 * resend),
			}
		}
		for range int(6 * time.Minute / resend) {
			m.Send(send...)
			alerts += int64(len(send))
			time.Sleep(resend)
		}
		m.Stop()
		<-ended
	})
	return alerts
}
