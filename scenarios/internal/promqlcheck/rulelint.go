package promqlcheck

import (
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// LintRule reports names in the expression of a rule that no series of a run has. A rule may use anything that a
// Prometheus server scrapes, so only two cases are certain. Mistakes are reported to r: misspelt metrics of a run, and
// labels that such a metric does not have. Metrics that are not simulated, so that the rule finds nothing, are reported
// to notes.
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

const notFound = "so the rule finds nothing"

// selector checks that the metric exists and has the labels.
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

// unknown reports a metric that no series of a run has. All metrics of the notifier are simulated, but a real server
// may have further metrics of Alertmanagers and metrics that begin like those of the ledger.
func (l *ruleLint) unknown(n *parser.VectorSelector, name string) {
	const notifier = "prometheus_notifications_"
	families := []string{"alertmanager_", "alerts_", "alert_"}
	meant := misspelt(name, l.known.names)
	switch {
	case meant != "" || strings.HasPrefix(name, notifier):
		write := "write one that the command notifysim metrics lists"
		if meant == "" {
			meant = strictyaml.Nearest(name, l.known.names)
		}
		if meant != "" {
			write = "write " + meant
		}
		l.errors.Errorf(l.e.AtWord(n, name), "no metric is called %q, %s; %s", strictyaml.Shorten(name), notFound, write)
	case slices.ContainsFunc(families, func(family string) bool { return strings.HasPrefix(name, family) }):
		l.notes.Errorf(l.e.AtWord(n, name),
			"%s is not simulated, %s; add it to `input_series`, or use a metric that notifysim metrics lists",
			strictyaml.Shorten(name), notFound)
	}
}

// misspelt returns the known name that was probably meant by name, which has at most two typing mistakes or lacks the
// ending. It returns "" if there is none.
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
