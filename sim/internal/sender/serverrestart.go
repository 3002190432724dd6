package sender

import (
	"time"

	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/engine"
)

// Stop stops the server as SIGTERM does: it stops the rules and then the notifier.
func (s *Sender) Stop() {
	s.world.Cause = s.emit(trace.Event{Kind: trace.KindStop})
	s.engine.Stop()
	s.stopping, s.stopCalled = true, time.Duration(s.world.Now)
	s.silence()
}

// RestartLater stops the server and plans its next start.
func (s *Sender) RestartLater(r *scenarios.ServerRestart, at int64) {
	s.restarts, s.stopAt = r, at
	s.Stop()
}

// Missed handles an event of the scenario that happens while the server is down or stopping.
func (s *Sender) Missed(e *scenarios.Event) {
	switch {
	case e.Reload != nil: // when the server starts, the file has the new configuration
		s.config = e.Reload.Config
		s.discovery.replace(StaticTargets(s.config))
	case e.TargetGroups != nil:
		s.discovery.setGiven(e.TargetGroups)
	case e.Shutdown != nil:
		s.restarts = nil
	}
}

// start starts the server again with a new notifier. The server keeps what is on its disk: the configuration and the
// samples. Calls of Send that had not returned ended with the old process. As after a reload, service discovery finds
// all targets again (see discover).
func (s *Sender) start() error {
	if s.restarts == nil {
		return nil
	}
	before := s.checker
	s.life++
	s.started, s.restarts, s.stopping, s.stopped = s.world.Now, nil, false, nil
	s.blocked, s.ruleGroups, s.discovery = nil, nil, discovery{
		given: s.discovery.given, throttle: core.NewThrottle(s.group.Release.Offers),
	}
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
	s.discover(event, 0, s.started)
	s.planRules()
	if s.group.scraper != nil {
		return s.planRuleGroups()
	}
	return nil
}

// unlessRestarted returns a function that calls f unless the server has been restarted in the meantime.
func (s *Sender) unlessRestarted(f func()) func() {
	life := s.life
	return func() {
		if s.life == life {
			f()
		}
	}
}

// nextEvaluation returns the time of the next evaluation of a rule that is evaluated at offset and then every interval.
// After a restart that is the first such time since the start of the server.
func (s *Sender) nextEvaluation(offset, interval int64) int64 {
	if s.life == 0 || s.started < offset {
		return offset
	}
	return offset + ((s.started-offset)/interval+1)*interval
}
