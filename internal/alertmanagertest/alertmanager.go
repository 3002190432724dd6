// Package alertmanagertest runs the API and the alert store of the real Alertmanager v0.35.0 in the process of a test,
// as the oracle of what an Alertmanager knows.
//
// It has no network and no notifications. Only tests import it.
package alertmanagertest

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/alertmanager/api"
	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/alertmanager/eventrecorder"
	"github.com/prometheus/alertmanager/featurecontrol"
	"github.com/prometheus/alertmanager/httpserver"
	"github.com/prometheus/alertmanager/labelset"
	"github.com/prometheus/alertmanager/marker"
	"github.com/prometheus/alertmanager/matcher/compat"
	"github.com/prometheus/alertmanager/provider/mem"
	"github.com/prometheus/alertmanager/silence"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/common/route"
	"github.com/stretchr/testify/require"
)

var utf8Mode = sync.OnceFunc(func() { compat.InitFromFlags(slog.New(slog.DiscardHandler), featurecontrol.NoopFlags{}) })

// Options are the settings of an Alertmanager; the zero value has Alertmanager's defaults.
type Options struct {
	ResolveTimeout time.Duration // global.resolve_timeout
	GCInterval     time.Duration // --alerts.gc-interval
	PerAlertname   int           // --alerts.per-alertname-limit
}

// New returns the handler of an Alertmanager that starts now and ends with the test. Its paths begin with /api/v2. It
// has no silences and no inhibition, so no alert is suppressed. In a synctest bubble it uses the time of the bubble.
func New(t testing.TB, o Options) http.Handler {
	t.Helper()
	utf8Mode()
	discard := slog.New(slog.DiscardHandler)
	registry := prometheus.NewRegistry()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	interval := cmp.Or(o.GCInterval, 30*time.Minute)
	recorder := eventrecorder.NopRecorder()
	alerts, err := mem.NewAlerts(ctx, interval, o.PerAlertname, nil, discard, recorder, registry, nil)
	require.NoError(t, err)
	t.Cleanup(alerts.Close)
	silences, err := silence.New(silence.Options{Retention: time.Hour, Logger: discard, Metrics: registry})
	require.NoError(t, err)
	duration := prometheus.NewHistogramVec(
		prometheus.HistogramOpts{Name: "alertmanager_http_request_duration_seconds"}, []string{"handler", "method", "code"},
	)
	registry.MustRegister(duration)
	a, err := api.New(api.Options{
		Alerts: alerts, Silences: silences, Registry: registry, RequestDuration: duration,
		GroupFunc: func(
			context.Context, func(*dispatch.Route) bool, dispatch.AlertFilter,
		) (dispatch.AlertGroups, map[model.Fingerprint][]string, error) {
			return nil, nil, nil
		},
	})
	require.NoError(t, err)
	cfg, err := config.Load("route: {receiver: default}\nreceivers: [{name: default}]\n")
	require.NoError(t, err)
	if o.ResolveTimeout > 0 {
		cfg.Global.ResolveTimeout = model.Duration(o.ResolveTimeout)
	}
	a.Update(cfg, func(ctx context.Context, set labelset.LabelSet) {
		m, _ := marker.FromContext(ctx)
		m.SetInhibited(set.Fingerprint(), nil)
		m.SetSilenced(set.Fingerprint(), nil)
	})
	router := route.New()
	httpserver.Register(router, nil)
	return a.Register(router, "/")
}
