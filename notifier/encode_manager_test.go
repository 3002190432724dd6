package notifier

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"
	prom "github.com/prometheus/prometheus/notifier"
	"github.com/stretchr/testify/require"
)

// The body is the one that Prometheus' notifier.Manager posts. Its Send first removes labels without a value, but keeps
// annotations without a value.
func TestEncodeAsManager(t *testing.T) {
	at := time.Date(2026, 11, 22, 11, 27, 15, 123_456_789, time.FixedZone("", 3600))
	alerts := manyAlerts(3)
	alerts = append(alerts, &Alert{
		Labels:       labels.FromStrings("alertname", "a<b>&\"\\/\u2028\xff\b\f\n\x00é世😀", "Z", "z"),
		Annotations:  labels.FromStrings("empty", "", "text", "100% 'sure'\n"),
		StartsAt:     at,
		EndsAt:       time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC),
		GeneratorURL: "http://p/g?x=<y>&z",
	}, &Alert{Labels: labels.FromStrings("alertname", "bare")})
	want, err := EncodingV2.AppendAlerts(nil, alerts)
	require.NoError(t, err)

	alerts[4].Labels = labels.FromStrings("alertname", "bare", "empty", "")
	require.Equal(t, string(want), managerBody(t, alerts))
}

// managerBody returns the body of the one request in which Prometheus' Manager posts the alerts.
func managerBody(t *testing.T, alerts []*Alert) (body string) {
	const file = "alerting: {alertmanagers: [{static_configs: [{targets: ['am:9093']}]}]}"
	synctest.Test(t, func(t *testing.T) {
		m := prom.NewManager(&prom.Options{
			QueueCapacity: len(alerts),
			MaxBatchSize:  len(alerts),
			Do: func(_ context.Context, _ *http.Client, r *http.Request) (*http.Response, error) {
				b, err := io.ReadAll(r.Body)
				require.NoError(t, err)
				require.Empty(t, body)
				body = string(b)
				return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
			},
		}, model.UTF8Validation, slog.New(slog.DiscardHandler))
		cfg, err := config.Load(file, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		require.NoError(t, m.ApplyConfig(cfg))

		targets := make(chan map[string][]*targetgroup.Group)
		go m.Run(targets)
		targets <- map[string][]*targetgroup.Group{"config-0": {{Targets: []model.LabelSet{{"__address__": "am:9093"}}}}}
		synctest.Wait()
		var sent []*prom.Alert
		for _, a := range alerts {
			sent = append(sent, promAlert(a))
		}
		m.Send(sent...)
		synctest.Wait()
		m.Stop()
		synctest.Wait()
	})
	return body
}
