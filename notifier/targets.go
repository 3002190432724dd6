package notifier

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
)

// TakesTargets reports whether the notifier would take a target update now.
func (c *Core[S]) TakesTargets() bool {
	if c.state != running || c.locked {
		return false
	}
	return c.rel.Targets == TargetsAtOnce || c.shared.own.waiting == 0
}

// TargetUpdate offers a set of target groups from service discovery, by set key. It reports whether the notifier took it;
// service discovery repeats an offer that was not taken. Errors are about single groups or keys, which are left out.
func (c *Core[S]) TargetUpdate(tsets map[string][]*targetgroup.Group) (taken bool, errs []error) {
	if !c.TakesTargets() {
		return false, nil
	}
	for key := range tsets {
		if !slices.ContainsFunc(c.sets, func(s *Set) bool { return s.Key == key }) {
			errs = append(errs, fmt.Errorf("target update for %q, which is not an alertmanagers entry", key))
		}
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	for _, s := range c.sets {
		if tgs, ok := tsets[s.Key]; ok {
			errs = append(errs, c.sync(s, tgs)...)
		}
	}
	c.lock(Removed)
	if c.rel.Targets == TargetsBetweenBatches && c.rel.EmptyPost != EmptyNever {
		c.launch(&c.shared.own)
	}
	return true, errs
}

// sync gives a set its targets, and opens and closes loops.
func (c *Core[S]) sync(s *Set, tgs []*targetgroup.Group) []error {
	joined, left, errs := s.sync(tgs)
	for _, am := range joined {
		if c.shared != nil {
			c.drv.Join(am, c.shared)
			continue
		}
		c.loops[am] = c.newLoop(am)
		c.drv.Join(am, c.loops[am])
	}
	for _, am := range left {
		if c.shared != nil {
			c.drv.Leave(am, c.shared)
			continue
		}
		c.closing = append(c.closing, c.loops[am])
	}
	c.retarget()
	return errs
}

// retarget makes all active Alertmanagers the targets of the shared loop.
func (c *Core[S]) retarget() {
	if c.shared == nil {
		return
	}
	c.shared.Targets = c.shared.Targets[:0]
	for _, s := range c.sets {
		c.shared.Targets = append(c.shared.Targets, s.Active...)
	}
}

// ApplyConfig makes cfg the configuration. On an error the Core is as it was.
func (c *Core[S]) ApplyConfig(cfg *config.Config) error {
	var sets []*Set
	for i, amc := range cfg.AlertingConfig.AlertmanagerConfigs {
		sets = append(sets, &Set{Key: fmt.Sprintf("config-%d", i), Config: amc, api: c.rel.API.path(amc), index: i})
	}
	c.sets = sets
	c.retarget()
	return nil
}

// path returns the API version that a set posts to, as it stands in the URL.
func (a API) path(cfg *config.AlertmanagerConfig) string {
	if a == V1 || a == V1Default {
		return "v1"
	}
	return string(cfg.APIVersion)
}
