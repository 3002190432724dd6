package scenarios

import (
	"log/slog"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// A RuleFile is a file of rule groups, read and checked by Prometheus' own parser.
type RuleFile struct {
	// Path is as rule_files has it: a group's offset depends on it, and it is the same on every machine.
	Path   string
	Groups []rulefmt.RuleGroup
}

// ruleFiles reads the rule files that the document names.
func (c *checker) ruleFiles(doc *fileDoc) {
	if n := len(doc.RuleFiles.Items); n > maxRuleFiles {
		c.Errorf(doc.RuleFiles.Pos, "rule_files are %d, above the limit of %d; write fewer", n, maxRuleFiles)
		return
	}
	for i, name := range doc.RuleFiles.Items {
		if !name.OK() {
			continue
		}
		if slices.ContainsFunc(doc.RuleFiles.Items[:i], func(o strictyaml.Value[string]) bool { return o.V == name.V }) {
			c.Errorf(name.Pos, "rule_files names %q twice; remove one", strictyaml.Shorten(name.V))
			continue
		}
		at := c.dir.path(name.V)
		text, err := readText(c.dir.fsys, at, at)
		if err != nil {
			c.Errorf(name.Pos, "rule_files: %s", err)
			continue
		}
		c.AddSource(at, text)
		if groups, ok := c.ruleGroups(at, text); ok {
			c.file.RuleFiles = append(c.file.RuleFiles, RuleFile{name.V, groups})
		}
	}
	c.file.Aligned = doc.EvaluationOffset.V == "none"
	if o := doc.EvaluationOffset; o.OK() && o.V != "none" && o.V != "hashed" {
		c.Errorf(o.Pos, "evaluation_offset is %q; write hashed or none", strictyaml.Shorten(o.V))
	}
	for _, name := range doc.GroupEvalOrder {
		if name.OK() {
			c.file.GroupEvalOrder = append(c.file.GroupEvalOrder, name.V)
		}
	}
}

var rulePlace = regexp.MustCompile(`^(\d+):(\d+): (?:(\d+):(\d+): )?([\s\S]*)$`)

// How a message names the rule or the group that it is about.
var (
	ruleOf  = regexp.MustCompile(`^group "(.*?)", rule (\d+), ".*?": `)
	groupOf = regexp.MustCompile(`^groupname: "(.*?)"`)
)

// about is the place of what a message is about: the rule of a group, the last group of a name, the first without one.
func (s *promSource) about(msg string) Pos {
	pos := s.pos
	rule, group := ruleOf.FindStringSubmatch(msg), groupOf.FindStringSubmatch(msg)
	for i, g := range strictyaml.Items(strictyaml.Lookup(s.root, "groups")) {
		name, at := "", strconv.Itoa(i)
		if n := strictyaml.Lookup(g, "name"); n != nil {
			name = n.Value
		}
		switch {
		case rule != nil && name == rule[1]:
			n, _ := strconv.Atoi(rule[2]) // from 1 on
			return s.find("groups", at, "rules", strconv.Itoa(n-1))
		case group != nil && name == group[1]:
			pos = s.find("groups", at)
		case rule == nil && group == nil && name == "":
			return s.find("groups", at)
		}
	}
	return pos
}

// ruleGroups reads a rule file with Prometheus' own parser.
func (c *checker) ruleGroups(path string, text []byte) ([]rulefmt.RuleGroup, bool) {
	wrong := c.Count()
	root := strictyaml.ReadForeign(c.Report, path, text)
	if root == nil || c.Count() > wrong {
		return nil, false
	}
	if !c.ruleExprs(path, text, root) {
		return nil, false
	}
	src := promSource{Report: c.Report, promKind: promRules, file: path, text: string(text), exact: true, root: root, pos: Pos{File: path, Line: 1, Col: 1}}
	groups, errs := rulefmt.Parse(text, false, model.UTF8Validation, promql, slog.New(slog.DiscardHandler))
	for _, err := range errs {
		if strings.Contains(err.Error(), "could not parse expression") && c.Count() > wrong { // it was, with its place
			continue
		}
		m := rulePlace.FindStringSubmatch(err.Error())
		if m == nil {
			src.explain(err)
			continue
		}
		pos, msg := Pos{File: path}, oneLine(m[5])
		pos.Line, _ = strconv.Atoi(m[1])
		pos.Col, _ = strconv.Atoi(m[2])
		if pos.Line == 0 { // it is about what is not there
			pos = src.about(msg)
		}
		msg = ruleOf.ReplaceAllString(msg, "")
		c.Errorf(pos, "%s: %s; %s", src.name, msg, src.advice(msg))
	}
	if len(errs) > 0 || c.Count() > wrong {
		return nil, false
	}
	return groups.Groups, true
}
