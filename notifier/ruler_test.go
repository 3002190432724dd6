package notifier_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"
	prom "github.com/prometheus/prometheus/notifier"
	"github.com/prometheus/prometheus/rules"

	"github.com/notifysim/notifysim/notifier"
)

type sends[A any] [][]*A

func (s *sends[A]) Send(alerts ...*A) { *s = append(*s, alerts) }

// SendAlerts converts the alerts of rules as Prometheus does.
func TestSendAlerts(t *testing.T) {
	at := time.Date(2026, 11, 22, 11, 27, 15, 0, time.UTC)
	firing := &rules.Alert{
		State: rules.StateFiring, Labels: labels.FromStrings("alertname", "a"),
		Annotations: labels.FromStrings("b", "c"),
		ActiveAt:    at, FiredAt: at.Add(time.Minute), ValidUntil: at.Add(5 * time.Minute),
		LastSentAt: at.Add(2 * time.Minute),
	}
	resolved := *firing
	resolved.ResolvedAt = at.Add(3 * time.Minute)
	var ours sends[notifier.Alert]
	var real sends[prom.Alert]
	for _, alerts := range [][]*rules.Alert{nil, {firing}, {firing, &resolved}} {
		const expr, url = `up == 0 and "ä&b" != ""`, "http://p:9090/x"
		notifier.SendAlerts(&ours, url)(context.Background(), expr, alerts...)
		rules.SendAlerts(&real, url)(context.Background(), expr, alerts...)
	}
	require.Len(t, ours, 2)
	for i, alerts := range ours {
		require.Equal(t, real[i], promAlerts(alerts))
	}
	require.Equal(t, resolved.ResolvedAt, ours[1][1].EndsAt)
	const expr = "up+%3D%3D+0+and+%22%C3%A4%26b%22+%21%3D+%22%22"
	require.Equal(t, "http://p:9090/x/graph?g0.expr="+expr+"&g0.tab=1", ours[0][0].GeneratorURL)
}

// The JSON is that of Prometheus' /api/v1/alertmanagers.
func TestDiscovery(t *testing.T) {
	withHarness(t, "v3.16", notifier.Options{}, func(w *harness) {
		answer := func() string {
			rec := httptest.NewRecorder()
			req := httptest.NewRequest("GET", "/api/v1/alertmanagers", nil)
			w.managerAPI.(*notifier.Manager).Discovery().ServeHTTP(rec, req)
			require.Equal(t, "application/json", rec.Header().Get("Content-Type"))
			return rec.Body.String()
		}
		require.Equal(t, `{"status":"success","data":{"activeAlertmanagers":[],"droppedAlertmanagers":[]}}`, answer())
		drop := dropping("b:9093")
		drop[0].SourceLabels[0] = "__address__"
		w.apply(config.AlertmanagerConfig{PathPrefix: "/am", RelabelConfigs: drop})
		require.True(t, w.offer([]string{"a:9093", "b:9093"}))
		require.Equal(t, `{"status":"success","data":{"activeAlertmanagers":[{"url":"http://a:9093/am/api/v2/alerts"}],`+
			`"droppedAlertmanagers":[{"url":"http://b:9093/am/api/v2/alerts"}]}}`, answer())
	})
}
