package promfile

import (
	"log/slog"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/scenarios/internal/promqlcheck"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// A RuleExpr is the expression of a rule with its syntax tree.
type RuleExpr struct {
	*promqlcheck.Expression
	Tree parser.Expr
}

// Rules parses the text of a rule file. step is the step of subqueries without one. Errors are reported to r; ok is
// false then.
func Rules(r *strictyaml.Report, path string, text []byte, step time.Duration) (
	groups []rulefmt.RuleGroup, exprs []RuleExpr, ok bool,
) {
	before := r.Count()
	root := strictyaml.ReadForeign(r, path, text)
	if root == nil || r.Count() > before {
		return nil, nil, false
	}
	exprs, readable := ruleExprs(r, path, text, root, step)
	if !readable {
		return nil, nil, false
	}
	s := source{
		Report: r, kind: rulesKind(), file: path, text: string(text), exact: true,
		root: root, pos: strictyaml.Pos{File: path, Line: 1, Col: 1},
	}
	all, errs := rulefmt.Parse(text, false, model.UTF8Validation, promqlcheck.Parser(), slog.New(slog.DiscardHandler))
	for _, err := range errs {
		if strings.Contains(err.Error(), "could not parse expression") && r.Count() > before {
			continue // ruleExprs has reported the error with its position
		}
		s.ruleError(err)
	}
	if len(errs) > 0 || r.Count() > before {
		return nil, nil, false
	}
	return all.Groups, exprs, true
}

// ruleExprs parses the expressions in a rule file and reports those that cannot be evaluated. readable is false if an
// expression is too large for Prometheus' parser. Other errors are left to that parser.
func ruleExprs(r *strictyaml.Report, path string, text []byte, root *yaml.Node, step time.Duration) (
	exprs []RuleExpr, readable bool,
) {
	readable = true
	for _, group := range strictyaml.Items(strictyaml.Lookup(root, "groups")) {
		for _, rule := range strictyaml.Items(strictyaml.Lookup(group, "rules")) {
			n := strictyaml.Lookup(rule, "expr")
			if n == nil || n.Kind != yaml.ScalarNode || n.Value == "" {
				continue
			}
			e := &promqlcheck.Expression{Text: n.Value, Pos: strictyaml.At(path, n), Source: text, Step: step}
			if tree := promqlcheck.Parse(r, e); tree != nil {
				exprs = append(exprs, RuleExpr{e, tree})
			}
			readable = readable && promqlcheck.Parsable(e.Text)
		}
	}
	return exprs, readable
}

// The formats in which Prometheus' rule parser gives the position of an error, and the rule or group that it concerns.
var (
	rulePos = regexp.MustCompile(`^(\d+):(\d+): (?:(\d+):(\d+): )?([\s\S]*)$`)
	ruleOf  = regexp.MustCompile(`^group "(.*?)", rule (\d+), ".*?": `)
	partOf  = regexp.MustCompile(`^(label|annotation) "(.*?)": `)
	groupOf = regexp.MustCompile(`^groupname: "(.*?)"`)
)

// ruleError reports an error of Prometheus' rule parser.
func (s *source) ruleError(err error) {
	m := rulePos.FindStringSubmatch(err.Error())
	pos, msg := strictyaml.Pos{File: s.file}, promqlcheck.OneLine(err.Error())
	switch {
	case m != nil:
		msg = promqlcheck.OneLine(m[5])
		pos.Line, _ = strconv.Atoi(m[1])
		pos.Col, _ = strconv.Atoi(m[2])
	case !ruleOf.MatchString(msg):
		s.explain(err)
		return
	}
	if pos.Line == 0 { // the error is about something missing, or about a template
		pos = s.about(msg)
	}
	msg = ruleOf.ReplaceAllString(msg, "")
	s.Errorf(pos, "%s: %s; %s", s.name, msg, s.advice(msg))
}

// about returns the position of what a message is about: a rule of a group, the last group with a name, or the first
// group without a name.
func (s *source) about(msg string) strictyaml.Pos {
	pos := s.pos
	rule, group := ruleOf.FindStringSubmatch(msg), groupOf.FindStringSubmatch(msg)
	for i, g := range strictyaml.Items(strictyaml.Lookup(s.root, "groups")) {
		name, at := "", strconv.Itoa(i)
		if n := strictyaml.Lookup(g, "name"); n != nil {
			name = n.Value
		}
		switch {
		case rule != nil && name == rule[1]:
			n, _ := strconv.Atoi(rule[2]) // counted from 1
			path := []string{"groups", at, "rules", strconv.Itoa(n - 1)}
			if part := partOf.FindStringSubmatch(ruleOf.ReplaceAllString(msg, "")); part != nil {
				path = append(path, part[1]+"s", part[2])
			}
			return s.find(path...)
		case group != nil && name == group[1]:
			pos = s.find("groups", at)
		case rule == nil && group == nil && name == "":
			return s.find("groups", at)
		}
	}
	return pos
}
