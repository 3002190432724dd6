package sim

import (
	"slices"
	"time"

	"github.com/prometheus/prometheus/config"

	"github.com/notifysim/notifysim/notifier"
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
func (r *sender) reload(rl *reload) {
	if r.subject.locked() {
		r.cause = r.emit(Event{Kind: KindBlocked, Note: "reload"})
	}
	r.fail(r.subject.applyConfig(rl))
}

// reloading is the moment when a reload goes ahead: Send relabels by it from now on.
func (r *sender) reloading(rl *reload) {
	r.rules, r.config = notifier.SendRelabeling(rl.config), rl.config
	r.configs++
	r.veiled = r.release.Queues == notifier.Shared && slices.ContainsFunc(rl.config.AlertingConfig.AlertmanagerConfigs,
		func(amc *config.AlertmanagerConfig) bool { return len(amc.AlertRelabelConfigs) > 0 })
	r.guard.inReload = true
	r.guard.disturb()
	if !rl.first {
		r.cause = r.emit(Event{Kind: KindReload})
		rl.event = r.cause
	}
}

// reloaded is the moment when ApplyConfig returns, which is when Prometheus hands the configuration to service discovery. That
// forgets what was for the one before. It knows static targets at once; those of other mechanisms are the scenario's to give.
func (r *sender) reloaded(rl *reload) {
	r.guard.inReload = false
	if rl.first {
		return
	}
	r.discovery.forget(len(rl.config.AlertingConfig.AlertmanagerConfigs))
	targets := staticTargets(rl.config)
	r.discovery.replace(targets)
	number := r.discovery.update(targets)
	r.discovery.static = number
	if len(targets) == 0 {
		return
	}
	at := r.started + int64(r.release.Offers.AfterReload(time.Duration(max(rl.at, r.now)-r.started)))
	r.agenda.add(r.phase(at, classTargets, rl.position), classTargets, r.place(rl.position), r.unlessOver(func() {
		r.cause = rl.event
		r.offer(rl.position, targets, number, 0)
	}))
}
