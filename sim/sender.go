package sim

import (
	"slices"
	"time"

	"github.com/prometheus/prometheus/config"

	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/invariant"
	"github.com/notifysim/notifysim/sim/internal/world"
	"github.com/notifysim/notifysim/sim/ledger"
)

// A sender is a Prometheus server of the run: its notifier, its rules, what its service discovery knows, and the accounts of what it sends.
type sender struct {
	run    *run
	world  *world.World
	number int // among the run's senders

	engine    engine.Engine
	checker   *invariant.Checker
	accounts  *ledger.Accounts
	discovery discovery

	rules         core.Relabeling
	configs       int // how many configurations there have been
	relabelsLater bool
	admitted      uint32         // calls of Send that went ahead
	blocked       []*alerts.Send // calls of Send that wait for the manager's lock
	stopping      bool
	stopCalled    time.Duration  // when Stop was called
	stopped       *time.Duration // when Run returned

	config   *config.Config           // the last, with which it would start again
	started  int64                    // when the server did
	life     int                      // how often it has started again
	restarts *scenarios.ServerRestart // while it stops or is down, if it will start again
	stopAt   int64                    // when the scenario has it stop for that

	ruleGroups []*ruleGroup
	freeSends  []*alerts.Send // for reuse, unless keepSends
}

// newChecker returns the invariants of the sender from now on.
func (s *sender) newChecker() *invariant.Checker {
	c := invariant.New(s.world, s.run.release, s.run.file.Flags, s.run.test, s.accounts)
	if s.run.options.Unbounded {
		c.Unbounded()
	}
	return c
}

// place orders the sender's events with a position among those of one instant and class.
func (s *sender) place(position int) int { return position*len(s.run.senders) + s.number }

// emit writes an event of this sender to the trace and returns its number.
func (s *sender) emit(e trace.Event, segs ...alerts.Segment) int64 {
	if s.run.evaluations != nil {
		e.Replica = s.number + 1
	}
	return s.world.EmitFor(e, segs)
}

// scrape reads the notifier's metrics, unless that would have to wait for its lock.
func (s *sender) scrape() {
	if s.engine.Locked() || s.stopping {
		return
	}
	s.world.Fail(s.engine.Measure())
	samples, err := s.engine.Samples()
	s.world.Fail(err)
	s.checker.Scraped(samples, s.accounts.Settled)
	if s.run.options.Scrapes != nil {
		s.run.options.Scrapes(time.Duration(s.world.Now), s.number+1, slices.Clone(samples))
	}
}

// check compares the accounts that changed with what waits and is in flight, and with the Alertmanagers' own counts.
func (s *sender) check() {
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

// holds returns how many copies wait for the Alertmanager with a rank and are in flight to it.
func (s *sender) holds(rank int) (queued, inFlight int64) {
	return s.engine.Holds(s.run.network.Peers(s.number)[rank])
}

// finalState is the sender at the end of the run.
func (s *sender) finalState() invariant.FinalState {
	return invariant.FinalState{Blocked: len(s.blocked), Stopping: s.stopping, Over: s.world.Over}
}

// fill completes the accounts of all Alertmanagers.
func (s *sender) fill() {
	for _, p := range s.accounts.Peers() {
		p.Fill(s.holds(p.Rank))
	}
}

// ledger returns the accounts as they stand, and the copies that wait or are in flight.
func (s *sender) ledger() (ledger.Ledger, alerts.Waiting) {
	s.world.Fail(s.engine.Measure())
	waiting := alerts.Waiting{}
	s.engine.EachWaiting(waiting.Add)
	s.fill()
	l, err := s.accounts.Ledger(waiting, s.blocked)
	s.world.Fail(err)
	return l, waiting
}
