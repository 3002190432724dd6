package server

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/alertmanager/alert"

	"github.com/notifysim/notifysim/fakeam"
)

// An Arrival is a request to post alerts together with its response.
type Arrival struct {
	At     time.Time     // when the whole body had arrived
	Took   time.Duration // from At to the end of the response
	Remote string        // address of the client
	Size   int           // length of the body in bytes
	// Outcome is how the request ended. It is the Outcome of the fakeam.Decision, where ok and bad_status depend on the
	// actual status. For a fault that stores alerts or sends part of a response, it is the name of the fault:
	// lose_response, truncated, slow_body, partial or wrong_content. It is closed if Close was called before the
	// response.
	Outcome string
	// Status is the HTTP status of the response; 0 if there is none.
	Status int
	// Alerts are the alerts of the request as they were stored. Results say what the store did with each. Both are nil
	// if the body was not decoded or could not be decoded.
	Alerts  []*alert.Alert
	Results []fakeam.PutResult
}

// An observation is an Arrival that is passed to Options.Observe once.
type observation struct {
	Arrival
	reported bool
}

// observe passes an arrival to Options.Observe, unless that is nil or was called with it before.
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

// withObservation returns r with the observation in its context, which the handler fills in.
func withObservation(r *http.Request, o *observation) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), observationKey{}, o))
}

// observationOf returns the observation of r, or nil.
func observationOf(r *http.Request) *observation {
	o, _ := r.Context().Value(observationKey{}).(*observation)
	return o
}
