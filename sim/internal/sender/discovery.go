package sender

import (
	"maps"
	"time"

	"github.com/prometheus/prometheus/config"
	promdiscovery "github.com/prometheus/prometheus/discovery"
	"github.com/prometheus/prometheus/discovery/targetgroup"

	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/world"
)

// A discovery is the state of service discovery: the latest target update for each set. Its throttle comes from
// core.NewThrottle.
type discovery struct {
	updates  int            // the number of updates so far
	latest   map[string]int // the number of the latest update, by set key
	throttle core.Throttle
	repeats  int // planned events that offer an update again because Run has not received it yet
	// given is the latest target update of the scenario for each set, which a server discovers again after a restart or
	// a reload.
	given map[string][]*targetgroup.Group
}

// targets returns what service discovery finds with a configuration: the targets of the scenario's latest updates, and
// the static targets of the other sets.
func (d *discovery) targets(cfg *config.Config) map[string][]*targetgroup.Group {
	tsets := StaticTargets(cfg)
	for i := range cfg.AlertingConfig.AlertmanagerConfigs {
		key := core.SetKey(i)
		if groups, ok := d.given[key]; ok {
			tsets[key] = groups
		}
	}
	return tsets
}

// update assigns the next number to a target update and returns it.
func (d *discovery) update(tsets map[string][]*targetgroup.Group) int {
	if d.latest == nil {
		d.latest = map[string]int{}
	}
	d.updates++
	for key := range tsets {
		d.latest[key] = d.updates
	}
	return d.updates
}

// setGiven stores a target update of the scenario.
func (d *discovery) setGiven(tsets map[string][]*targetgroup.Group) {
	if d.given == nil {
		d.given = map[string][]*targetgroup.Group{}
	}
	maps.Copy(d.given, tsets)
}

// replace deletes the scenario's target updates for sets that now have static targets.
func (d *discovery) replace(static map[string][]*targetgroup.Group) {
	for key := range static {
		delete(d.given, key)
	}
}

// discover plans that service discovery offers all targets of the configuration, as it does after a start and after a
// reload. This replaces the offers that were not accepted yet. event is the cause, position its position in the
// timeline, and since its time.
func (s *Sender) discover(event int64, position int, since int64) {
	clear(s.discovery.latest)
	targets := s.discovery.targets(s.config)
	if len(targets) == 0 {
		return
	}
	number := s.discovery.update(targets)
	at := s.started + int64(s.discovery.throttle.Next(time.Duration(since-s.started), s.random.Float64))
	s.world.Do(s.group.Phase(at, world.ClassTargets, position), world.ClassTargets, s.Place(position),
		s.unlessRestarted(func() {
			s.world.Cause = event
			s.offer(position, targets, number, 0)
		}))
}

// Offer offers a target update of the scenario to the notifier, again and again until Run receives it.
func (s *Sender) Offer(position int, tsets map[string][]*targetgroup.Group) {
	s.discovery.setGiven(tsets)
	s.offer(position, tsets, s.discovery.update(tsets), 0)
}

// maxOffers bounds the offers of one update to a notifier that never receives it. At ten offers a second, they last for
// more than half a day.
const maxOffers = 500_000

// offer offers those sets of an update that no later update has replaced, and plans a repetition if Run does not
// receive them. The repetition offers the newest targets, not those of the first offer. A sender that stops gets no
// offers.
func (s *Sender) offer(position int, tsets map[string][]*targetgroup.Group, number, try int) {
	latest := map[string][]*targetgroup.Group{}
	for key, groups := range tsets {
		if s.discovery.latest[key] == number {
			latest[key] = groups
		}
	}
	s.checker.Disturb()
	if outdated := len(tsets) > 0 && len(latest) == 0; outdated || s.stopping {
		return
	}
	taken := s.engine.OfferTargets(latest)
	throttle, now := &s.discovery.throttle, time.Duration(s.world.Now-s.started)
	if throttle.Offered(now, taken, s.random.Float64); taken {
		return
	}
	missed := s.emit(trace.Event{Kind: trace.KindMissed})
	if try == maxOffers {
		return
	}
	g := s.group
	s.discovery.repeats, g.Repeats = s.discovery.repeats+1, g.Repeats+1
	again := s.unlessRestarted(func() {
		s.discovery.repeats--
		s.world.Cause = missed
		s.offer(position, latest, number, try+1)
	})
	s.world.Do(s.started+int64(throttle.Retry(now, s.random.Float64)), world.ClassTargets, s.Place(position), func() {
		g.Repeats--
		again()
	})
}

// StaticTargets returns the targets in the static_configs of a configuration, by set key.
func StaticTargets(cfg *config.Config) map[string][]*targetgroup.Group {
	tsets := map[string][]*targetgroup.Group{}
	for i, amc := range cfg.AlertingConfig.AlertmanagerConfigs {
		for _, sd := range amc.ServiceDiscoveryConfigs {
			if static, ok := sd.(promdiscovery.StaticConfig); ok {
				key := core.SetKey(i)
				tsets[key] = append(tsets[key], static...)
			}
		}
	}
	return tsets
}
