// Package engine defines how a run drives a notifier and how the notifier reports what it does. Package model
// implements Engine with the rules themselves, package blackbox with a Manager that is seen from outside. A sender
// implements Observer.
//
// It holds the two interfaces and the types in their methods, and no code that acts.
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
	// Prime calls update, which offers the first target update, and lets the notifier apply it before the run begins: the
	// server has run for a while before 0s.
	Prime(update func())
	// ApplyConfig applies a configuration as soon as the manager's lock is free. Observer.Reloading is called when the
	// call has the lock, and Reloaded when it has returned; both possibly before ApplyConfig returns.
	ApplyConfig(*Reload) error
	// OfferTargets offers a target update and reports whether Run received it.
	OfferTargets(map[string][]*targetgroup.Group) bool
	// Send calls Send. Observer.Returned is called when the call has returned, possibly before Send returns.
	Send(*alerts.Send)
	// Locked reports whether a call of Send would have to wait.
	Locked() bool
	// Stop calls Stop.
	Stop()

	// Measure updates the accounts by the notifier's metrics, where the engine cannot see what they say.
	Measure() error
	// Samples are the notifier's metrics; the slice is valid until the next call. Shape is a number that changes when
	// series appear or disappear; 0 if the engine does not know.
	Samples() ([]Sample, error)
	Shape() int

	// HasAlertmanagers reports whether there is an active Alertmanager.
	HasAlertmanagers() bool
	// Holds returns how many copies wait for an Alertmanager, and how many are in flight to it.
	Holds(*network.Peer) (queued, inFlight int64)
	// EachWaiting calls f with all copies that wait or are in flight.
	EachWaiting(f func(alerts.Segment))
}

// A Reload is a call of ApplyConfig.
type Reload struct {
	Config *config.Config
	// First says that it is the call before the server starts.
	First bool
	// Position is its place in the timeline, At its time in the scenario, Event its number in the trace once the call has
	// the manager's lock.
	Position int
	At       int64
	Event    int64
}

// A QueueState is the state of a queue when copies arrive at it.
type QueueState struct {
	// Waiting copies wait already when Arriving copies arrive; Capacity is the most that the queue holds.
	Waiting, Arriving, Capacity int
}

// An Observer records what the notifier of one sender does. Every engine reports through it, and only through it.
type Observer interface {
	network.Observer

	// GoesAhead reports that a call of Send has the manager's lock. Its copies are what the relabelling of Send leaves.
	GoesAhead(*alerts.Send)
	// Returned reports that a call of Send has returned.
	Returned(*alerts.Send)
	// Reloading reports that a configuration is in force, Reloaded that ApplyConfig has returned.
	Reloading(*Reload)
	Reloaded(*Reload)
	// TargetsTaken reports that Run received a target update, TargetsWrong the errors in it.
	TargetsTaken()
	TargetsWrong([]error)

	// Join reports that an Alertmanager became active, and how many copies already wait for it. It sets the
	// Alertmanager's Tag to the Target.
	Join(am *core.Alertmanager, waiting int)
	// Leave reports that an Alertmanager is no longer active, and that its queue, with so many waiting copies, is gone.
	Leave(am *core.Alertmanager, waiting int)
	// Hold reports that the copies of seg are for the queue that feeds ams, whether they enter it or are dropped.
	Hold(ams []*core.Alertmanager, seg alerts.Segment)
	// Queued reports that the copies of seg enter the queue that feeds ams. Engines that cannot see it do not call it.
	Queued(ams []*core.Alertmanager, seg alerts.Segment, q QueueState)
	// Dropped reports that copies leave a queue, or never enter it, without being posted to the Alertmanagers that it
	// feeds. q is nil if the engine infers that from later events.
	Dropped(ams []*core.Alertmanager, seg alerts.Segment, why core.Reason, q *QueueState)
	// Skipped reports that n copies are not posted to am, since the relabelling of its set drops them.
	Skipped(am *core.Alertmanager, n int)
	// Popped reports that a batch leaves the queue that feeds ams. Engines that cannot see it do not call it.
	Popped(ams []*core.Alertmanager, batch []alerts.Segment, n int)
	// BatchBegins reports that a batch of a shared queue is about to be posted.
	BatchBegins(n int)
	// Posting reports that requests to am go out. Together they carry segs, each at most largest copies.
	Posting(am *core.Alertmanager, segs []alerts.Segment, largest int)
	// KeptOldest reports that copies are posted which the queue that feeds ams would have dropped if it had dropped its
	// oldest.
	KeptOldest(ams []*core.Alertmanager, seg alerts.Segment)
	// PostingToStranger reports that a request goes to a URL of no active Alertmanager.
	PostingToStranger(url string)
	// BatchDone reports that the last request of a batch has ended. anyAlertmanager says that there was an Alertmanager
	// to post to; lost whether the release counts the batch as lost, Unseen if the engine does not know.
	BatchDone(ams []*core.Alertmanager, batch []alerts.Segment, n int, anyAlertmanager bool, lost Judgement)
	// Release reports that copies neither wait nor are in flight any more.
	Release(alerts.Segment)
	// Primed reports that a request without alerts was answered before the run began.
	Primed(am *core.Alertmanager)
	// Stopped reports that the manager's Run has returned.
	Stopped()
}

// A Judgement is how a release counts a batch.
type Judgement uint8

// The judgements.
const (
	Unseen Judgement = iota // the engine does not know
	CountedDelivered
	CountedLost
)

// ErrUnobservable is the error of a run whose engine cannot determine the outcome: the sender stops while calls of Send
// wait for its lock, which the engine has not made yet, or the outcome depends on the random order of a Go map.
var ErrUnobservable = errors.New("this engine cannot show what the scenario asks for; use the engine model")

// Untraceable is the error of a run in which the notifier did what its rules do not allow, so that the accounts cannot
// be continued. If an invariant is violated too, its violation is reported instead.
type Untraceable struct{ Err error }

func (u Untraceable) Error() string { return u.Err.Error() }

// Unwrap returns u.Err.
func (u Untraceable) Unwrap() error { return u.Err }
