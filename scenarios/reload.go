package scenarios

import (
	"github.com/prometheus/prometheus/config"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// configurations reads those that the timeline's reloads bring.
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
	t.reloads = map[*eventDoc]*config.Config{}
	files := map[string]*config.Config{}
	n := 0
	for i := range t.doc.Timeline {
		doc := &t.doc.Timeline[i]
		r := doc.Reload
		if r == nil {
			continue
		}
		if n++; n > maxReloads {
			t.Errorf(doc.Pos, "the timeline has more reloads than the limit of %d; write fewer", maxReloads)
			t.partly = true
			break
		}
		t.One(r.Mapping, "reload", strictyaml.NewChoice("config", r.Config.Given()), strictyaml.NewChoice("config_file", r.ConfigFile.Given()))
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
	t.sets = entries(t.configs)
}

// entries returns, by set key, the alertmanagers entries of the configurations; those without relabel_configs, in which all
// addresses are what they are, once.
func entries(configs []*config.Config) map[string][]*config.AlertmanagerConfig {
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
