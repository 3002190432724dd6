package blackbox

import (
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/adapter/protocol"
)

// A Host runs a notifier.Manager, ours or Prometheus', and lets an Engine drive it: in a bubble of this process, in
// another process, or on the wall clock. Its methods are called one at a time. Times are in nanoseconds from the start
// of the run.
type Host interface {
	// ApplyConfig calls ApplyConfig, and returns when the call has returned or waits.
	ApplyConfig(*config.Config) error
	// OfferTargets offers a target update without waiting, as service discovery does, and reports whether Run received it.
	OfferTargets(map[string][]*targetgroup.Group) (bool, error)
	Send([]Alert) error
	Stop() error
	// Answer ends the request with a number.
	Answer(request int, r protocol.Reply) error
	// CutBody breaks off the body of a response that has not arrived completely.
	CutBody(request int) error
	// Begin sets the time of the run: it is at now, or after a wait in which the manager does nothing.
	Begin(at int64) error
	// Advance lets time pass to until, or to an earlier instant at which the manager acts, and returns the time reached.
	Advance(until int64) (now int64, err error)
	// Settle waits until all goroutines of the manager wait, and returns what the manager did.
	Settle() (Events, error)
	Samples() ([]engine.Sample, error)
	// Alertmanagers are the URLs of the active ones.
	Alertmanagers() ([]string, error)
	// ExpectDeadlock returns an error unless the manager holds its lock for ever. No other method may be called after it.
	ExpectDeadlock() error
	// Close stops the manager. No request is answered after it.
	Close() error
}

// An Alert is a copy as it is passed to a manager's Send.
type Alert struct {
	Labels           labels.Labels
	StartsAt, EndsAt int64
	GeneratorURL     string
}

// Events are what a manager did while it settled.
type Events struct {
	protocol.Events

	// On the wall clock, where servers respond to the requests:
	Ended []Ending // requests that ended; the manager waits until the driver answers them
	Taken []Taking // what fake Alertmanagers stored
}

// An Ending is how a request ended on the wall clock.
type Ending struct {
	Request int
	Status  int // 0 without a response
	Outcome string
}

// A Taking says that a fake Alertmanager on the wall clock stored the first N alerts of a request.
type Taking struct {
	Request int
	Address string
	N       int
}
