package scenarios

import (
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios/internal/document"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// Checks of configurations, their Alertmanager sets, and target groups.

// configurations reads the configurations of the file and of the reloads in the timeline.
func (t *testChecker) configurations() {
	add := func(cfg *config.Config) {
		if cfg == nil {
			t.partly = true
		} else {
			t.configs = append(t.configs, cfg)
		}
	}
	add(t.file.Config)
	var releases []*core.Release
	for _, r := range t.file.Releases {
		if t.test.For(r) {
			releases = append(releases, r)
		}
	}
	t.reloads = map[*document.Event]*config.Config{}
	files := map[string]*config.Config{}
	n := 0
	for i := range t.doc.Timeline {
		doc := &t.doc.Timeline[i]
		r := doc.Reload
		if r == nil {
			continue
		}
		if n++; n > maxReloads {
			t.Errorf(doc.Pos, "the timeline has more than the limit of %d reloads; write fewer", maxReloads)
			t.partly = true
			break
		}
		t.One(r.Mapping, "`reload`", strictyaml.NewChoice("config", r.Config.Given()),
			strictyaml.NewChoice("config_file", r.ConfigFile.Given()))
		var cfg *config.Config
		switch known, read := files[r.ConfigFile.V]; {
		case r.Config.Given() == r.ConfigFile.Given():
		case r.ConfigFile.OK() && read:
			cfg = known
		default:
			if cfg = t.load(r.Config, r.ConfigFile, releases); r.ConfigFile.OK() {
				files[r.ConfigFile.V] = cfg
			}
		}
		t.reloads[doc] = cfg
		add(cfg)
	}
	t.sets = sets(t.configs)
}

// sets returns the entries under alertmanagers of all configurations, by set key. Entries without relabel_configs leave
// addresses unchanged, so one of those is enough for each key.
func sets(configs []*config.Config) map[string][]*config.AlertmanagerConfig {
	sets, plain := map[string][]*config.AlertmanagerConfig{}, map[string]bool{}
	for _, cfg := range configs {
		for key, am := range cfg.AlertingConfig.AlertmanagerConfigs.ToMap() {
			if len(am.RelabelConfigs) > 0 || !plain[key] {
				sets[key] = append(sets[key], am)
			}
			plain[key] = plain[key] || len(am.RelabelConfigs) == 0
		}
	}
	return sets
}

// setKey reports a key for which no configuration of the test has an Alertmanager set.
func (t *testChecker) setKey(key string, pos Pos) bool {
	if t.partly || len(t.sets[key]) > 0 {
		return true
	}
	var known []string
	for _, cfg := range t.configs {
		for len(known) < len(cfg.AlertingConfig.AlertmanagerConfigs) {
			known = append(known, core.SetKey(len(known)))
		}
	}
	return t.Known(pos, key, known, "the configuration has no Alertmanager set %q")
}

// targetUpdate reads the target groups of a target update, by set key.
func (t *testChecker) targetUpdate(doc *document.TargetGroups) map[string][]*targetgroup.Group {
	update := map[string][]*targetgroup.Group{}
	for _, set := range doc.Entries {
		if !t.setKey(set.Key, set.Pos) {
			continue
		}
		for _, g := range set.Value {
			t.group(&g)
		}
		update[set.Key] = targetGroups(set.Value)
	}
	if doc.Given() && len(doc.Entries) == 0 {
		t.Errorf(doc.Pos, "`target_groups` is empty; write an entry such as {config-0: []}")
	}
	return update
}

// group reports what is wrong with a target group.
func (t *testChecker) group(g *document.Group) {
	for _, l := range g.Labels.Entries {
		t.labelName(l.Key, l.Pos)
	}
	for _, target := range g.Targets {
		if target.OK() && (target.V == "" || strings.Contains(target.V, "/")) {
			t.Errorf(target.Pos, "%q is not an address; write host:port, such as am-a:9093",
				strictyaml.Shorten(target.V))
		}
	}
}

// targetGroups converts target groups of the file into those of Prometheus.
func targetGroups(docs []document.Group) []*targetgroup.Group {
	groups := make([]*targetgroup.Group, 0, len(docs))
	for i, doc := range docs {
		g := &targetgroup.Group{Source: strconv.Itoa(i)}
		for _, target := range doc.Targets {
			g.Targets = append(g.Targets, model.LabelSet{model.AddressLabel: model.LabelValue(target.V)})
		}
		for _, l := range doc.Labels.Entries {
			if g.Labels == nil {
				g.Labels = model.LabelSet{}
			}
			g.Labels[model.LabelName(l.Key)] = model.LabelValue(l.Value.V)
		}
		groups = append(groups, g)
	}
	return groups
}
