package server

import (
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/common/version"
)

// metrics are those metrics of a real Alertmanager that are about received alerts and the API.
type metrics struct {
	registry *prometheus.Registry
	duration *prometheus.HistogramVec
	inFlight prometheus.Gauge
	exceeded prometheus.Counter
}

// instrument measures requests to a handler under its name, or under their path if that is "".
func (m *metrics) instrument(name string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler := name
		if handler == "" {
			handler = r.URL.Path
			switch {
			case strings.HasPrefix(handler, "/api/v2/silence/"):
				handler = "/api/v2/silence/{silenceID}"
			case !knownPaths[handler]: // a real Alertmanager has a series for every path that is requested
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
	m.registry.MustRegister(m.duration, m.inFlight, m.exceeded, build, storeCollector{s})
	return m
}

// A storeCollector collects the metrics of alerts from the store.
type storeCollector struct{ s *Server }

var (
	v2            = prometheus.Labels{"version": "v2"}
	receivedTotal = prometheus.NewDesc("alertmanager_alerts_received_total",
		"The total number of received alerts.", []string{"status"}, v2)
	invalidTotal = prometheus.NewDesc("alertmanager_alerts_invalid_total",
		"The total number of received alerts that were invalid.", nil, v2)
	limitedTotal = prometheus.NewDesc("alertmanager_alerts_limited_total",
		"Total number of alerts that were dropped due to per alert name limit", nil, nil)
	alertLimit = prometheus.NewDesc("alertmanager_alerts_per_alert_limit",
		"Current limit on number of alerts per alert name", nil, nil)
	alertsByState = prometheus.NewDesc("alertmanager_alerts", "How many alerts by state.", []string{"state"}, nil)
)

// Describe implements prometheus.Collector.
func (storeCollector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{receivedTotal, invalidTotal, limitedTotal, alertLimit, alertsByState} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (c storeCollector) Collect(to chan<- prometheus.Metric) {
	firing, resolved, invalid, limited := c.s.Counts()
	active := c.s.CountActive()
	counter := func(d *prometheus.Desc, n int64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
	}
	gauge := func(d *prometheus.Desc, n int, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(n), labels...)
	}
	counter(receivedTotal, firing, "firing")
	counter(receivedTotal, resolved, "resolved")
	counter(invalidTotal, invalid)
	counter(limitedTotal, limited)
	gauge(alertLimit, c.s.opt.Store.PerAlertname)
	gauge(alertsByState, active, "active")
	gauge(alertsByState, 0, "suppressed")
	gauge(alertsByState, 0, "unprocessed")
}
