package core

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"

	promconfig "github.com/prometheus/common/config"
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
		s := &Set{Key: SetKey(i), Config: amc, api: rel.API.path(amc), groupSetsURL: rel.GroupSetsURL}
		var err error
		if s.identity, err = rel.identity(amc); err != nil {
			return nil, fmt.Errorf("alertmanagers entry %d: %w", i, err)
		}
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
// releases that name sets by a hash it is the entry's JSON, in which regular expressions are masked and secrets are
// not. An entry without api_version is the same as one with the default.
func (r *Release) identity(amc *config.AlertmanagerConfig) (string, error) {
	entry := *amc
	entry.APIVersion = config.AlertmanagerAPIVersion(r.API.path(amc))
	if r.SetKeys == KeyByPlace {
		b, err := yaml.Marshal(&entry)
		return string(b), err
	}
	entry.RelabelConfigs = make([]*relabel.Config, len(amc.RelabelConfigs))
	for i, rule := range amc.RelabelConfigs {
		copied := *rule
		copied.Regex = relabel.Regexp{}
		entry.RelabelConfigs[i] = &copied
	}
	b, err := json.Marshal(struct {
		Entry   config.AlertmanagerConfig
		Secrets []string
	}{entry, secrets(reflect.ValueOf(entry))})
	return string(b), err
}

// secrets returns the secrets in a value, in the order of its fields. encoding/json writes "<secret>" instead of them;
// the type had no such method when releases named sets by a hash.
func secrets(v reflect.Value) (found []string) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[promconfig.Secret]() {
			found = append(found, v.String())
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			found = secrets(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			found = append(found, secrets(v.Index(i))...)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				found = append(found, secrets(v.Field(i))...)
			}
		}
	}
	return found
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

// path returns the version of Alertmanager's API that a set posts to, as it appears in the URL: that in api_version or,
// if it is empty, the default of the release. With V1 it is always v1, because there is no api_version.
func (a API) path(cfg *config.AlertmanagerConfig) string {
	switch asked := string(cfg.APIVersion); {
	case a == V1, a == V1Default && asked == "":
		return "v1"
	case asked == "":
		return "v2"
	default:
		return asked
	}
}
