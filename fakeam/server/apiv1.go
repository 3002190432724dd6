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

// v1Gone is the response of Alertmanager 0.27 and later to every request to API v1 (api/v1_deprecation_router.go).
const v1Gone = `{"status":"deprecated","error":"The Alertmanager v1 API was deprecated in version 0.16.0 and ` +
	`is removed as of version 0.27.0 - please use the equivalent route in the v2 API"}` + "\n"

// routeV1 adds the routes of API v1. They answer 410, except for posting alerts if Options.AcceptV1 is set.
func (s *Server) routeV1(r *route.Router) {
	handler := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusGone)
		_, _ = io.WriteString(w, v1Gone)
	}
	for _, path := range []string{"status", "receivers", "alerts", "silences", "silence/:id"} {
		r.Get("/api/v1/"+path, handler)
	}
	r.Post("/api/v1/silences", handler)
	r.Del("/api/v1/silence/:id", handler)
	if s.opt.AcceptV1 {
		handler = s.postV1
	}
	r.Post("/api/v1/alerts", handler)
}

// v1Response is the body of every response of API v1.
type v1Response struct {
	Status    string `json:"status"`
	ErrorType string `json:"errorType,omitempty"`
	Error     string `json:"error,omitempty"`
}

// postV1 stores alerts like addAlerts in api/v1/api.go of Alertmanager v0.25. The fields are those of API v2. The
// content type is not checked.
func (s *Server) postV1(w http.ResponseWriter, r *http.Request) {
	var posted []*struct {
		Labels       model.LabelSet `json:"labels"`
		Annotations  model.LabelSet `json:"annotations"`
		StartsAt     time.Time      `json:"startsAt"`
		EndsAt       time.Time      `json:"endsAt"`
		GeneratorURL string         `json:"generatorURL"`
	}
	if err := json.NewDecoder(r.Body).Decode(&posted); err != nil {
		writeJSON(w, http.StatusBadRequest, v1Response{"error", "bad_data", err.Error()})
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
		writeJSON(w, status, v1Response{Status: "success"})
	case http.StatusBadRequest:
		writeJSON(w, status, v1Response{"error", "bad_data", message})
	default:
		writeJSON(w, status, v1Response{"error", "server_error", message})
	}
}
