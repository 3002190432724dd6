package scenarios

import (
	"bytes"
	"fmt"
	"log/slog"
	"path"
	"path/filepath"
	"strings"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery"
	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/notifier"
)

// configuration reads config or config_file, with Prometheus' own parser.
func (c *checker) configuration(doc *fileDoc) {
	const write = "write config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}, or config_file: prometheus.yml"
	switch {
	case doc.Config.given() && doc.ConfigFile.given():
		c.errorf(doc.ConfigFile.Pos, "the file has config and config_file; write one of them only")
		return
	case !doc.Config.given() && !doc.ConfigFile.given():
		c.missing(doc.place, "the file has no configuration of Prometheus; %s", write)
		return
	}
	src := promSource{report: c.report, file: c.path, root: doc.Config.Node, pos: doc.Config.Pos}
	dir := c.dir
	if doc.ConfigFile.given() {
		if !doc.ConfigFile.ok() || !c.configFile(&src, &dir, doc.ConfigFile) {
			return
		}
	} else if doc.Config.Node.Kind != yaml.MappingNode {
		c.errorf(doc.Config.Pos, "config is %s; write the content of a prometheus.yml under it", kindOf(doc.Config.Node))
		return
	} else {
		src.text, src.exact = cutOut(c.text, doc.Config.Node)
	}
	wrong := c.wrong
	if src.oldAPI(); c.wrong > wrong {
		return
	}
	cfg, err := config.Load(src.text, slog.New(slog.DiscardHandler))
	if err != nil {
		src.explain(err)
		return
	}
	cfg.SetDirectory(dir.dir)
	c.file.Config, c.sets = cfg, map[string]*config.AlertmanagerConfig{}
	for key, am := range cfg.AlertingConfig.AlertmanagerConfigs.ToMap() {
		c.sets[key] = am
	}
	c.file.Discovered = discovered(cfg)
	c.setRelabelling(&src)
}

// configFile reads the file that config_file names into src, and leaves its folder in dir.
func (c *checker) configFile(src *promSource, dir *folder, name value[string]) bool {
	at := c.dir.path(name.V)
	text, err := readText(c.dir.fsys, at, at)
	if err != nil {
		c.errorf(name.Pos, "config_file: %s", err)
		return false
	}
	src.file, src.text, src.exact = at, string(text), true
	src.pos = Pos{File: at, Line: 1, Col: 1}
	if dir.dir = filepath.Dir(at); dir.fsys != (host{}) {
		dir.dir = path.Dir(at)
	}
	src.root = readYAML(c.report, at, text, everything)
	return src.root != nil
}

// discovered names, by set key, the service discoveries other than static_configs.
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

// setRelabelling reports alert_relabel_configs of a set for releases that do not know them.
func (c *checker) setRelabelling(src *promSource) {
	for i, am := range c.file.Config.AlertingConfig.AlertmanagerConfigs {
		if len(am.AlertRelabelConfigs) == 0 {
			continue
		}
		for _, r := range c.file.Releases {
			if r.SetRelabel == notifier.NoSetRelabel {
				pos := src.find("alerting", "alertmanagers", fmt.Sprint(i), "alert_relabel_configs")
				c.errorf(pos, "release %s has no alert_relabel_configs under alertmanagers, which came with v2.51; write them under alerting, or take a newer release", r.Name)
			}
		}
	}
}

// cutOut returns the text of node, the value of a top-level field, with blanks for all that stands before it, so that
// Prometheus' parser counts lines as the user does. When the text cannot stand alone it writes the node anew: not exact.
func cutOut(text []byte, node *yaml.Node) (cut string, exact bool) {
	src := string(text)
	lines := strings.SplitAfter(src, "\n")
	oddBreaks := strings.ContainsAny(strings.ReplaceAll(src, "\r\n", "\n"), "\r\u0085\u2028\u2029\ufeff")
	start, end, ok := span(text, node)
	if !ok || oddBreaks {
		return rewritten(node), false
	}
	var b strings.Builder
	b.WriteString(strings.Repeat("\n", start.Line-1))
	for i := start.Line - 1; i < end; i++ {
		line := lines[i]
		if i == start.Line-1 {
			before := []rune(line)[:start.Col-1]
			b.WriteString(strings.Repeat(" ", len(before)))
			line = string([]rune(line)[start.Col-1:])
		}
		b.WriteString(line)
	}
	return b.String(), true
}

// span returns where node begins and how many lines of text there are up to its end. The parser keeps no ends: it ends
// before the next top-level field. It is not ok when the node is spread by aliases or the top level is in braces.
func span(text []byte, node *yaml.Node) (start Pos, end int, ok bool) {
	var doc yaml.Node
	if yaml.Unmarshal(text, &doc) != nil || doc.Content[0].Style&yaml.FlowStyle != 0 {
		return start, 0, false
	}
	end = bytes.Count(text, []byte("\n")) + 1
	root := doc.Content[0].Content
	for i := 0; i+1 < len(root); i += 2 {
		if v := root[i+1]; v.Line == node.Line && v.Column == node.Column {
			if i+2 < len(root) {
				end = root[i+2].Line - 1
			}
			return Pos{Line: v.Line, Col: v.Column}, end, !aliased(v)
		}
	}
	return start, 0, false
}

func aliased(n *yaml.Node) bool {
	for _, c := range n.Content {
		if aliased(c) {
			return true
		}
	}
	return n.Kind == yaml.AliasNode
}

func rewritten(node *yaml.Node) string {
	text, err := yaml.Marshal(node)
	if err != nil {
		return ""
	}
	return string(text)
}
