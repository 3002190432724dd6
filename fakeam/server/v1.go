package server

import (
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/common/model"
	"github.com/prometheus/common/route"
)

// gone is what every request to API v1 is answered since Alertmanager 0.27 (api/v1_deprecation_router.go).
const gone = `{"status":"deprecated","error":"The Alertmanager v1 API was deprecated in version 0.16.0 and is removed as of version 0.27.0 - please use the equivalent route in the v2 API"}` + "\n"

// routeV1 answers API v1: gone, but for the alerts that AcceptV1 takes.
func (s *Server) routeV1(r *route.Router) {
	answer := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusGone)
		_, _ = io.WriteString(w, gone)
	}
	for _, path := range []string{"status", "receivers", "alerts", "silences", "silence/:id"} {
		r.Get("/api/v1/"+path, answer)
	}
	r.Post("/api/v1/silences", answer)
	r.Del("/api/v1/silence/:id", answer)
	if s.opt.AcceptV1 {
		answer = s.postV1
	}
	r.Post("/api/v1/alerts", answer)
}

// v1Answer is the answer of API v1, which wraps everything.
type v1Answer struct {
	Status    string `json:"status"`
	ErrorType string `json:"errorType,omitempty"`
	Error     string `json:"error,omitempty"`
}

// postV1 takes alerts as addAlerts of api/v1/api.go in Alertmanager v0.25 did. The fields are those of v2;
// nothing asks for a content type.
func (s *Server) postV1(w http.ResponseWriter, r *http.Request) {
	var posted []*struct {
		Labels       model.LabelSet `json:"labels"`
		Annotations  model.LabelSet `json:"annotations"`
		StartsAt     time.Time      `json:"startsAt"`
		EndsAt       time.Time      `json:"endsAt"`
		GeneratorURL string         `json:"generatorURL"`
	}
	answer := func(status int, body v1Answer) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body)
	}
	if err := json.NewDecoder(r.Body).Decode(&posted); err != nil {
		answer(http.StatusBadRequest, v1Answer{"error", "bad_data", err.Error()})
		return
	}
	alerts := make([]*alert.Alert, len(posted))
	for i, a := range posted {
		if a == nil {
			panic(http.ErrAbortHandler)
		}
		alerts[i] = &alert.Alert{Alert: model.Alert{
			Labels: a.Labels, Annotations: a.Annotations, StartsAt: a.StartsAt, EndsAt: a.EndsAt, GeneratorURL: a.GeneratorURL,
		}}
	}
	switch message, status := s.put(r, alerts); status {
	case http.StatusOK:
		answer(status, v1Answer{Status: "success"})
	case http.StatusBadRequest:
		answer(status, v1Answer{"error", "bad_data", message})
	default:
		answer(status, v1Answer{"error", "server_error", message})
	}
}
