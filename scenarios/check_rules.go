package scenarios

import (
	"net/url"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/rulefmt"

	"github.com/notifysim/notifysim/scenarios/internal/promfile"
	"github.com/notifysim/notifysim/scenarios/internal/promqlcheck"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// ruleFiles reads the rule files that the document names, and the settings of how their groups are evaluated.
func (c *checker) ruleFiles() {
	names := c.doc.RuleFiles
	if n := len(names.Items); n > maxRuleFiles {
		c.Errorf(names.Pos, "`rule_files` has %d entries, above the limit of %d; write fewer", n, maxRuleFiles)
		return
	}
	seen := map[string]bool{}
	for _, name := range names.Items {
		if !name.OK() {
			continue
		}
		if seen[name.V] {
			c.Errorf(name.Pos, "`rule_files` names %q twice; remove one", strictyaml.Shorten(name.V))
			continue
		}
		seen[name.V] = true
		c.ruleFile(name)
	}
	c.file.Aligned = c.doc.EvaluationOffset.V == "none"
	if o := c.doc.EvaluationOffset; o.OK() && o.V != "none" && o.V != "hashed" {
		c.Errorf(o.Pos, "`evaluation_offset` is %q; write hashed or none", strictyaml.Shorten(o.V))
	}
	for _, name := range c.doc.GroupEvalOrder {
		if name.OK() {
			c.file.GroupEvalOrder = append(c.file.GroupEvalOrder, name.V)
		}
	}
}

func (c *checker) ruleFile(name strictyaml.Value[string]) {
	at := c.dir.path(name.V)
	text, err := c.dir.read(at, MaxFileSize)
	if err != nil {
		c.Errorf(name.Pos, "rule_files: %s", err)
		return
	}
	groups, exprs, ok := promfile.Rules(c.Report, at, text, c.file.EvaluationInterval)
	if ok {
		c.file.RuleFiles = append(c.file.RuleFiles, RuleFile{name.V, groups})
		c.ruleExprs = append(c.ruleExprs, exprs...)
	}
}

// lintRules reports names in the expressions of rules that no series has, as far as that can be known.
func (c *checker) lintRules() {
	if len(c.ruleExprs) == 0 {
		return
	}
	known := promqlcheck.NewKnownSeries()
	addMetrics(known, c.file.Releases)
	own := true
	for _, t := range c.file.Tests {
		addGiven(known, t.Metrics)
		own = own && len(t.Metrics) == 0
	}
	addRules(known, c.file)
	if own {
		addJobs(known)
	}
	for _, e := range c.ruleExprs {
		promqlcheck.LintRule(c.Report, c.notes, e.Expression, e.Tree, known)
	}
}

// rulesInTime reads the start time for rules and expressions, and the values that templates of rules have for the
// sender.
func (t *testChecker) rulesInTime() {
	if at := t.doc.StartTimestamp; at.OK() {
		t.test.Start = time.Duration(at.V.UnixNano())
	}
	if doc := t.doc.ExternalLabels; doc.Given() {
		for _, e := range doc.Entries {
			if e.Value.OK() {
				t.labelName(e.Key, e.Pos)
			}
		}
		ls := t.labelSet(doc, "")
		t.test.ExternalLabels = &ls
	}
	if u := t.doc.ExternalURL; u.OK() {
		if _, err := url.Parse(u.V); err != nil {
			t.Errorf(u.Pos, "`external_url` is %q, which is not a URL; write one such as http://prometheus.example.org",
				strictyaml.Shorten(u.V))
		}
		t.test.ExternalURL = u.V
	}
}

func (t *testChecker) alertRuleTests() {
	if len(t.doc.AlertRules) > 0 && len(t.file.RuleFiles) == 0 && t.Count() == 0 {
		t.Errorf(t.doc.AlertRules[0].Pos,
			"the file has no rules for an `alert_rule_test`; write rule_files: [rules.yml]")
		return
	}
	names := alertnames(t.file)
	for _, doc := range t.doc.AlertRules {
		t.inTime("`eval_time`", doc.EvalTime)
		e := AlertRuleTest{Pos: doc.Pos, EvalTime: doc.EvalTime.V, Alertname: doc.Alertname.V}
		e.Scope = t.scope(doc.Scope)
		if doc.Alertname.OK() && len(names) > 0 {
			t.Known(doc.Alertname.Pos, doc.Alertname.V, names, "no rule has the alert %q")
		}
		for _, a := range doc.Alerts {
			x := ExpectedAlert{Pos: a.Pos, Annotations: t.labelSet(a.Annotations, "")}
			x.Labels = t.labelSet(a.Labels, doc.Alertname.V)
			e.Alerts = append(e.Alerts, x)
		}
		t.test.AlertRules = append(t.test.AlertRules, e)
	}
}

// alertnames returns the names of the alerts in all rule files, sorted.
func alertnames(f *File) []string {
	var names []string
	f.eachRule(func(_ *rulefmt.RuleGroup, r *rulefmt.Rule) {
		if r.Alert != "" {
			names = append(names, r.Alert)
		}
	})
	slices.Sort(names)
	return slices.Compact(names)
}
