package server

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/alertmanager/alert"

	"github.com/notifysim/notifysim/fakeam"
)

// An Arrival is a request to post alerts and its response.
type Arrival struct {
	At     time.Time     // when the whole body had arrived
	Took   time.Duration // from At to the end of the response
	Remote string        // address of the client
	Size   int           // of the body in bytes
	// Outcome is that of fakeam.Decision (ok and bad_status by the actual status), or the name of a fault that stores
	// alerts or responds in part (lose_response, truncated, slow_body, partial, wrong_content), or closed if Close came
	// before the response.
	Outcome string
	// Status is the HTTP status of the response; 0 if there is none.
	Status int
	// Alerts are the alerts of the request as they are stored, and Results what the store did with each. Both are nil if
	// the body was not decoded or is invalid as a whole.
	Alerts  []*alert.Alert
	Results []fakeam.PutResult
}

// An observation is an Arrival that Options.Observe gets once.
type observation struct {
	Arrival
	reported bool
}

// observe reports an arrival to Options.Observe if that is set and has not got it.
func (s *Server) observe(o *observation) {
	if s.opt.Observe == nil || o.reported {
		return
	}
	o.reported = true
	o.Took = s.clock.Since(o.At)
	s.observing.Lock()
	defer s.observing.Unlock()
	s.opt.Observe(o.Arrival)
}

type observationKey struct{}

// withObservation returns r with the observation that its handler completes.
func withObservation(r *http.Request, o *observation) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), observationKey{}, o))
}

// observationOf returns the observation of r, or nil.
func observationOf(r *http.Request) *observation {
	o, _ := r.Context().Value(observationKey{}).(*observation)
	return o
}
