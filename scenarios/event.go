package scenarios

import (
	"time"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/fakeam"
)

// An Event is something that happens in a test at a certain time. Exactly one of the pointers is set.
type Event struct {
	Pos Pos
	At  time.Duration
	// Replica is the number, from 1 on, of the server that a send, a target update, a reload, a restart or a shutdown
	// concerns. 0 means all servers.
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

// Of reports whether the event concerns the server with this number, which counts from 1.
func (e *Event) Of(replica int) bool { return e.Replica == 0 || e.Replica == replica }

// A Send is a call of Manager.Send with firing alerts, oldest first.
type Send struct {
	Alerts []labels.Labels
	Names  []string // the names of the alerts in output, in the same order

	// If Every is not nil, the send is repeated for the duration For. The first send is at the time of the event, and
	// the time between two sends is drawn from Every. Exponential times give Poisson arrivals.
	Every *fakeam.Distribution
	For   time.Duration
}

// A Fault is a fault of the Alertmanager at Target. It begins with the event and lasts For, or to the end of the run if
// For is 0.
type Fault struct {
	Target string
	For    time.Duration
	fakeam.Fault
}

// A Swizzle makes some of the Targets hang, one after the other, and then ends these faults in another order, all
// within For. The targets and both orders are drawn from the seed. Each target hangs for at least For divided by the
// number of those that hang. FoundationDB calls this fault swizzle-clogging.
type Swizzle struct {
	Targets []string
	For     time.Duration
}

// Churn replaces addresses of the set Set in service discovery, from the time of the event on and for the duration For.
// Up of the Targets are in use at a time. An Alertmanager that is replaced is down until its address is used again, by
// an Alertmanager with an empty store. Only churn that is drawn from the seed is a Churn; otherwise each replacement is
// an event of its own.
type Churn struct {
	Set     string
	Targets []string // all different, and more than Up
	Up      int      // at least 1
	For     time.Duration
	// Every is the time between two replacements, at least 1ms. With Exponential it is the mean of exponentially
	// distributed times, rounded to whole milliseconds.
	Every       time.Duration
	Exponential bool
	// Random says that the address to remove and the address to add are drawn. Otherwise the address that has been in
	// use for the longest is removed, and the one that has been unused for the longest is added.
	Random bool
}

// A Restart stops the Alertmanager at Target. Requests in flight fail, and later ones are refused. After the duration
// Down it runs again, with an empty store.
type Restart struct {
	Target string
	Down   time.Duration
}

// A ServerRestart stops the servers that the event concerns, like SIGTERM. When a server has been stopped for the
// duration Down, it starts again with an empty queue. It restores the state of its rules from its stored samples, and
// its service discovery finds the targets of that time.
type ServerRestart struct{ Down time.Duration }

// A Reload gives the sender a new configuration, like SIGHUP. The evaluation and scrape intervals of the file stay the
// same.
type Reload struct{ Config *config.Config }

// Shutdown stops the sender, like SIGTERM.
type Shutdown struct{}
