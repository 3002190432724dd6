package sim

import (
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/sim/adapter/protocol"
)

// A host runs a notifier.Manager, ours or Prometheus', in virtual time, and lets a rig drive it: in a bubble of this process, or
// in another process. Its methods are called one at a time. Times are nanoseconds from the start of the run.
type host interface {
	// apply calls ApplyConfig, which may go on beside the driver.
	apply(*config.Config) error
	// offer offers a target update without waiting, as service discovery does, and reports whether it was taken.
	offer(map[string][]*targetgroup.Group) (bool, error)
	send([]handed) error
	stop() error
	// answer ends a request that was heard of.
	answer(visit int, a reply) error
	// cut breaks the body of an answer off that takes its time.
	cut(visit int) error
	// begin makes this instant, or an instant that the manager waits for without doing anything, the one at a time of the run.
	begin(at int64) error
	// advance lets time pass until the instant or, before it, until the manager does something. It returns the time then.
	advance(until int64) (now int64, err error)
	// settle lets the manager go on until it waits, and returns what it did.
	settle() (heard, error)
	samples() ([]Sample, error)
	// alertmanagers are the URLs of the active ones.
	alertmanagers() ([]string, error)
	// wedged makes sure that the manager holds its lock for ever, and gives it up: no other method is called after it.
	wedged() error
	// close ends it all; nobody is answered any more.
	close() error
}

// A handed is an alert as a manager is handed it.
type handed struct {
	Labels           labels.Labels
	StartsAt, EndsAt int64
	GeneratorURL     string
}

// heard is what a manager did while it settled.
type heard struct {
	protocol.Heard

	// On the wall clock, where the run does not decide what becomes of a request:
	Ended []ending // requests that ended, but not for the manager, which waits for the reply
	Taken []taking // what fake Alertmanagers took
}

// What a manager asks of its HTTP client, and gets, is the same in a child process.
type (
	arrival = protocol.Arrival
	reply   = protocol.Reply
)
