package sim

import (
	"time"

	"github.com/prometheus/prometheus/discovery/targetgroup"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
)

// stop stops the server as SIGTERM does: its rules at once, then its notifier.
func (s *sender) stop() {
	s.cause = s.emit(Event{Kind: KindStop})
	s.subject.stop()
	s.stopping, s.shutAt = true, time.Duration(s.now)
}

// missed notes an event of the scenario that happens while the server is down, or about to be.
func (s *sender) missed(e *scenarios.Event) {
	switch {
	case e.Reload != nil: // it starts with what stands in the file then
		s.config = e.Reload.Config
		s.discovery.replace(staticTargets(s.config))
	case e.TargetGroups != nil:
		s.discovery.give(e.TargetGroups)
	case e.Shutdown != nil:
		s.restarts = nil
	}
}

// start starts the server again, with a new notifier and nothing but what is on its disk: the configuration, and what its rules
// stored. Calls of Send that never returned are gone with the process. Service discovery finds static targets and what the scenario
// gave last at its first tick, as after a reload.
func (s *sender) start() error {
	if s.restarts == nil {
		return nil
	}
	violations := s.guard.violations
	s.life++
	s.started, s.restarts, s.stopping, s.stopped = s.now, nil, false, nil
	s.blocked, s.ruleGroups, s.discovery = nil, nil, discovery{given: s.discovery.given}
	for _, p := range s.books.peers {
		p.loops, p.recipients = nil, nil
	}
	subject, err := s.create(s)
	if err != nil {
		return err
	}
	s.subject = subject
	s.guard = newWatch(s)
	s.guard.violations = violations
	s.guard.disturb()
	event := s.emit(Event{Kind: KindStarted})
	s.cause = event
	if err := s.subject.applyConfig(&reload{config: s.config, first: true}); err != nil {
		return err
	}
	s.discover(event)
	s.planRules()
	if s.scraper != nil {
		return s.planRuleGroups()
	}
	return nil
}

// discover has service discovery offer what it finds when the server has started, at its first tick.
func (s *sender) discover(event int64) {
	static, given := staticTargets(s.config), map[string][]*targetgroup.Group{}
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
		s.agenda.add(s.started+int64(s.release.Offers.AfterReload(0)), classTargets, s.place(0), s.unlessOver(func() {
			s.cause = event
			s.offer(0, targets, number, 0)
		}))
	}
}

// unlessOver returns f as an action that does nothing once the server has started again.
func (s *sender) unlessOver(f func()) actionFunc {
	life := s.life
	return func(*run) {
		if s.life == life {
			f()
		}
	}
}

// nextEvaluation is the first of those at offset and an interval each after; when the server has started again, the first after that.
func (s *sender) nextEvaluation(offset, interval int64) int64 {
	if s.life == 0 || s.started < offset {
		return offset
	}
	return offset + ((s.started-offset)/interval+1)*interval
}
