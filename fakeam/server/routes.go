package server

import (
	"fmt"
	"io"
	"net/http"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/common/route"
)

// routes combines API v2 with the other endpoints, like api/api.go and package httpserver of Alertmanager v0.35.0.
func (s *Server) routes(api http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/api/v2/", s.metrics.instrument("", s.limit(api)))
	other := route.New().WithInstrumentation(func(name string, h http.HandlerFunc) http.HandlerFunc {
		return s.metrics.instrument(name, h).ServeHTTP
	})
	other.Get("/metrics", promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}).ServeHTTP)
	for _, path := range []string{"/-/healthy", "/-/ready"} {
		other.Get(path, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "OK") })
		other.Head(path, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	}
	s.routeV1(other)
	mux.Handle("/", s.limit(other))
	return mux
}

// limit applies Options.Concurrency to GET requests and Options.Timeout to all requests.
func (s *Server) limit(h http.Handler) http.Handler {
	running := make(chan struct{}, s.opt.Concurrency)
	limited := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			select {
			case running <- struct{}{}:
				s.metrics.inFlight.Inc()
				defer func() {
					<-running
					s.metrics.inFlight.Dec()
				}()
			default:
				s.metrics.exceeded.Inc()
				message := fmt.Sprintf("Limit of concurrent GET requests reached (%d), try again later.\n", cap(running))
				http.Error(w, message, http.StatusServiceUnavailable)
				return
			}
		}
		h.ServeHTTP(w, r)
	})
	if s.opt.Timeout <= 0 {
		return limited
	}
	return http.TimeoutHandler(limited, s.opt.Timeout, fmt.Sprintf("Exceeded configured timeout of %v.\n", s.opt.Timeout))
}
