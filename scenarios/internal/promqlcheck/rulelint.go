package promqlcheck

import (
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// LintRule reports names in a rule's expression that no series of a run has, as far as that can be known: a rule may be
// about anything that a Prometheus server scrapes. To r goes what must be a mistake, a misspelt metric of a run or a
// label that it does not have; to notes what is not simulated, so that the rule finds nothing.
func LintRule(r, notes *strictyaml.Report, e *Expression, expr parser.Expr, known *KnownSeries) {
	l := ruleLint{r, notes, e, known}
	parser.Inspect(expr, func(n parser.Node, _ []parser.Node) error {
		if selector, ok := n.(*parser.VectorSelector); ok {
			l.selector(selector)
		}
		return nil
	})
}

type ruleLint struct {
	errors, notes *strictyaml.Report
	e             *Expression
	known         *KnownSeries
}

const notFound = "and the rule finds nothing"

// selector checks the name of the metric, and that it has the labels.
func (l *ruleLint) selector(n *parser.VectorSelector) {
	name := metricName(n)
	of, ok := l.known.series[name]
	switch {
	case name == "":
		return
	case !ok:
		l.unknown(n, name)
		return
	}
	for _, m := range n.LabelMatchers {
		switch {
		case m.Name == model.MetricNameLabel || of == nil:
		case !of[m.Name]:
			l.errors.Known(l.e.AtWord(n, m.Name), m.Name, labelsToSuggest(of), "%s has no label %q", name)
		case m.Type == labels.MatchEqual && l.known.unknownValue(m.Name, m.Value):
			l.notes.Known(l.e.AtWord(n, m.Value), m.Value, sortedKeys(l.known.values[m.Name]),
				"no series of a run has %s=%q, "+notFound, m.Name)
		}
	}
}

// unknown reports a metric that no series of a run has. All metrics of the notifier are simulated; of the families of
// an Alertmanager's metrics and of the ledger's, a server may have more.
func (l *ruleLint) unknown(n *parser.VectorSelector, name string) {
	const notifier = "prometheus_notifications_"
	families := []string{"alertmanager_", "alerts_", "alert_"}
	meant := misspelt(name, l.known.names)
	switch {
	case meant != "" || strings.HasPrefix(name, notifier):
		write := "see notifysim metrics for those that there are"
		if meant == "" {
			meant = strictyaml.Nearest(name, l.known.names)
		}
		if meant != "" {
			write = "write " + meant
		}
		l.errors.Errorf(l.e.AtWord(n, name), "no metric is called %q, %s; %s", strictyaml.Shorten(name), notFound, write)
	case slices.ContainsFunc(families, func(family string) bool { return strings.HasPrefix(name, family) }):
		l.notes.Errorf(l.e.AtWord(n, name),
			"%s is not simulated, %s; give it in input_series, or see notifysim metrics", strictyaml.Shorten(name), notFound)
	}
}

// misspelt returns the known name that was meant by one with at most two typing mistakes, or without its ending; "" if
// there is none.
func misspelt(name string, known []string) string {
	const shortest, mistakes = 8, 2
	if len(name) < shortest {
		return ""
	}
	for _, k := range known {
		unended := strings.HasPrefix(k, name+"_") && !strings.Contains(k[len(name)+1:], "_")
		if unended || strictyaml.Distance(name, k, mistakes+1) <= mistakes {
			return k
		}
	}
	return ""
}
