package sender

import (
	"time"

	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox"
	"github.com/notifysim/notifysim/sim/internal/world"
)

// Reload reloads the configuration. It does not change the evaluation interval, which the scenario sets.
func (s *Sender) Reload(r *engine.Reload) {
	if s.engine.Locked() {
		s.world.Cause = s.emit(trace.Event{Kind: trace.KindBlocked, Note: "reload"})
	}
	s.world.Fail(s.engine.ApplyConfig(r))
}

// reloading records that a reload has the manager's lock. From now on Send relabels with the new configuration.
func (s *Sender) reloading(r *engine.Reload) {
	s.rules, s.config = core.SendRelabeling(r.Config), r.Config
	s.configs++
	s.relabelsLater = blackbox.RelabelsLater(s.group.Release, r.Config)
	s.checker.Reloading(true)
	if !r.First {
		s.world.Cause = s.emit(trace.Event{Kind: trace.KindReload})
		r.Event = s.world.Cause
	}
}

// reloaded records that ApplyConfig has returned. Prometheus then passes the configuration to service discovery, which
// drops the targets of the previous configuration and finds the new static targets at once. Other targets come from
// target updates of the scenario.
func (s *Sender) reloaded(r *engine.Reload) {
	s.checker.Reloading(false)
	if r.First {
		return
	}
	s.discovery.forget(len(r.Config.AlertingConfig.AlertmanagerConfigs))
	targets := StaticTargets(r.Config)
	s.discovery.replace(targets)
	number := s.discovery.update(targets)
	s.discovery.static = number
	if len(targets) == 0 {
		return
	}
	known := time.Duration(max(r.At, s.world.Now) - s.started)
	at := s.started + int64(s.group.Release.Offers.AfterReload(known))
	s.world.Do(s.group.Phase(at, world.ClassTargets, r.Position), world.ClassTargets, s.Place(r.Position),
		s.unlessRestarted(func() {
			s.world.Cause = r.Event
			s.offer(r.Position, targets, number, 0)
		}))
}
