package sender

import (
	"maps"

	"github.com/prometheus/prometheus/config"
	promdiscovery "github.com/prometheus/prometheus/discovery"
	"github.com/prometheus/prometheus/discovery/targetgroup"

	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/world"
)

// A discovery is the state of service discovery: the latest target update for each set. The zero value has no updates.
type discovery struct {
	updates int            // the number of updates so far
	latest  map[string]int // the number of the latest update, by set key
	static  int            // the number of the update with the static targets of the last reload
	repeats int            // planned events that offer an update again because Run has not received it yet
	// given is the latest target update of the scenario for each set, which a server discovers again after a restart.
	given map[string][]*targetgroup.Group
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

// forget deletes the static targets of the previous configuration, and the updates for sets that do not exist any more.
// n is the number of sets.
func (d *discovery) forget(n int) {
	exists := map[string]bool{}
	for i := range n {
		exists[core.SetKey(i)] = true
	}
	for key, number := range d.latest {
		if number == d.static || !exists[key] {
			delete(d.latest, key)
		}
	}
}

// Offer offers a target update of the scenario to the notifier, again and again until Run receives it.
func (s *Sender) Offer(position int, tsets map[string][]*targetgroup.Group) {
	s.discovery.setGiven(tsets)
	s.offer(position, tsets, s.discovery.update(tsets), 0)
}

// maxOffers bounds the offers of one update to a notifier that never receives it. At one offer in 5 s, they last for
// more than half a day.
const maxOffers = 10_000

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
	outdated := len(tsets) > 0 && len(latest) == 0
	if outdated || s.stopping || s.engine.OfferTargets(latest) {
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
	s.world.Do(s.world.Now+int64(g.Release.Offers.Wait(try)), world.ClassTargets, s.Place(position), func() {
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
