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

// overHTTP runs f with a Manager that posts to a server over real connections.
func overHTTP(t *testing.T, entry config.AlertmanagerConfig, h http.HandlerFunc, f func(m *notifier.Manager, w *world)) {
	t.Helper()
	srv := httptest.NewServer(h)
	defer srv.Close()
	w := &world{t: t, reg: prometheus.NewPedanticRegistry()}
	m := notifier.NewManager(&notifier.Options{QueueCapacity: 1000, Registerer: w.reg}, model.UTF8Validation, nil)
	w.subject = m
	w.apply(entry)
	tsets, ended := make(chan map[string][]*targetgroup.Group), make(chan struct{})
	go func() { defer close(ended); m.Run(tsets) }()
	defer func() { m.Stop(); <-ended }()
	address := strings.TrimPrefix(srv.URL, "http://")
	tsets <- map[string][]*targetgroup.Group{"config-0": {{Targets: []model.LabelSet{{model.AddressLabel: model.LabelValue(address)}}}}}
	require.Eventually(t, func() bool { return len(m.Alertmanagers()) == 1 }, 10*time.Second, time.Millisecond)
	f(m, w)
}

// becomes waits until a metric of the only Alertmanager has a value.
func (w *world) becomes(name string, value float64) {
	w.t.Helper()
	am := w.Alertmanagers()[0].Host
	require.Eventually(w.t, func() bool { return w.metric(name, am) == value }, 20*time.Second, time.Millisecond)
}

// Whatever an Alertmanager answers, the connection is used again if it can be, and the next batch goes out.
func TestAnswers(t *testing.T) {
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
			overHTTP(t, config.AlertmanagerConfig{Timeout: model.Duration(2 * time.Second)}, handler, func(m *notifier.Manager, w *world) {
				m.Send(named(numbered(300)...)...)
				w.becomes(tc.metric, 300)
				require.GreaterOrEqual(t, bodies.Load(), int64(2))
			})
		})
	}
}

// Alerts that no rule makes: what is posted is JSON all the same.
func TestOddAlerts(t *testing.T) {
	sizes := make(chan int, 1)
	handler := func(_ http.ResponseWriter, req *http.Request) {
		b, _ := io.ReadAll(req.Body)
		sizes <- len(b)
	}
	overHTTP(t, config.AlertmanagerConfig{}, handler, func(m *notifier.Manager, _ *world) {
		m.Send(
			nil,
			&notifier.Alert{},
			&notifier.Alert{Labels: labels.FromStrings("", "empty name", "\xff", "\xfe\x00")},
			&notifier.Alert{Labels: labels.FromStrings("big", strings.Repeat("x", 1<<20))},
		)
		require.Greater(t, <-sizes, 1<<20)
	})
}

// What SigV4 and http_config of an entry say is done to its requests.
func TestSigV4(t *testing.T) {
	authorization := make(chan string, 1)
	entry := config.AlertmanagerConfig{SigV4Config: &sigv4.SigV4Config{Region: "eu-1", AccessKey: "key", SecretKey: "secret"}}
	handler := func(_ http.ResponseWriter, req *http.Request) { authorization <- req.Header.Get("Authorization") }
	overHTTP(t, entry, handler, func(m *notifier.Manager, _ *world) {
		m.Send(named("a")...)
		require.Contains(t, <-authorization, "AWS4-HMAC-SHA256")
	})
}

// A configuration that fails half-way changes nothing, and the Manager goes on. The real one panics at the next target update
// if it looked at the entry that stays first.
func TestFailedReload(t *testing.T) {
	inWorld(t, "v3.15", notifier.Options{}, func(w *world) {
		w.know([]string{"a"})
		same := configOf(config.AlertmanagerConfig{Timeout: model.Duration(10 * time.Second)}).AlertingConfig.AlertmanagerConfigs[0]
		broken := config.DefaultAlertmanagerConfig
		broken.HTTPClientConfig.TLSConfig.CAFile = filepath.Join(t.TempDir(), "missing")
		cfg := &config.Config{GlobalConfig: config.GlobalConfig{ExternalLabels: labels.FromStrings("alertname", "b")}}
		cfg.AlertingConfig.AlertmanagerConfigs = config.AlertmanagerConfigs{same, &broken}
		for range 8 {
			require.ErrorIs(t, w.ApplyConfig(cfg), os.ErrNotExist)
			w.send(&notifier.Alert{})
			w.settle()
			require.True(t, w.offer([]string{"a"}))
		}
		require.Len(t, w.got("a"), 8)
		require.Equal(t, []string{""}, w.got("a")[7])
		require.Len(t, w.Alertmanagers(), 1)
	})
}

// A batch with an alert that API v1 cannot say is lost, and no request was made; nor is there one of an unknown API.
func TestUnsendable(t *testing.T) {
	inWorld(t, "v2.10", notifier.Options{}, func(w *world) {
		w.know([]string{"a"})
		before := w.counts("a")
		w.send(&notifier.Alert{EndsAt: time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)})
		w.settle()
		before.dropped++
		require.Equal(t, before, w.counts("a"))
		w.sendNames("next")
		require.Equal(t, [][]string{{"next"}}, w.got("a"))
	})
	for _, release := range []string{"v3.15", linked} {
		inWorld(t, release, notifier.Options{}, func(w *world) {
			cfg := configOf(config.AlertmanagerConfig{})
			cfg.AlertingConfig.AlertmanagerConfigs[0].APIVersion = "v3"
			require.NoError(t, w.ApplyConfig(cfg))
			require.True(t, w.offer([]string{"a"}))
			w.sendNames("x")
			require.Equal(t, count{0, 0, -1, 1}, w.counts("a"))
		})
	}
}

// A body is good until its last reader is closed, whatever became of the request, and the memory of a send is used again
// only then.
func TestBodyOutlivesRequest(t *testing.T) {
	readers := make(chan io.Reader, 100)
	do := func(_ context.Context, _ *http.Client, req *http.Request) (*http.Response, error) {
		again, err := req.GetBody()
		readers <- again
		_ = req.Body.Close()
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(&bytes.Buffer{})}, err
	}
	w := &world{t: t, reg: prometheus.NewRegistry()}
	m := notifier.NewManager(&notifier.Options{QueueCapacity: 1000, Do: do}, model.UTF8Validation, nil)
	w.subject = m
	w.apply(config.AlertmanagerConfig{})
	tsets, ended := make(chan map[string][]*targetgroup.Group), make(chan struct{})
	go func() { defer close(ended); m.Run(tsets) }()
	tsets <- map[string][]*targetgroup.Group{"config-0": {{Targets: []model.LabelSet{{model.AddressLabel: "a"}}}}}
	tsets <- nil
	for i := range 100 {
		m.Send(named(fmt.Sprintf("alert-%d", i))...)
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
