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
	// Prime makes the first target update, which update offers, known before the run begins, as to a server that has
	// been up for a while.
	Prime(update func())
	// ApplyConfig applies a configuration as soon as the manager's lock is free. Observer.Reloading is called when that
	// goes ahead, and Reloaded when ApplyConfig has returned; both perhaps at once.
	ApplyConfig(*Reload) error
	// OfferTargets offers a target update and reports whether it was taken.
	OfferTargets(map[string][]*targetgroup.Group) bool
	// Send calls Send. Observer.Returned is called when the call returns, perhaps at once.
	Send(*alerts.Send)
	// Locked reports whether a call of Send would have to wait.
	Locked() bool
	// Stop calls Stop.
	Stop()

	// Measure brings the accounts up to date with what the notifier says of itself.
	Measure() error
	// Samples are the notifier's metrics, until the next call. Shape is a number that changes when other samples appear
	// or disappear; 0 if that is not known.
	Samples() ([]Sample, error)
	Shape() int

	// HasAlertmanagers reports whether there is an active Alertmanager.
	HasAlertmanagers() bool
	// Holds returns how many copies wait for an Alertmanager, and how many are in flight to it.
	Holds(*network.Peer) (queued, inFlight int64)
	// EachWaiting calls f with all copies that wait or are in flight.
	EachWaiting(f func(alerts.Segment))
}

// A Reload is one call of ApplyConfig.
type Reload struct {
	Config *config.Config
	// First says that it is the one before the start.
	First bool
	// Position is its place in the timeline, At when the scenario has it, Event its number in the trace once it goes
	// ahead.
	Position int
	At       int64
	Event    int64
}

// A QueueState is a queue when copies arrive at it.
type QueueState struct {
	// Waiting waited when Arriving came; Capacity is the most that it holds.
	Waiting, Arriving, Capacity int
}

// An Observer records what the notifier of one sender does. Every engine reports through it, and only through it.
type Observer interface {
	network.Observer

	// GoesAhead says that a call of Send goes ahead: it gets its copies, as the relabelling of Send leaves them.
	GoesAhead(*alerts.Send)
	// Returned says that a call of Send has returned.
	Returned(*alerts.Send)
	// Reloading says that a configuration is in force, Reloaded that ApplyConfig has returned.
	Reloading(*Reload)
	Reloaded(*Reload)
	// TargetsTaken says that a target update was taken; TargetsWrong what was wrong with it.
	TargetsTaken()
	TargetsWrong([]error)

	// Join says that an Alertmanager became active, and how many copies wait for it already. The Alertmanager's Tag is
	// the Target then.
	Join(am *core.Alertmanager, waiting int)
	// Leave says that an Alertmanager is no longer active, and its queue, with so many waiting copies, is gone.
	Leave(am *core.Alertmanager, waiting int)
	// Hold says that the queue that feeds ams gets the copies of seg.
	Hold(ams []*core.Alertmanager, seg alerts.Segment)
	// Queued says that the copies of seg are seen to enter the queue that feeds ams.
	Queued(ams []*core.Alertmanager, seg alerts.Segment, q QueueState)
	// Dropped says that copies leave a queue, or never enter it, and are lost to the Alertmanagers that it feeds. q is
	// nil if that is inferred from what happens later.
	Dropped(ams []*core.Alertmanager, seg alerts.Segment, why core.Reason, q *QueueState)
	// Skipped says that n copies are not posted to am, since the relabelling of its set drops them.
	Skipped(am *core.Alertmanager, n int)
	// Popped says that a batch is seen to leave the queue that feeds ams.
	Popped(ams []*core.Alertmanager, batch []alerts.Segment, n int)
	// BatchBegins says that a batch of a shared queue goes out.
	BatchBegins(n int)
	// Posting says that requests to am go out: they carry segs together, at most largest copies each.
	Posting(am *core.Alertmanager, segs []alerts.Segment, largest int)
	// KeptOldest says that copies are posted which the queue that feeds ams must have dropped if it dropped its oldest.
	KeptOldest(ams []*core.Alertmanager, seg alerts.Segment)
	// PostingToStranger says that a request goes to a URL that is of no active Alertmanager.
	PostingToStranger(url string)
	// BatchDone says that the last request of a batch has ended. anybody says that there was an Alertmanager to ask;
	// lost whether the release counts the batch as lost, Unseen if the engine does not know.
	BatchDone(ams []*core.Alertmanager, batch []alerts.Segment, n int, anybody bool, lost Judgement)
	// Release says that copies are no longer on their way.
	Release(alerts.Segment)
	// Primed says that a request without alerts was answered before the run began.
	Primed(am *core.Alertmanager)
	// Stopped says that the manager's Run has returned.
	Stopped()
}

// A Judgement is how a release counts a batch.
type Judgement uint8

// The judgements.
const (
	Unseen Judgement = iota // by its counters alone
	CountedDelivered
	CountedLost
)

// ErrUnobservable is what a run ends with when its engine cannot show what the scenario asks for: the sender stops
// while calls of Send wait for its lock (they would go ahead, but the engine has not made them yet), or what Go's maps
// draw decides.
var ErrUnobservable = errors.New("this engine cannot show what the scenario asks for; use the engine model")

// Untraceable is the error of a run that cannot be followed because the notifier did what it must not. If an invariant
// says so too, that is reported instead.
type Untraceable struct{ Err error }

func (u Untraceable) Error() string { return u.Err.Error() }

// Unwrap returns the error without the mark.
func (u Untraceable) Unwrap() error { return u.Err }
