package notifier_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/sigv4"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/notifier"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// overHTTP runs f with a Manager that posts to an HTTP server over real connections.
func overHTTP(
	t *testing.T, entry config.AlertmanagerConfig, h http.HandlerFunc, f func(m *notifier.Manager, w *harness),
) {
	t.Helper()
	srv := httptest.NewServer(h)
	defer srv.Close()
	w := &harness{t: t, reg: prometheus.NewPedanticRegistry()}
	m := notifier.NewManager(&notifier.Options{QueueCapacity: 1000, Registerer: w.reg}, model.UTF8Validation, nil)
	w.managerAPI = m
	w.apply(entry)
	tsets, ended := make(chan map[string][]*targetgroup.Group), make(chan struct{})
	go func() { defer close(ended); m.Run(tsets) }()
	defer func() { m.Stop(); <-ended }()
	address := strings.TrimPrefix(srv.URL, "http://")
	tsets <- targetsOf(address)
	require.Eventually(t, func() bool { return len(m.Alertmanagers()) == 1 }, 10*time.Second, time.Millisecond)
	f(m, w)
}

// waitForMetric waits until a metric of the only Alertmanager has the value.
func (w *harness) waitForMetric(name string, value float64) {
	w.t.Helper()
	am := w.Alertmanagers()[0].Host
	require.Eventually(w.t, func() bool { return w.metric(name, am) == value }, 20*time.Second, time.Millisecond)
}

// The next batch is posted whatever the Alertmanager answers.
func TestResponses(t *testing.T) {
	endless := func(rw http.ResponseWriter, req *http.Request) {
		for req.Context().Err() == nil {
			_, _ = rw.Write(make([]byte, 1<<16))
		}
	}
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		metric string
	}{
		"empty":   {func(http.ResponseWriter, *http.Request) {}, "sent_total"},
		"100 MB":  {func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write(make([]byte, 100<<20)) }, "sent_total"},
		"endless": {endless, "sent_total"},
		"redirect": {func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Location", "/elsewhere")
			rw.WriteHeader(http.StatusTemporaryRedirect)
		}, "sent_total"},
		"304":    {func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusNotModified) }, "errors_total"},
		"breaks": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "errors_total"},
	} {
		t.Run(name, func(t *testing.T) {
			var bodies atomic.Int64
			handler := func(rw http.ResponseWriter, req *http.Request) {
				b, err := io.ReadAll(req.Body)
				if err != nil || !strings.HasPrefix(string(b), "[{") || !strings.HasSuffix(string(b), "}]") {
					t.Errorf("%d bytes, %v", len(b), err)
				}
				bodies.Add(1)
				if req.URL.Path != "/elsewhere" {
					tc.answer(rw, req)
				}
			}
			entry := config.AlertmanagerConfig{Timeout: model.Duration(time.Minute)}
			if name == "endless" {
				entry.Timeout = model.Duration(2 * time.Second) // it also ends the reading of an endless response
			}
			overHTTP(t, entry, handler, func(m *notifier.Manager, w *harness) {
				m.Send(alertsNamed(numberedNames(300)...)...)
				w.waitForMetric(tc.metric, 300)
				require.GreaterOrEqual(t, bodies.Load(), int64(2))
			})
		})
	}
}

// Alerts that no rule produces are posted as valid JSON too.
func TestUnusualAlerts(t *testing.T) {
	sizes := make(chan int, 1)
	handler := func(_ http.ResponseWriter, req *http.Request) {
		b, _ := io.ReadAll(req.Body)
		sizes <- len(b)
	}
	overHTTP(t, config.AlertmanagerConfig{}, handler, func(m *notifier.Manager, _ *harness) {
		m.Send(
			nil,
			&notifier.Alert{},
			&notifier.Alert{Labels: labels.FromStrings("", "empty name", "\xff", "\xfe\x00")},
			&notifier.Alert{Labels: labels.FromStrings("big", strings.Repeat("x", 1<<20))},
		)
		require.Greater(t, <-sizes, 1<<20)
	})
}

// Requests are signed as the field sigv4 of the entry demands.
func TestSigV4(t *testing.T) {
	authorization := make(chan string, 1)
	credentials := sigv4.SigV4Config{Region: "eu-1", AccessKey: "key", SecretKey: "secret"}
	entry := config.AlertmanagerConfig{SigV4Config: &credentials}
	handler := func(_ http.ResponseWriter, req *http.Request) { authorization <- req.Header.Get("Authorization") }
	overHTTP(t, entry, handler, func(m *notifier.Manager, _ *harness) {
		m.Send(alertsNamed("a")...)
		require.Contains(t, <-authorization, "AWS4-HMAC-SHA256")
	})
}

// A configuration that fails for one of its entries changes nothing. Prometheus' Manager would panic at the next target
// update if it had processed an unchanged entry before the one that fails.
func TestFailedReload(t *testing.T) {
	withHarness(t, "v3.16", notifier.Options{}, func(w *harness) {
		w.discover([]string{"a"})
		unchanged := configOf(config.AlertmanagerConfig{Timeout: model.Duration(10 * time.Second)})
		same := unchanged.AlertingConfig.AlertmanagerConfigs[0]
		broken := config.DefaultAlertmanagerConfig
		broken.HTTPClientConfig.TLSConfig.CAFile = filepath.Join(t.TempDir(), "missing")
		cfg := &config.Config{GlobalConfig: config.GlobalConfig{ExternalLabels: labels.FromStrings("alertname", "b")}}
		cfg.AlertingConfig.AlertmanagerConfigs = config.AlertmanagerConfigs{same, &broken}
		for range 8 {
			require.ErrorIs(t, w.ApplyConfig(cfg), os.ErrNotExist)
			w.send(&notifier.Alert{})
			w.wait()
			require.True(t, w.offer([]string{"a"}))
		}
		require.Len(t, w.received("a"), 8)
		require.Equal(t, []string{""}, w.received("a")[7])
		require.Len(t, w.Alertmanagers(), 1)
	})
}

// A batch is dropped without a request if one of its alerts cannot be encoded or if its API version is unknown.
func TestBatchThatCannotBeEncoded(t *testing.T) {
	withHarness(t, "v2.10", notifier.Options{}, func(w *harness) {
		w.discover([]string{"a"})
		before := w.counters("a")
		w.send(&notifier.Alert{EndsAt: time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)})
		w.wait()
		before.dropped++
		require.Equal(t, before, w.counters("a"))
		w.sendNames("next")
		require.Equal(t, [][]string{{"next"}}, w.received("a"))
	})
	for _, release := range []string{"v3.16", linked} {
		withHarness(t, release, notifier.Options{}, func(w *harness) {
			cfg := configOf(config.AlertmanagerConfig{})
			cfg.AlertingConfig.AlertmanagerConfigs[0].APIVersion = "v3"
			require.NoError(t, w.ApplyConfig(cfg))
			require.True(t, w.offer([]string{"a"}))
			w.sendNames("x")
			require.Equal(t, counters{0, 0, -1, 1}, w.counters("a"))
		})
	}
}

// A request body can be read until its last reader is closed, even after the request has ended. Only then is the memory
// of its sends reused.
func TestBodyOutlivesRequest(t *testing.T) {
	readers := make(chan io.Reader, 100)
	do := func(_ context.Context, _ *http.Client, req *http.Request) (*http.Response, error) {
		again, err := req.GetBody()
		readers <- again
		_ = req.Body.Close()
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(&bytes.Buffer{})}, err
	}
	w := &harness{t: t, reg: prometheus.NewRegistry()}
	m := notifier.NewManager(&notifier.Options{QueueCapacity: 1000, Do: do}, model.UTF8Validation, nil)
	w.managerAPI = m
	w.apply(config.AlertmanagerConfig{})
	tsets, ended := make(chan map[string][]*targetgroup.Group), make(chan struct{})
	go func() { defer close(ended); m.Run(tsets) }()
	tsets <- targetsOf("a")
	tsets <- nil
	for i := range 100 {
		m.Send(alertsNamed(fmt.Sprintf("alert-%d", i))...)
	}
	for i := 0; i < 100; {
		b, err := io.ReadAll(<-readers)
		require.NoError(t, err)
		for n := strings.Count(string(b), "alertname"); n > 0; n-- {
			require.Contains(t, string(b), fmt.Sprintf(`"alert-%d"`, i))
			i++
		}
	}
	m.Stop()
	<-ended
}
