package promqlcheck

import (
	"maps"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
)

// KnownSeries are the series that expressions can select: their names, and the labels of each.
type KnownSeries struct {
	series map[string]map[string]bool // the labels by series name; nil means any labels
	labels map[string]bool            // the labels of all series
	values map[string]map[string]bool // the values of those labels for which all values are known
	names  []string                   // the names of the series, sorted
}

// NewKnownSeries returns an empty KnownSeries.
func NewKnownSeries() *KnownSeries {
	return &KnownSeries{
		series: map[string]map[string]bool{}, labels: map[string]bool{}, values: map[string]map[string]bool{},
	}
}

// Add adds a series with these labels, or adds labels to a series that has been added before.
func (k *KnownSeries) Add(name string, labelNames ...string) {
	known, ok := k.series[name]
	if !ok {
		known = map[string]bool{}
		k.series[name] = known
		i, _ := slices.BinarySearch(k.names, name)
		k.names = slices.Insert(k.names, i, name)
	}
	for _, l := range labelNames {
		k.labels[l] = true
		if known != nil {
			known[l] = true
		}
	}
}

// AddAny adds a series that may have any labels.
func (k *KnownSeries) AddAny(name string) {
	k.Add(name)
	k.series[name] = nil
}

// AddLabel adds a label that any series may have.
func (k *KnownSeries) AddLabel(name string) { k.labels[name] = true }

// AddValues adds values of a label. A label without added values may have any value.
func (k *KnownSeries) AddValues(label string, values ...string) {
	if k.values[label] == nil {
		k.values[label] = map[string]bool{}
	}
	for _, s := range values {
		k.values[label][s] = true
	}
}

// AddRule adds what a rule produces: the series called record, unless that is "", and the labels that functions in expr
// add.
func (k *KnownSeries) AddRule(record, expr string) {
	if tree, err := Parser().ParseExpr(expr); err == nil {
		for name := range madeLabels(tree) {
			k.AddLabel(name)
		}
	}
	if record != "" {
		k.AddAny(record)
	}
}

// madeLabels returns the labels that functions in an expression add.
func madeLabels(expr parser.Expr) map[string]bool {
	made := map[string]bool{}
	literal := func(e parser.Expr) {
		if s, ok := e.(*parser.StringLiteral); ok {
			made[s.Val] = true
		}
	}
	parser.Inspect(expr, func(n parser.Node, _ []parser.Node) error {
		switch n := n.(type) {
		case *parser.Call:
			if (n.Func.Name == "label_replace" || n.Func.Name == "label_join") && len(n.Args) > 1 {
				literal(n.Args[1])
			}
		case *parser.AggregateExpr:
			if n.Op == parser.COUNT_VALUES {
				literal(n.Param)
			}
		}
		return nil
	})
	return made
}

// unknownValue reports whether a value of a label does not exist, provided that all values of the label are known.
func (k *KnownSeries) unknownValue(label, value string) bool {
	values := k.values[label]
	return values != nil && value != "" && !values[value]
}

func sortedKeys(has map[string]bool) []string { return slices.Sorted(maps.Keys(has)) }

// labelsToSuggest returns the names of labels, sorted, without __name__.
func labelsToSuggest(has map[string]bool) []string {
	return slices.DeleteFunc(sortedKeys(has), func(s string) bool { return s == model.MetricNameLabel })
}
