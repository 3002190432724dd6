package core

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v2"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/relabel"
)

// ApplyConfig makes cfg the configuration as soon as the manager's lock is free. It then calls begins, after which the
// driver must relabel by cfg. It calls ended when the lock is free again, after the drains that the reload causes. If
// it returns an error, nothing has changed and neither function is called.
func (c *Core[S]) ApplyConfig(cfg *config.Config, begins, ended func()) error {
	sets, err := NewSets(c.rel, cfg)
	if err != nil {
		return err
	}
	c.lock.Change(func() { begins(); c.apply(sets) }, ended)
	return nil
}

// SetKey returns the key by which target updates name the entry at index i under alertmanagers: "config-0" for the
// first (Prometheus' config/config.go at v3.16.0, ToMap).
func SetKey(i int) string { return "config-" + strconv.Itoa(i) }

// NewSets returns the Alertmanager sets of a configuration. They have no Alertmanagers yet.
func NewSets(rel *Release, cfg *config.Config) ([]*Set, error) {
	var sets []*Set
	for i, amc := range cfg.AlertingConfig.AlertmanagerConfigs {
		s := &Set{Key: SetKey(i), Config: amc, api: rel.API.path(amc)}
		identity, err := rel.identity(amc)
		if err != nil {
			return nil, fmt.Errorf("alertmanagers entry %d: %w", i, err)
		}
		s.identity = identity
		if rel.SetKeys == KeyByHash {
			sets = slices.DeleteFunc(sets, func(o *Set) bool { return o.identity == s.identity })
		}
		sets = append(sets, s)
	}
	for i, s := range sets {
		s.index = i
		s.relabelsWhenEmpty = rel.SetRelabel == SetRelabelDeadlocks
	}
	if rel.SetsLeak(sets) {
		OrderSets(sets)
	}
	return sets, nil
}

// identity returns the text by which an entry is recognised after a reload: its YAML, in which secrets are masked. In
// releases that name sets by a hash it is the entry's JSON, which also lacks the regular expressions.
func (r *Release) identity(amc *config.AlertmanagerConfig) (string, error) {
	if r.SetKeys == KeyByPlace {
		b, err := yaml.Marshal(amc)
		return string(b), err
	}
	masked := *amc
	masked.RelabelConfigs = make([]*relabel.Config, len(amc.RelabelConfigs))
	for i, rule := range amc.RelabelConfigs {
		copied := *rule
		copied.Regex = relabel.Regexp{}
		masked.RelabelConfigs[i] = &copied
	}
	b, err := json.Marshal(masked)
	return string(b), err
}

// apply replaces the sets, and closes the send loops of Alertmanagers that no new set takes over.
func (c *Core[S]) apply(sets []*Set) {
	copied, left := Inherit(c.rel, sets, c.sets)
	c.sets = sets
	for _, am := range copied {
		if c.shared != nil {
			c.drv.Joined(am, c.shared)
		}
	}
	for _, am := range left {
		if c.shared != nil {
			c.drv.Left(am, c.shared)
		} else if l := c.loops[am]; l != nil {
			c.closing = append(c.closing, l)
		}
	}
	c.retarget()
	c.closeLoops(Removed)
}

// Inherit hands Alertmanagers of the old sets to the new ones, as a reload does. In releases with ReloadKeeps, the
// first new set with the configuration of an old set takes over its Alertmanagers with their queues. A second new set
// with that configuration gets copies, which have no queues until the next target update (Prometheus'
// notifier/manager.go at v3.16.0, ApplyConfig). Inherit returns the copies and the Alertmanagers that no new set takes
// over.
func Inherit(rel *Release, sets, old []*Set) (copied, left []*Alertmanager) {
	known := map[string]*Set{}
	if rel.Reload == ReloadKeeps {
		for _, s := range old {
			known[s.identity] = s
		}
	}
	taken := map[*Set]bool{}
	for _, s := range sets {
		o := known[s.identity]
		if o == nil {
			continue
		}
		s.Deadlocked = o.Deadlocked
		if !taken[o] {
			taken[o] = true
			s.Active, s.Dropped = o.Active, o.Dropped
			for _, am := range s.Active {
				am.Set = s
			}
			continue
		}
		for _, am := range o.Active {
			another := *am
			another.Set, another.inFlight = s, 0
			s.Active = append(s.Active, &another)
			copied = append(copied, &another)
		}
	}
	for _, s := range old {
		if !taken[s] {
			left = append(left, s.Active...)
		}
	}
	return copied, left
}

// path returns the version of Alertmanager's API that a set posts to, as it appears in the URL.
func (a API) path(cfg *config.AlertmanagerConfig) string {
	if a == V1 || a == V1Default {
		return "v1"
	}
	return string(cfg.APIVersion)
}
