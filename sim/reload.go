package sim

import (
	"slices"
	"time"

	"github.com/prometheus/prometheus/config"

	"github.com/notifysim/notifysim/notifier/core"
)

// A reload is one call of ApplyConfig. The rules' evaluation interval is the scenario's and stays what it is.
type reload struct {
	config   *config.Config
	first    bool  // the one before the start
	position int   // in the timeline
	at       int64 // when the scenario has it
	event    int64 // in the trace, once it goes ahead
}

// reload has the sender reload.
func (s *sender) reload(rl *reload) {
	if s.subject.locked() {
		s.cause = s.emit(Event{Kind: KindBlocked, Note: "reload"})
	}
	s.fail(s.subject.applyConfig(rl))
}

// reloading is the moment when a reload goes ahead: Send relabels by it from now on.
func (s *sender) reloading(rl *reload) {
	s.rules, s.config = core.SendRelabeling(rl.config), rl.config
	s.configs++
	s.veiled = s.release.Queues == core.Shared && slices.ContainsFunc(rl.config.AlertingConfig.AlertmanagerConfigs,
		func(amc *config.AlertmanagerConfig) bool { return len(amc.AlertRelabelConfigs) > 0 })
	s.guard.inReload = true
	s.guard.disturb()
	if !rl.first {
		s.cause = s.emit(Event{Kind: KindReload})
		rl.event = s.cause
	}
}

// reloaded is the moment when ApplyConfig returns, which is when Prometheus hands the configuration to service discovery. That
// forgets what was for the one before. It knows static targets at once; those of other mechanisms are the scenario's to give.
func (s *sender) reloaded(rl *reload) {
	s.guard.inReload = false
	if rl.first {
		return
	}
	s.discovery.forget(len(rl.config.AlertingConfig.AlertmanagerConfigs))
	targets := staticTargets(rl.config)
	s.discovery.replace(targets)
	number := s.discovery.update(targets)
	s.discovery.static = number
	if len(targets) == 0 {
		return
	}
	at := s.started + int64(s.release.Offers.AfterReload(time.Duration(max(rl.at, s.now)-s.started)))
	s.agenda.add(s.phase(at, classTargets, rl.position), classTargets, s.place(rl.position), s.unlessOver(func() {
		s.cause = rl.event
		s.offer(rl.position, targets, number, 0)
	}))
}
