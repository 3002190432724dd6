package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"path"
	"path/filepath"
	"strings"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery"
	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// configuration reads the sender's configuration at the start.
func (c *checker) configuration(doc *fileDoc) {
	const write = "write config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}, or config_file: prometheus.yml"
	switch {
	case doc.Config.Given() && doc.ConfigFile.Given():
		c.Errorf(doc.ConfigFile.Pos, "the file has config and config_file; write one of them only")
	case !doc.Config.Given() && !doc.ConfigFile.Given():
		c.Missing(doc.Mapping, "the file has no configuration of Prometheus; %s", write)
	default:
		c.file.Config = c.load(doc.Config, doc.ConfigFile, c.file.Releases)
	}
	if c.file.Config != nil {
		c.file.Discovered = discovered(c.file.Config)
	}
}

// load reads the configuration that stands in the scenario, or in the file that it names, with Prometheus' own parser, and checks
// it for releases. It returns nil after an error.
func (c *checker) load(inline strictyaml.Raw, name strictyaml.Value[string], releases []*core.Release) *config.Config {
	src := promSource{Report: c.Report, promKind: promConfig, file: c.Path, root: inline.Node, pos: inline.Pos}
	dir := c.dir
	switch {
	case name.Given():
		if !name.OK() || !c.configFile(&src, &dir, name) {
			return nil
		}
	case inline.Node.Kind != yaml.MappingNode:
		c.Errorf(inline.Pos, "config is %s; write the content of a prometheus.yml under it", strictyaml.KindOf(inline.Node))
		return nil
	default:
		if src.text, src.exact = c.cutOut(inline.Node); !src.exact {
			src.text, src.anew = rewritten(inline.Node)
		}
	}
	wrong := c.Count()
	if src.oldAPI(); c.Count() > wrong {
		return nil
	}
	cfg, err := readConfig(src.text)
	if errors.Is(err, errCrash) {
		c.Errorf(src.emptyItem(), "config: Prometheus crashes when it reads this; write out what is empty, or leave it out")
		return nil
	}
	if err != nil {
		src.explain(err)
		return nil
	}
	cfg.SetDirectory(dir.dir)
	src.setRelabelling(cfg, releases)
	return cfg
}

var errCrash = errors.New("the parser of Prometheus panicked")

// readConfig is Prometheus' own parser, which panics at an alertmanagers entry that is empty.
func readConfig(text string) (cfg *config.Config, err error) {
	defer func() {
		if recover() != nil {
			err = errCrash
		}
	}()
	return config.Load(text, slog.New(slog.DiscardHandler))
}

// configFile reads the file that config_file names into src, and leaves its folder in dir.
func (c *checker) configFile(src *promSource, dir *folder, name strictyaml.Value[string]) bool {
	at := c.dir.path(name.V)
	text, err := readText(c.dir.fsys, at, at)
	if err != nil {
		c.Errorf(name.Pos, "config_file: %s", err)
		return false
	}
	src.file, src.text, src.exact = at, string(text), true
	src.pos = Pos{File: at, Line: 1, Col: 1}
	if dir.dir = filepath.Dir(at); dir.fsys != (host{}) {
		dir.dir = path.Dir(at)
	}
	src.root = strictyaml.ReadForeign(c.Report, at, text)
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
func (s *promSource) setRelabelling(cfg *config.Config, releases []*core.Release) {
	for i, am := range cfg.AlertingConfig.AlertmanagerConfigs {
		if len(am.AlertRelabelConfigs) == 0 {
			continue
		}
		for _, r := range releases {
			if r.SetRelabel == core.NoSetRelabel {
				pos := s.find("alerting", "alertmanagers", fmt.Sprint(i), "alert_relabel_configs")
				s.Errorf(pos, "release %s has no alert_relabel_configs under alertmanagers, which came with v2.51; write them under alerting, or take a newer release", r.Name)
			}
		}
	}
}

// cutOut returns the text of node, the value of a top-level field, with blanks for all that stands before it, so that
// Prometheus' parser counts lines as the user does. It is not ok when the text cannot stand alone, as that of a reload, say.
func (c *checker) cutOut(node *yaml.Node) (cut string, ok bool) {
	src := string(c.text)
	lines := strings.SplitAfter(src, "\n")
	oddBreaks := strings.ContainsAny(strings.ReplaceAll(src, "\r\n", "\n"), "\r\u0085\u2028\u2029\ufeff")
	start, end, ok := span(c.outline(), bytes.Count(c.text, []byte("\n"))+1, node)
	if !ok || oddBreaks {
		return "", false
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

// outline is the scenario as it is written, with its aliases; nil if it cannot be read.
func (c *checker) outline() *yaml.Node {
	if c.written == nil {
		c.written = &yaml.Node{}
		if yaml.Unmarshal(c.text, c.written) != nil {
			c.written = &yaml.Node{}
		}
	}
	if len(c.written.Content) == 0 {
		return nil
	}
	return c.written.Content[0]
}

// span returns where node begins, a value of the mapping root, and on which line it ends, of lines. The parser keeps no ends: it
// ends before the next top-level field. It is not ok when the node is spread by aliases or the top level is in braces.
func span(root *yaml.Node, lines int, node *yaml.Node) (start Pos, end int, ok bool) {
	if root == nil || root.Style&yaml.FlowStyle != 0 {
		return start, 0, false
	}
	end = lines
	for i := 0; i+1 < len(root.Content); i += 2 {
		if v := root.Content[i+1]; v.Line == node.Line && v.Column == node.Column {
			if i+2 < len(root.Content) {
				end = root.Content[i+2].Line - 1
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

// rewritten writes node anew, a line an item. It returns the text and, by line, the nodes of the scenario that it is of.
func rewritten(node *yaml.Node) (text string, lines map[int][]*yaml.Node) {
	b, err := yaml.Marshal(spread(node))
	if err != nil {
		return "", nil
	}
	lines = map[int][]*yaml.Node{}
	var again yaml.Node
	if yaml.Unmarshal(b, &again) == nil && len(again.Content) == 1 {
		pair(again.Content[0], node, lines)
	}
	return string(b), lines
}

// spread returns a copy of n without braces and brackets.
func spread(n *yaml.Node) *yaml.Node {
	wide := *n
	wide.Style &^= yaml.FlowStyle
	wide.Content = make([]*yaml.Node, len(n.Content))
	for i, c := range n.Content {
		wide.Content[i] = spread(c)
	}
	return &wide
}

// pair notes on which lines of the text anew the nodes of an old one are.
func pair(anew, old *yaml.Node, lines map[int][]*yaml.Node) {
	if anew.Kind != old.Kind || len(anew.Content) != len(old.Content) {
		return
	}
	lines[anew.Line] = append(lines[anew.Line], old)
	for i := range anew.Content {
		pair(anew.Content[i], old.Content[i], lines)
	}
}
