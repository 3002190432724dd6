// Package engine defines how a run drives a notifier (Engine) and how the notifier reports what it does (Observer).
// Package model implements Engine with notifier/core alone, package blackbox with a Manager that it observes from
// outside. A sender implements Observer.
//
// The package has the two interfaces and the types in their methods, and no code that acts.
//
// The package is internal to sim: it promises nothing to others.
package engine

import (
	"errors"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/network"
)

// An Engine runs the notifier of one sender. Its methods are called one at a time.
type Engine interface {
	// Prime calls update, which offers the first target update, and waits until the notifier has applied it. It is
	// called before the run begins, since the simulated server has been running for a while at 0s.
	Prime(update func())
	// ApplyConfig applies a configuration as soon as the manager's lock is free. The engine calls Observer.Reloading
	// when the call has the lock, and Reloaded when it has returned; both may happen before ApplyConfig returns.
	ApplyConfig(*Reload) error
	// OfferTargets offers a target update to the manager's Run and reports whether Run received it.
	OfferTargets(map[string][]*targetgroup.Group) bool
	// Send passes the alerts to the notifier. The engine calls Observer.Returned when the notifier's Send has returned,
	// possibly before this method returns.
	Send(*alerts.Send)
	// Locked reports whether a call of Send would have to wait for the manager's lock.
	Locked() bool
	// Stop calls the notifier's Stop.
	Stop()

	// Measure corrects the accounts with the notifier's metrics, on engines that can see some drops only there.
	Measure() error
	// Samples returns the notifier's metrics; the slice is valid until the next call. Shape returns a number that
	// changes when series appear or disappear, or 0 if the engine does not know.
	Samples() ([]Sample, error)
	Shape() int

	// HasAlertmanagers reports whether the notifier has an active Alertmanager.
	HasAlertmanagers() bool
	// Holds returns how many copies wait for an Alertmanager, and how many are in flight to it.
	Holds(*network.Peer) (queued, inFlight int64)
	// EachWaiting calls f with every segment whose copies wait or are in flight.
	EachWaiting(f func(alerts.Segment))
}

// A Reload is one call of ApplyConfig.
type Reload struct {
	Config *config.Config
	// First says that this is the call before the server starts.
	First bool
	// Position is the place of the reload in the timeline, At its time in the scenario, and Event the number of its
	// event in the trace, which is set once the call has the manager's lock.
	Position int
	At       int64
	Event    int64
}

// A QueueState is the state of a queue when copies arrive at it.
type QueueState struct {
	// Waiting copies are already in the queue when Arriving copies arrive; Capacity is the most that the queue may
	// hold.
	Waiting, Arriving, Capacity int
}

// An Observer records what the notifier of one sender does. Engines report to nothing else.
type Observer interface {
	network.Observer

	// GoesAhead reports that a call of Send has got the manager's lock. From then on it consists of the alerts that the
	// relabelling of Send did not drop, with the labels that the relabelling gave them.
	GoesAhead(*alerts.Send)
	// Returned reports that a call of Send has returned.
	Returned(*alerts.Send)
	// Reloading reports that a new configuration is in force, Reloaded that ApplyConfig has returned.
	Reloading(*Reload)
	Reloaded(*Reload)
	// TargetsTaken reports that Run received a target update, TargetsWrong the errors that the notifier found in it.
	TargetsTaken()
	TargetsWrong([]error)

	// Join reports that an Alertmanager became active, and how many copies already wait in its queue. The observer sets
	// the Alertmanager's Tag to its network.Target.
	Join(am *core.Alertmanager, waiting int)
	// Leave reports that an Alertmanager is no longer active, and that its queue was discarded with this many copies in
	// it.
	Leave(am *core.Alertmanager, waiting int)
	// Hold reports that the copies of seg arrive at the queue that feeds ams. They may still be dropped instead of
	// entering it.
	Hold(ams []*core.Alertmanager, seg alerts.Segment)
	// Queued reports that the copies of seg enter the queue that feeds ams. Engines that cannot see the queue do not
	// call it.
	Queued(ams []*core.Alertmanager, seg alerts.Segment, q QueueState)
	// Dropped reports that copies leave the queue that feeds ams, or never enter it, without being posted. q is nil if
	// the engine infers the drop from later events.
	Dropped(ams []*core.Alertmanager, seg alerts.Segment, why core.Reason, q *QueueState)
	// Skipped reports that n copies are not posted to am, since the relabelling of its set drops them.
	Skipped(am *core.Alertmanager, n int)
	// Popped reports that a batch leaves the queue that feeds ams. Engines that cannot see the queue do not call it.
	Popped(ams []*core.Alertmanager, batch []alerts.Segment, n int)
	// BatchBegins reports that a batch of a shared queue is about to be posted.
	BatchBegins(n int)
	// Posting reports that requests to am are about to go out. Together they carry segs, and each carries at most
	// largest copies.
	Posting(am *core.Alertmanager, segs []alerts.Segment, largest int)
	// KeptOldest reports that the notifier posts copies that it should have dropped, since they were the oldest in the
	// queue that feeds ams when the queue overflowed.
	KeptOldest(ams []*core.Alertmanager, seg alerts.Segment)
	// PostingToStranger reports a request to a URL that belongs to no active Alertmanager.
	PostingToStranger(url string)
	// BatchDone reports that the last request of a batch has ended. anyAlertmanager says whether there was an
	// Alertmanager to post to, lost whether the release counts the batch as lost; lost is Unseen if the engine does not
	// know.
	BatchDone(ams []*core.Alertmanager, batch []alerts.Segment, n int, anyAlertmanager bool, lost Judgement)
	// Release reports copies that neither wait nor are in flight any more.
	Release(alerts.Segment)
	// Primed reports that a request without alerts was answered before the run began.
	Primed(am *core.Alertmanager)
	// Stopped reports that the manager's Run has returned.
	Stopped()
}

// A Judgement says whether a release counts a batch as lost.
type Judgement uint8

// The judgements.
const (
	Unseen Judgement = iota // the engine does not know
	CountedDelivered
	CountedLost
)

// ErrUnobservable is the error of a run whose outcome the engine cannot determine, because the sender stops while calls
// of Send wait for the manager's lock and have not yet been made, or because the outcome depends on the random order of
// a Go map.
var ErrUnobservable = errors.New("this engine cannot determine the outcome of the scenario; use the engine model")

// Untraceable is the error of a run in which the notifier did something that the rules of its release do not allow, so
// that the accounts cannot be continued. If an invariant is violated too, the run reports the violation instead.
type Untraceable struct{ Err error }

func (u Untraceable) Error() string { return u.Err.Error() }

// Unwrap returns u.Err.
func (u Untraceable) Unwrap() error { return u.Err }
