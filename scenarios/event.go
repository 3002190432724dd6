package scenarios

import (
	"time"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/fakeam"
)

// An Event is one thing that happens. Exactly one of the pointers is set.
type Event struct {
	Pos Pos
	At  time.Duration
	// Replica is the server, from 1 on, that a send, a target update, a reload, a restart or a shutdown concerns; 0 is
	// all of them.
	Replica int

	Send          *Send
	TargetGroups  map[string][]*targetgroup.Group // by set key
	Fault         *Fault
	Reload        *Reload
	Restart       *Restart
	ServerRestart *ServerRestart
	Swizzle       *Swizzle
	Churn         *Churn
	Shutdown      *Shutdown
}

// Of reports whether the event concerns the server with a number, from 1 on.
func (e *Event) Of(replica int) bool { return e.Replica == 0 || e.Replica == replica }

// A Send is one call of Manager.Send with firing alerts, oldest first.
type Send struct {
	Alerts []labels.Labels
	Names  []string // how output calls them, one for each

	// With Every, the send is repeated for the time For: the first is at the event's time, and the time from one to the
	// next is drawn for each. Exponential times are Poisson arrivals.
	Every *fakeam.Distribution
	For   time.Duration
}

// A Fault is a fault of the Alertmanager at Target that begins with the event and lasts For (0: to the end).
type Fault struct {
	Target string
	For    time.Duration
	fakeam.Fault
}

// A Swizzle hangs some of Targets, one after the other, and then ends the hangs in another order, all within For. The
// seed draws which targets, and both orders. Each hangs for at least For divided by their number. FoundationDB calls
// this fault swizzle-clogging.
type Swizzle struct {
	Targets []string
	For     time.Duration
}

// Churn replaces, from the event on for the time For, addresses of the set Set in service discovery: Up of Targets are
// there at a time. A replaced Alertmanager is down until its address is used again, by another with an empty store.
// Churn is what the seed draws; replacements that are known beforehand are events of their own.
type Churn struct {
	Set     string
	Targets []string // different ones, more than Up
	Up      int      // at least 1
	For     time.Duration
	// Every is the time from one replacement to the next, at least 1ms; with Exponential it is the mean of exponential
	// times, which are whole milliseconds.
	Every       time.Duration
	Exponential bool
	// Random draws which address is removed and which of the others is added. Otherwise it is the one that was there,
	// and the one that was absent, for the longest.
	Random bool
}

// A Restart stops the Alertmanager at Target: requests in flight break, and later ones are refused. After Down it is
// back, with an empty store.
type Restart struct {
	Target string
	Down   time.Duration
}

// A ServerRestart stops the servers that the event concerns, as SIGTERM does. Down after a server has stopped it starts
// again with an empty queue: its rules are restored from what they have stored, and its service discovery finds what
// there is then.
type ServerRestart struct{ Down time.Duration }

// A Reload gives the sender a new configuration, as SIGHUP does. The intervals of the file stay as they are.
type Reload struct{ Config *config.Config }

// Shutdown stops the sender, as SIGTERM stops Prometheus.
type Shutdown struct{}
