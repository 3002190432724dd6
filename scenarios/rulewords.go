package scenarios

import (
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// A ruleExpr is the expression of a rule, and where it stands.
type ruleExpr struct {
	*expression
	tree parser.Expr
}

// ruleExprs reads the expressions of a rule file, root, and reports those that are none. A rule's other mistakes are Prometheus' parser's
// to find, unless an expression is more than it should be asked to read.
func (c *checker) ruleExprs(path string, text []byte, root *yaml.Node) (readable bool) {
	readable = true
	for _, group := range strictyaml.Items(strictyaml.Lookup(root, "groups")) {
		for _, rule := range strictyaml.Items(strictyaml.Lookup(group, "rules")) {
			n := strictyaml.Lookup(rule, "expr")
			if n == nil || n.Kind != yaml.ScalarNode || n.Value == "" {
				continue
			}
			e := &expression{strictyaml.Value[string]{V: n.Value, Pos: strictyaml.At(path, n)}, text, c.file.EvaluationInterval}
			if tree := syntax(c.Report, e); tree != nil {
				c.exprs = append(c.exprs, ruleExpr{e, tree})
			}
			readable = readable && len(e.V) <= maxExprBytes && operators(e.V) <= maxOperators
		}
	}
	return readable
}

// ruleWords reports names in the rules' expressions that nothing has, as far as that can be known: a rule may be about anything that a
// Prometheus scrapes. What is meant for the metrics of a run and is none of them is an error; what is not simulated is a note.
func (c *checker) ruleWords() {
	if len(c.exprs) == 0 {
		return
	}
	v := newVocabulary()
	v.addMetrics(c.file.Releases)
	own := true
	for _, t := range c.file.Tests {
		v.addGiven(t.Metrics)
		own = own && len(t.Metrics) == 0
	}
	v.addRules(c.file)
	if own {
		v.addJobs()
	}
	remarks := c.Fork()
	for _, e := range c.exprs {
		x := ruleCheck{expressionCheck{Report: c.Report, e: e.expression, known: v}, remarks}
		parser.Inspect(e.tree, func(n parser.Node, _ []parser.Node) error {
			if selector, ok := n.(*parser.VectorSelector); ok {
				x.selector(selector)
			}
			return nil
		})
	}
	c.file.remarks = remarks.Errors()
}

// A ruleCheck looks for words in a rule's expression that nothing in a run has.
type ruleCheck struct {
	expressionCheck
	remarks *strictyaml.Report
}

// ownFamily begins the names of the notifier's metrics, all of which are simulated. Of the families an Alertmanager and the ledger are of,
// a Prometheus may have more.
const ownFamily = "prometheus_notifications_"

var sharedFamilies = []string{"alertmanager_", "alerts_", "alert_"}

// selector checks the name of the metric, and that it has the labels.
func (x *ruleCheck) selector(n *parser.VectorSelector) {
	name := metricName(n)
	of, ok := x.known.series[name]
	switch {
	case name == "":
		return
	case !ok && (strings.HasPrefix(name, ownFamily) || misspelt(name, x.known.names) != ""):
		write := "see notifysim metrics for those that there are"
		if near := misspelt(name, x.known.names); near != "" {
			write = "write " + near
		} else if near := strictyaml.Nearest(name, x.known.names); near != "" {
			write = "write " + near
		}
		x.Errorf(x.e.at(x.word(n, name)), "no metric is called %q, and the rule finds nothing; %s", strictyaml.Shorten(name), write)
		return
	case !ok:
		if slices.ContainsFunc(sharedFamilies, func(family string) bool { return strings.HasPrefix(name, family) }) {
			x.remarks.Errorf(x.e.at(x.word(n, name)), "%s is not simulated, and the rule finds nothing; give it in input_series, or see notifysim metrics", strictyaml.Shorten(name))
		}
		return
	}
	for _, m := range n.LabelMatchers {
		if m.Name == model.MetricNameLabel || of == nil {
			continue
		}
		if !of[m.Name] {
			x.Errorf(x.e.at(x.word(n, m.Name)), "%s has no label %q; %s", name, strictyaml.Shorten(m.Name), strictyaml.WriteOneOf(m.Name, withoutName(of)))
		} else if values := x.known.values[m.Name]; values != nil && m.Type == labels.MatchEqual && m.Value != "" && !values[m.Value] {
			x.remarks.Errorf(x.e.at(x.word(n, m.Value)), "no series of a run has %s=%q, and the rule finds nothing; %s",
				m.Name, strictyaml.Shorten(m.Value), strictyaml.WriteOneOf(m.Value, sortedKeys(values)))
		}
	}
}

// misspelt returns the name that is meant by one with a typing mistake or two, or without its ending; "" if there is none.
func misspelt(name string, known []string) string {
	const shortest, mistakes = 8, 2
	if len(name) < shortest {
		return ""
	}
	for _, k := range known {
		if strings.HasPrefix(k, name+"_") && !strings.Contains(k[len(name)+1:], "_") || strictyaml.Distance(name, k, mistakes+1) <= mistakes {
			return k
		}
	}
	return ""
}
