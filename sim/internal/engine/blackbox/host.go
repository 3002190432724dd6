package blackbox

import (
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/adapter/protocol"
)

// A Host runs a notifier.Manager, of this module or of Prometheus, and lets an Engine drive it: in a bubble of this
// process, in a child process, or on the wall clock. Its methods are called one at a time. Times are in nanoseconds
// from the start of the run.
type Host interface {
	// ApplyConfig calls the manager's ApplyConfig. It returns when that call has returned or is blocked.
	ApplyConfig(*config.Config) error
	// OfferTargets offers a target update to the manager's Run without waiting, as service discovery does, and reports
	// whether Run received it.
	OfferTargets(map[string][]*targetgroup.Group) (bool, error)
	Send([]Alert) error
	Stop() error
	// Answer ends the request with this number.
	Answer(request int, r protocol.Reply) error
	// CutBody breaks off the body of a response that has not arrived completely yet.
	CutBody(request int) error
	// Begin sets the time of the run, by letting time pass if the host is behind. The manager does nothing meanwhile.
	Begin(at int64) error
	// Advance lets time pass until the given time, or until an earlier instant at which the manager acts. It returns
	// the time that was reached.
	Advance(until int64) (now int64, err error)
	// Settle waits until all goroutines of the manager are blocked, and returns what the manager did.
	Settle() (Events, error)
	Samples() ([]engine.Sample, error)
	// Alertmanagers returns the URLs of the manager's active Alertmanagers.
	Alertmanagers() ([]string, error)
	// ExpectDeadlock returns an error unless the manager holds its lock for ever. After it no other method may be
	// called.
	ExpectDeadlock() error
	// Close stops the manager. Open requests are not answered any more.
	Close() error
}

// An Alert is a copy of an alert as it is passed to the manager's Send.
type Alert struct {
	Labels           labels.Labels
	StartsAt, EndsAt int64
	GeneratorURL     string
}

// Events are what the manager did until it settled.
type Events struct {
	protocol.Events

	// These are used on the wall clock only, where servers respond to the requests.
	Ended []Ending // requests that ended; the manager does not see the response until the driver calls Answer
	Taken []Taking // what fake Alertmanagers stored
}

// An Ending tells how a request ended on the wall clock.
type Ending struct {
	Request int
	Status  int // the HTTP status, or 0 if there was no response
	Outcome string
}

// A Taking tells that a fake Alertmanager on the wall clock stored the first N alerts of a request.
type Taking struct {
	Request int
	Address string
	N       int
}
