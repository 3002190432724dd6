package scenarios

import (
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery"
	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios/internal/promfile"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// configuration reads the configuration with which the sender starts.
func (c *checker) configuration() {
	const write = "write config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}, " +
		"or config_file: prometheus.yml"
	inline, file := c.doc.Config, c.doc.ConfigFile
	switch {
	case inline.Given() && file.Given():
		c.Errorf(file.Pos, "the file has both `config` and `config_file`; write only one of them")
	case !inline.Given() && !file.Given():
		c.Missing(c.doc.Mapping, "the file has no configuration of Prometheus; %s", write)
	default:
		c.file.Config = c.load(inline, file, c.file.Releases)
	}
	if c.file.Config == nil {
		return
	}
	c.file.Discovered = discovered(c.file.Config)
	if file.Given() && len(c.file.Config.RuleFiles) > 0 && !c.doc.RuleFiles.Given() {
		c.notes.Errorf(file.Pos, "the rule_files of %s are not evaluated; write rule_files: [...] in the scenario to "+
			"evaluate rules", strictyaml.Shorten(file.V))
	}
}

// load reads a configuration, either inline in the scenario or from the file that it names, and checks it for the
// releases. It returns nil after an error.
func (c *checker) load(inline strictyaml.Raw, file strictyaml.Value[string], releases []*core.Release) *config.Config {
	var cfg *config.Config
	dir := c.dir.dir
	switch {
	case file.Given():
		if !file.OK() {
			return nil
		}
		at := c.dir.path(file.V)
		text, err := c.dir.read(at, MaxFileSize)
		if err != nil {
			c.Errorf(file.Pos, "config_file: %s", err)
			return nil
		}
		dir = c.dir.dirOf(at)
		cfg = promfile.ConfigFile(c.Report, at, text, releases)
	case inline.Node.Kind != yaml.MappingNode:
		c.Errorf(inline.Pos, "`config` is %s; write the content of a prometheus.yml under it",
			strictyaml.KindOf(inline.Node))
	default:
		cfg = c.inline.Config(inline.Node, releases)
	}
	if cfg != nil {
		cfg.SetDirectory(dir)
	}
	return cfg
}

// discovered returns the names of the service discoveries other than static_configs, by set key.
func discovered(cfg *config.Config) map[string][]string {
	found := map[string][]string{}
	for key, am := range cfg.AlertingConfig.AlertmanagerConfigs.ToMap() {
		seen := map[string]bool{}
		for _, sd := range am.ServiceDiscoveryConfigs {
			if _, static := sd.(discovery.StaticConfig); static || seen[sd.Name()] {
				continue
			}
			seen[sd.Name()] = true
			found[key] = append(found[key], sd.Name()+"_sd_configs")
		}
	}
	return found
}
