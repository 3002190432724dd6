package server

import (
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/common/version"

	"github.com/notifysim/notifysim/fakeam"
)

// metrics are those metrics of a real Alertmanager that concern received alerts and the API.
type metrics struct {
	registry *prometheus.Registry
	duration *prometheus.HistogramVec
	inFlight prometheus.Gauge
	exceeded prometheus.Counter
}

// instrument measures the requests to a handler. The label handler is name or, if name is "", the path of the request.
func (m *metrics) instrument(name string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler := name
		if handler == "" {
			handler = r.URL.Path
			switch {
			case strings.HasPrefix(handler, "/api/v2/silence/"):
				handler = "/api/v2/silence/{silenceID}"
			case !knownPaths[handler]: // a real Alertmanager creates a series for every requested path
				handler = "other"
			}
		}
		duration := m.duration.MustCurryWith(prometheus.Labels{"handler": handler})
		promhttp.InstrumentHandlerDuration(duration, h).ServeHTTP(w, r)
	})
}

var knownPaths = map[string]bool{
	"/api/v2/alerts": true, "/api/v2/alerts/groups": true, "/api/v2/receivers": true, "/api/v2/silences": true,
	"/api/v2/status": true,
}

func newMetrics(s *Server) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:                            "alertmanager_http_request_duration_seconds",
			Help:                            "Histogram of latencies for HTTP requests.",
			Buckets:                         prometheus.DefBuckets,
			NativeHistogramBucketFactor:     1.1,
			NativeHistogramMaxBucketNumber:  100,
			NativeHistogramMinResetDuration: time.Hour,
		}, []string{"handler", "method", "code"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name:        "alertmanager_http_requests_in_flight",
			Help:        "Current number of HTTP requests being processed.",
			ConstLabels: prometheus.Labels{"method": "get"},
		}),
		exceeded: prometheus.NewCounter(prometheus.CounterOpts{
			Name:        "alertmanager_http_concurrency_limit_exceeded_total",
			Help:        "Total number of times an HTTP request failed because the concurrency limit was reached.",
			ConstLabels: prometheus.Labels{"method": "get"},
		}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "alertmanager_build_info",
		Help: "A metric with a constant '1' value labeled by version, revision, branch, goversion " +
			"from which alertmanager was built.",
		ConstLabels: prometheus.Labels{
			"version": version.Version, "revision": version.Revision, "branch": version.Branch, "goversion": version.GoVersion,
		},
	})
	build.Set(1)
	m.registry.MustRegister(m.duration, m.inFlight, m.exceeded, build)
	s.registerCounts(m.registry)
	return m
}

// registerCounts registers the metrics of the store and of its alerts.
func (s *Server) registerCounts(to *prometheus.Registry) {
	counter := func(name, help string, labels prometheus.Labels, value func(*fakeam.Store) int64) {
		opts := prometheus.CounterOpts{Name: name, Help: help, ConstLabels: labels}
		to.MustRegister(prometheus.NewCounterFunc(opts, func() float64 {
			s.mu.Lock()
			defer s.mu.Unlock()
			return float64(value(s.store))
		}))
	}
	gauge := func(name, help string, labels prometheus.Labels, value func() int) {
		opts := prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels}
		to.MustRegister(prometheus.NewGaugeFunc(opts, func() float64 { return float64(value()) }))
	}
	const received, receivedHelp = "alertmanager_alerts_received_total", "The total number of received alerts."
	counter(received, receivedHelp, prometheus.Labels{"version": "v2", "status": "firing"},
		func(s *fakeam.Store) int64 { return s.Firing })
	counter(received, receivedHelp, prometheus.Labels{"version": "v2", "status": "resolved"},
		func(s *fakeam.Store) int64 { return s.Resolved })
	counter("alertmanager_alerts_invalid_total", "The total number of received alerts that were invalid.",
		prometheus.Labels{"version": "v2"}, func(s *fakeam.Store) int64 { return s.Invalid })
	counter("alertmanager_alerts_limited_total", "Total number of alerts that were dropped due to per alert name limit",
		nil, func(s *fakeam.Store) int64 { return s.Limited })
	gauge("alertmanager_alerts_per_alert_limit", "Current limit on number of alerts per alert name",
		nil, func() int { return s.opt.Store.PerAlertname })
	for state, n := range map[string]func() int{
		"active": s.CountActive, "suppressed": func() int { return 0 }, "unprocessed": func() int { return 0 },
	} {
		gauge("alertmanager_alerts", "How many alerts by state.", prometheus.Labels{"state": state}, n)
	}
}
