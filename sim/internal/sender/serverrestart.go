package sender

import (
	"time"

	"github.com/prometheus/prometheus/discovery/targetgroup"

	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/world"
)

// Stop stops the server as SIGTERM does: first its rules, then its notifier.
func (s *Sender) Stop() {
	s.world.Cause = s.emit(trace.Event{Kind: trace.KindStop})
	s.engine.Stop()
	s.stopping, s.stopCalled = true, time.Duration(s.world.Now)
}

// RestartLater stops the server, which starts again later.
func (s *Sender) RestartLater(r *scenarios.ServerRestart, at int64) {
	s.restarts, s.stopAt = r, at
	s.Stop()
}

// Missed records an event of the scenario for a server that is down or stopping.
func (s *Sender) Missed(e *scenarios.Event) {
	switch {
	case e.Reload != nil: // the server starts with the configuration that the file has then
		s.config = e.Reload.Config
		s.discovery.replace(StaticTargets(s.config))
	case e.TargetGroups != nil:
		s.discovery.setGiven(e.TargetGroups)
	case e.Shutdown != nil:
		s.restarts = nil
	}
}

// start starts the server again, with a new notifier. It has what is on its disk: the configuration and the samples.
// Calls of Send that had not returned ended with the process. At its first tick, as after a reload, service discovery
// finds the static targets and the scenario's last target updates.
func (s *Sender) start() error {
	if s.restarts == nil {
		return nil
	}
	before := s.checker
	s.life++
	s.started, s.restarts, s.stopping, s.stopped = s.world.Now, nil, false, nil
	s.blocked, s.ruleGroups, s.discovery = nil, nil, discovery{given: s.discovery.given}
	for _, p := range s.group.Network.Peers(s.number) {
		p.Targets = nil
	}
	e, err := s.group.NewEngine(s)
	if err != nil {
		return err
	}
	s.engine = e
	s.checker = s.newChecker()
	s.checker.Restarted(before)
	event := s.emit(trace.Event{Kind: trace.KindStarted})
	s.world.Cause = event
	if err := s.engine.ApplyConfig(&engine.Reload{Config: s.config, First: true}); err != nil {
		return err
	}
	s.discover(event)
	s.planRules()
	if s.group.scraper != nil {
		return s.planRuleGroups()
	}
	return nil
}

// discover plans the first target updates after a start, at the first tick of service discovery.
func (s *Sender) discover(event int64) {
	static, given := StaticTargets(s.config), map[string][]*targetgroup.Group{}
	for i := range s.config.AlertingConfig.AlertmanagerConfigs {
		if groups, ok := s.discovery.given[core.SetKey(i)]; ok {
			given[core.SetKey(i)] = groups
			delete(static, core.SetKey(i))
		}
	}
	s.discovery.static = s.discovery.updates + 1
	for _, targets := range []map[string][]*targetgroup.Group{static, given} {
		number := s.discovery.update(targets)
		if len(targets) == 0 {
			continue
		}
		at := s.started + int64(s.group.Release.Offers.AfterReload(0))
		s.world.Do(at, world.ClassTargets, s.Place(0), s.unlessRestarted(func() {
			s.world.Cause = event
			s.offer(0, targets, number, 0)
		}))
	}
}

// unlessRestarted returns a function that calls f unless the server has been restarted meanwhile.
func (s *Sender) unlessRestarted(f func()) func() {
	life := s.life
	return func() {
		if s.life == life {
			f()
		}
	}
}

// nextEvaluation is the first evaluation of a rule that is evaluated at offset and then every interval; after a
// restart, the first one after it.
func (s *Sender) nextEvaluation(offset, interval int64) int64 {
	if s.life == 0 || s.started < offset {
		return offset
	}
	return offset + ((s.started-offset)/interval+1)*interval
}
