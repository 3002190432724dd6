package blackbox

import (
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/adapter/protocol"
)

// A Host runs a notifier.Manager, ours or Prometheus', and lets an Engine drive it: in a bubble of this process, in
// another process, or on the wall clock. Its methods are called one at a time. Times are nanoseconds from the start of
// the run.
type Host interface {
	// ApplyConfig calls ApplyConfig, which may go on beside the driver.
	ApplyConfig(*config.Config) error
	// OfferTargets offers a target update without waiting, as service discovery does, and reports whether it was taken.
	OfferTargets(map[string][]*targetgroup.Group) (bool, error)
	Send([]Alert) error
	Stop() error
	// Answer ends a request that arrived, by its number.
	Answer(request int, r protocol.Reply) error
	// CutBody breaks the body of a response off that takes its time.
	CutBody(request int) error
	// Begin makes this instant, or an instant that the manager waits for without doing anything, the one at a time of
	// the run.
	Begin(at int64) error
	// Advance lets time pass until the instant or, before it, until the manager does something. It returns the time then.
	Advance(until int64) (now int64, err error)
	// Settle lets the manager go on until it waits, and returns what it did.
	Settle() (Events, error)
	Samples() ([]engine.Sample, error)
	// Alertmanagers are the URLs of the active ones.
	Alertmanagers() ([]string, error)
	// ExpectDeadlock makes sure that the manager holds its lock for ever, and gives it up: no other method is called
	// after it.
	ExpectDeadlock() error
	// Close ends it all; no request is answered any more.
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

	// On the wall clock, where the run does not decide what becomes of a request:
	Ended []Ending // requests that ended, but not for the manager, which waits for the reply
	Taken []Taking // what fake Alertmanagers took
}

// An Ending is how a request ended on the wall clock.
type Ending struct {
	Request int
	Status  int // 0 without a response
	Outcome string
}

// A Taking is that a fake Alertmanager on the wall clock took the first N alerts of a request.
type Taking struct {
	Request int
	Address string
	N       int
}
