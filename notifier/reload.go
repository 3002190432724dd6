package notifier

import (
	"encoding/json"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v2"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/relabel"
)

// ApplyConfig makes cfg the configuration, at once or, while a drain holds the lock, after it. On an error the Core is as it was.
func (c *Core[S]) ApplyConfig(cfg *config.Config) error {
	sets, err := NewSets(c.rel, cfg)
	if err != nil {
		return err
	}
	c.exclusively(operation{op: func() { c.apply(sets) }})
	return nil
}

// NewSets returns the sets of a configuration, without Alertmanagers.
func NewSets(rel *Release, cfg *config.Config) ([]*Set, error) {
	var sets []*Set
	for i, amc := range cfg.AlertingConfig.AlertmanagerConfigs {
		s := &Set{Key: fmt.Sprintf("config-%d", i), Config: amc, api: rel.API.path(amc)}
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
		if rel.SetRelabel == SetRelabelLeaks || rel.SetRelabel == SetRelabelDeadlocks {
			s.earlier = sets[:i]
		}
	}
	return sets, nil
}

// identity is what tells an entry from others: its YAML, in which secrets are masked, or for releases that name sets by a hash
// its JSON, which has no regex either.
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

// apply puts new sets in the place of the old. In releases that keep Alertmanagers, the first new set with the same configuration
// takes those of the old one over with their queues; a second one knows them too, but has no queues until the next target
// update (Prometheus' manager.go at v3.15.0). Whatever nobody takes over is closed.
func (c *Core[S]) apply(sets []*Set) {
	old := c.sets
	c.sets = sets
	known := map[string]*Set{}
	if c.rel.Reload == ReloadKeeps {
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
		s.wedged = o.wedged
		if !taken[o] {
			taken[o] = true
			s.Active, s.Dropped = o.Active, o.Dropped
			for _, am := range s.Active {
				am.Set = s
			}
			continue
		}
		for _, am := range o.Active {
			copied := *am
			copied.Set = s
			s.Active = append(s.Active, &copied)
			if c.shared != nil {
				c.drv.Join(&copied, c.shared)
			}
		}
	}
	for _, s := range old {
		for _, am := range s.Active {
			if taken[s] {
				break
			}
			if c.shared != nil {
				c.drv.Leave(am, c.shared)
			} else if l := c.loops[am]; l != nil {
				c.closing = append(c.closing, l)
			}
		}
	}
	c.retarget()
	c.lock(Removed)
}

// path returns the API version that a set posts to, as it stands in the URL.
func (a API) path(cfg *config.AlertmanagerConfig) string {
	if a == V1 || a == V1Default {
		return "v1"
	}
	return string(cfg.APIVersion)
}
