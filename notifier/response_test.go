package notifier_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"

	"github.com/notifysim/notifysim/notifier"
)

// A response is read to its end, so that the connection is reused for the next request.
func TestConnectionIsReused(t *testing.T) {
	var connections atomic.Int64
	handler := func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write(make([]byte, 1<<20)) }
	srv := httptest.NewUnstartedServer(http.HandlerFunc(handler))
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	srv.Start()
	defer srv.Close()
	w := &harness{t: t, reg: prometheus.NewPedanticRegistry()}
	m := notifier.NewManager(&notifier.Options{QueueCapacity: 1000, Registerer: w.reg}, model.UTF8Validation, nil)
	w.managerAPI = m
	w.apply(config.AlertmanagerConfig{})
	tsets, ended := make(chan map[string][]*targetgroup.Group), make(chan struct{})
	go func() { defer close(ended); m.Run(tsets) }()
	defer func() { m.Stop(); <-ended }()
	address := strings.TrimPrefix(srv.URL, "http://")
	tsets <- targetsOf(address)
	tsets <- nil
	for i := range 5 {
		m.Send(alertsNamed("x")...)
		w.waitForMetric("sent_total", float64(i+1))
	}
	require.Equal(t, int64(1), connections.Load())
}

// A blockingBody is a response body whose Read blocks until it is closed.
type blockingBody chan struct{}

func (s blockingBody) Read([]byte) (int, error) { <-s; return 0, io.ErrClosedPipe }

func (s blockingBody) Close() error {
	select {
	case <-s:
	default:
		close(s)
	}
	return nil
}

// The timeout also ends the reading of a response. The request counts as delivered all the same.
func TestTimeoutEndsReadingOfResponse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		do := func(_ context.Context, _ *http.Client, req *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Body: make(blockingBody)}, req.Body.Close()
		}
		w := newHarness(t, "v3.16", notifier.Options{Do: do})
		w.run()
		w.discover([]string{"a"})
		w.sendNames("x")
		time.Sleep(9 * time.Second)
		require.Equal(t, 0.0, w.counters("a").sent)
		time.Sleep(2 * time.Second)
		require.Equal(t, counters{1, 0, 1, 0}, w.counters("a"))
		w.stop()
	})
}

// With a shared queue, an unknown API version in one entry makes the batch count as dropped for all Alertmanagers.
func TestBatchThatCannotBeEncodedForOneSet(t *testing.T) {
	for release, dropped := range map[string]float64{"v2.53": 1, "v3.9": 1} {
		withHarness(t, release, notifier.Options{}, func(w *harness) {
			cfg := configOf(config.AlertmanagerConfig{}, config.AlertmanagerConfig{Timeout: model.Duration(time.Second)})
			cfg.AlertingConfig.AlertmanagerConfigs[1].APIVersion = "v3"
			require.NoError(t, w.ApplyConfig(cfg))
			require.True(t, w.offer([]string{"a"}, []string{"b"}))
			w.sendNames("x")
			require.Equal(t, counters{1, 0, 1, dropped}, w.counters("a"), release)
			require.Equal(t, 0.0, w.metric("sent_total", "b"), release)
		})
	}
}
