package sender

import (
	"slices"
	"time"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/invariant"
	"github.com/notifysim/notifysim/sim/internal/world"
	"github.com/notifysim/notifysim/sim/ledger"
)

// A Sender is one Prometheus server of the run: its notifier, its rules, the state of its service discovery, and the
// accounts of the alerts that it sends.
type Sender struct {
	group  *Group
	world  *world.World
	number int // its index among all senders

	engine    engine.Engine
	checker   *invariant.Checker
	accounts  *ledger.Accounts
	discovery discovery
	random    fakeam.Random // of service discovery
	durations fakeam.Random // of evaluations

	rules         core.Relabeling
	configs       int // the number of configurations so far
	relabelsLater bool
	admitted      uint32         // the number of calls of Send that got the manager's lock
	blocked       []*alerts.Send // the calls of Send that wait for that lock
	stopping      bool
	stopCalled    time.Duration  // when Stop was called
	stopped       *time.Duration // when Run returned

	config   *config.Config           // the latest configuration, with which the server starts after a restart
	started  int64                    // when the server started
	life     int                      // how often the server has been restarted
	restarts *scenarios.ServerRestart // the restart under way, from the stop until the server starts again
	stopAt   int64                    // when the scenario stops the server for a restart

	ruleGroups []*ruleGroup
	said       [][]firingSet  // by rule group and alerting rule: the alerts that the server says fire
	freeSends  []*alerts.Send // for reuse, unless Group.KeepSends
}

// Number returns the index of the sender among all senders.
func (s *Sender) Number() int { return s.number }

// Observer returns the observer that records what the sender's engine reports.
func (s *Sender) Observer() engine.Observer { return (*recorder)(s) }

// evaluationTakes draws how long an evaluation takes.
func (s *Sender) evaluationTakes() int64 {
	if d := &s.group.Test.EvaluationDuration; !d.IsZero() {
		return d.Draw(&s.durations)
	}
	return 0
}

// sendLater calls send when an evaluation of the rules with a position has taken its time.
func (s *Sender) sendLater(takes int64, position int, send func()) {
	s.world.Do(later(s.world.Now, takes), world.ClassSend, s.Place(position), s.unlessRestarted(func() {
		if !s.stopping {
			send()
		}
	}))
}

// Locked reports whether a call of Send would have to wait for the manager's lock.
func (s *Sender) Locked() bool { return s.engine.Locked() }

// Stopping reports whether the server is stopping or has stopped.
func (s *Sender) Stopping() bool { return s.stopping }

// Firing calls f with every alert called alertname that fires according to the sender's rules.
func (s *Sender) Firing(alertname string, f func(ls, annotations labels.Labels)) {
	for _, ru := range s.ruleGroups {
		for _, a := range ru.Firing(alertname) {
			f(a.Labels, a.Annotations)
		}
	}
}

// newChecker returns a new invariant checker for the sender.
func (s *Sender) newChecker() *invariant.Checker {
	c := invariant.New(s.world, s.group.Release, s.group.File.Flags, s.group.Test, s.accounts)
	if s.group.Unbounded {
		c.Unbounded()
	}
	return c
}

// Place returns the position of an event of this sender among the events of one instant and class. position is the
// position that the event has without replicas.
func (s *Sender) Place(position int) int { return position*len(s.group.senders) + s.number }

// emit writes an event of this sender to the trace and returns the event's number.
func (s *Sender) emit(e trace.Event, segs ...alerts.Segment) int64 {
	if s.group.evaluations != nil {
		e.Replica = s.number + 1
	}
	return s.world.EmitFor(e, segs)
}

// scrape passes the notifier's metrics to the invariants, unless reading them would have to wait for the manager's
// lock.
func (s *Sender) scrape() {
	if s.engine.Locked() || s.stopping {
		return
	}
	s.world.Fail(s.engine.Measure())
	samples, err := s.engine.Samples()
	s.world.Fail(err)
	s.checker.Scraped(samples, s.accounts.Settled)
	if s.group.Scrapes != nil {
		s.group.Scrapes(time.Duration(s.world.Now), s.number+1, slices.Clone(samples))
	}
}

// Check compares the changed accounts with the copies that wait or are in flight, and with what the Alertmanagers
// acknowledged.
func (s *Sender) Check() {
	if !s.accounts.Unchecked() {
		return
	}
	lost, wrong := s.accounts.Check(s.holds)
	if lost != nil {
		lost = engine.Untraceable{Err: lost}
	}
	s.world.Fail(lost)
	s.world.Fail(wrong)
}

// holds returns how many copies wait for the Alertmanager with this rank, and how many are in flight to it.
func (s *Sender) holds(rank int) (queued, inFlight int64) {
	return s.engine.Holds(s.group.Network.Peers(s.number)[rank])
}

// finalState returns the state of the sender at the end of the run.
func (s *Sender) finalState() invariant.FinalState {
	return invariant.FinalState{Blocked: len(s.blocked), Stopping: s.stopping, Over: s.world.Over}
}

// fill completes the accounts of all Alertmanagers with the copies that wait or are in flight.
func (s *Sender) fill() {
	for _, p := range s.accounts.Peers() {
		p.Fill(s.holds(p.Rank))
	}
}

// ledger returns the accounts at this instant, and the copies that wait or are in flight.
func (s *Sender) ledger() (ledger.Ledger, alerts.Waiting) {
	s.world.Fail(s.engine.Measure())
	waiting := alerts.Waiting{}
	s.engine.EachWaiting(waiting.Add)
	s.fill()
	l, err := s.accounts.Ledger(waiting, s.blocked)
	s.world.Fail(err)
	return l, waiting
}

// delays returns the delays until the Alertmanager at address accepted each alert. If address is "", it returns those
// until the first of all Alertmanagers did.
func (s *Sender) delays(address string) *ledger.Delays {
	if address == "" {
		return &s.accounts.Delays
	}
	for _, p := range s.accounts.Peers() {
		if p.Address == address {
			return &p.Delays
		}
	}
	return &ledger.Delays{} // the sender never discovered this Alertmanager
}
