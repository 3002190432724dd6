package sender

import (
	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox"
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
// finds the targets of the new configuration at once.
func (s *Sender) reloaded(r *engine.Reload) {
	s.checker.Reloading(false)
	if r.First {
		return
	}
	s.discovery.replace(StaticTargets(r.Config))
	s.discover(r.Event, r.Position, max(r.At, s.world.Now))
}
