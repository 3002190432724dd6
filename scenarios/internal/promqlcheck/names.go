package promqlcheck

import (
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// Names reports to r each metric, label and value in an expression that no series has.
func Names(r *strictyaml.Report, e *Expression, expr parser.Expr, known *KnownSeries) {
	c := nameCheck{Report: r, e: e, known: known, made: madeLabels(expr)}
	parser.Inspect(expr, func(n parser.Node, _ []parser.Node) error {
		c.node(n)
		return nil
	})
}

// A nameCheck checks the names in an expression.
type nameCheck struct {
	*strictyaml.Report
	e     *Expression
	known *KnownSeries
	made  map[string]bool // labels that the expression adds
}

func (c *nameCheck) node(n parser.Node) {
	switch n := n.(type) {
	case *parser.VectorSelector:
		c.selector(n)
	case *parser.AggregateExpr:
		c.labels(n, n.Grouping)
	case *parser.Call:
		if n.Func.Name == "label_replace" && len(n.Args) > 3 {
			if source, ok := n.Args[3].(*parser.StringLiteral); ok && source.Val != "" {
				c.labels(n, []string{source.Val})
			}
		}
	case *parser.BinaryExpr:
		if m := n.VectorMatching; m != nil {
			c.labels(n, m.MatchingLabels)
			c.labels(n, m.Include)
		}
	}
}

// metricName returns the metric name that a selector asks for, or "" if it may match several names.
func metricName(n *parser.VectorSelector) string {
	for _, m := range n.LabelMatchers {
		if m.Name == model.MetricNameLabel && m.Type == labels.MatchEqual {
			return m.Value
		}
	}
	return n.Name
}

// selector checks that the metric exists and has the labels.
func (c *nameCheck) selector(n *parser.VectorSelector) {
	name := metricName(n)
	of, ok := c.known.series[name]
	if name != "" && !ok {
		c.Errorf(c.e.AtWord(n, name), "no metric of this test is called %q; %s",
			strictyaml.Shorten(name), writeMetric(name, c.known.names))
		return
	}
	what, has := "no metric of this test", c.known.labels
	if ok {
		what, has = name, of
	}
	for _, m := range n.LabelMatchers {
		switch {
		case m.Name == model.MetricNameLabel:
		case has != nil && !has[m.Name]:
			c.Known(c.e.AtWord(n, m.Name), m.Name, labelsToSuggest(has), "%s has no label %q", what)
		case ok && (of != nil || m.Name == model.AlertNameLabel) &&
			m.Type == labels.MatchEqual && c.known.unknownValue(m.Name, m.Value):
			c.Known(c.e.AtWord(n, m.Value), m.Value, sortedKeys(c.known.values[m.Name]),
				"no series of this test has %s=%q", m.Name)
		}
	}
}

// labels checks the labels that an expression groups or matches by.
func (c *nameCheck) labels(n parser.Node, names []string) {
	for _, name := range names {
		if !c.known.labels[name] && !c.made[name] {
			c.Known(c.e.AtWord(n, name), name, labelsToSuggest(c.known.labels), "no metric of this test has a label %q")
		}
	}
}

// writeMetric says what to write instead of a metric that does not exist.
func writeMetric(name string, known []string) string {
	if strictyaml.Nearest(name, known) == "" {
		return "write one that the command notifysim metrics lists"
	}
	return strictyaml.WriteOneOf(name, known)
}
