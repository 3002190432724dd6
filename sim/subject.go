package sim

import (
	"github.com/prometheus/prometheus/discovery/targetgroup"
)

// A subject is the notifier that a run puts to the test: the rules themselves, or a Manager with goroutines of its own.
// The run calls its methods one at a time.
type subject interface {
	// prime makes the first target update known before the run begins, as to a server that has been up for a while.
	prime(update func())

	// applyConfig makes a configuration the sender's, as soon as the manager's lock is free. The sender's reloading is called when
	// that goes ahead, and its reloaded when ApplyConfig has returned; both perhaps at once.
	applyConfig(*reload) error
	// offer offers a target update and reports whether it was taken.
	offer(map[string][]*targetgroup.Group) bool
	// send calls Send. The sender's returned is called when the call returns, perhaps at once.
	send(*send)
	// locked reports whether a call of Send would have to wait.
	locked() bool
	stop()

	// measure brings the books up to date with what the notifier says of itself; samples are its metrics, until the next call, and
	// shape is a number that changes when they are others, but for their values; 0 if that is not known.
	measure()
	samples() ([]Sample, error)
	shape() int

	// anybody reports whether there is an active Alertmanager.
	anybody() bool
	// holds returns how many alerts wait for the Alertmanager and how many are in flight to it.
	holds(*peer) (queued, inFlight int64)
	// open calls each with all alerts that wait or are in flight.
	open(each func(segment))
}
