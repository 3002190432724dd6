package scenarios

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// A vocabulary is what expressions may be about: the names of series, and the labels of each.
type vocabulary struct {
	series map[string]map[string]bool // nil: any labels
	labels map[string]bool            // of all of them
	values map[string]map[string]bool // of labels whose values are known
	names  []string                   // of the series, sorted
}

func newVocabulary() *vocabulary {
	return &vocabulary{series: map[string]map[string]bool{}, labels: map[string]bool{}, values: map[string]map[string]bool{}}
}

// add makes a series known, with labels.
func (v *vocabulary) add(name string, labelNames ...string) {
	known, ok := v.series[name]
	if !ok {
		known = map[string]bool{}
		v.series[name] = known
		i, _ := slices.BinarySearch(v.names, name)
		v.names = slices.Insert(v.names, i, name)
	}
	for _, l := range labelNames {
		v.labels[l] = true
		if known != nil {
			known[l] = true
		}
	}
}

// value makes a value of a label known. Labels without any may have all.
func (v *vocabulary) value(label string, values ...string) {
	if v.values[label] == nil {
		v.values[label] = map[string]bool{}
	}
	for _, s := range values {
		v.values[label][s] = true
	}
}

// An expression is PromQL and where it stands, to the letter.
type expression struct {
	value[string]
	source []byte
}

// at returns the place of a byte of the expression in the file: exactly, if the file has the expression as it is, on one line or
// in a literal block; otherwise that of the whole.
func (e *expression) at(offset int) Pos {
	offset = max(0, min(offset, len(e.V)))
	before := e.V[:offset]
	row := strings.Count(before, "\n")
	inRow := before[strings.LastIndexByte(before, '\n')+1:]
	text := strings.Split(e.V, "\n")[row]
	pos := e.Pos
	if row == 0 && !strings.Contains(strings.TrimRight(e.V, "\n"), "\n") {
		line := []rune(lineOf(e.source, pos.Line))
		if from := pos.Col - 1; from >= 0 && from < len(line) {
			rest := string(line[from:])
			for quote := range 2 {
				if len(rest) > quote && strings.HasPrefix(rest[quote:], text) {
					pos.Col += quote + utf8.RuneCountInString(inRow)
					return pos
				}
			}
		}
	}
	line := lineOf(e.source, pos.Line+1+row)
	if text != "" && strings.TrimLeft(line, " ") == strings.TrimLeft(text, " ") {
		pos.Line += 1 + row
		pos.Col = len(line) - len(text) + utf8.RuneCountInString(inRow) + 1
		return pos
	}
	return pos
}

func (t *testChecker) expression(v value[string]) *expression {
	return &expression{v, t.sources[v.Pos.File]}
}

// parse reads the expression and reports what is wrong with it, each at its place; nil if it cannot be evaluated.
func (r *report) parse(e *expression, known *vocabulary) parser.Expr {
	expr := r.syntax(e)
	if expr == nil {
		return nil
	}
	x := expressionCheck{report: r, e: e, known: known, made: madeLabels(expr)}
	parser.Inspect(expr, func(n parser.Node, _ []parser.Node) error {
		x.node(n)
		return nil
	})
	return expr
}

// syntax reads the expression and reports what makes it none; nil if it cannot be evaluated.
func (r *report) syntax(e *expression) parser.Expr {
	expr, err := promql.ParseExpr(e.V)
	if err != nil {
		var errs parser.ParseErrors
		if !errors.As(err, &errs) {
			r.errorf(e.Pos, "the expression is not PromQL: %s; see Prometheus' documentation of PromQL", err)
		}
		for _, err := range errs {
			r.errorf(e.at(int(err.PositionRange.Start)), "the expression is not PromQL: %s; see Prometheus' documentation of PromQL", oneLine(err.Err.Error()))
		}
		return nil
	}
	switch kind := expr.Type(); kind {
	case parser.ValueTypeVector, parser.ValueTypeScalar:
	default:
		write := "write one whose result is a vector or a scalar"
		if kind == parser.ValueTypeMatrix {
			write += ", such as rate(…) of it"
		}
		r.errorf(e.Pos, "the expression is a %s; %s", parser.DocumentedType(kind), write)
		return nil
	}
	return expr
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// An expressionCheck looks for words in an expression that nothing in a run has.
type expressionCheck struct {
	*report
	e     *expression
	known *vocabulary
	made  map[string]bool // labels that the expression makes
}

// madeLabels returns the labels that functions of an expression make.
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

func (x *expressionCheck) node(n parser.Node) {
	switch n := n.(type) {
	case *parser.VectorSelector:
		x.selector(n)
	case *parser.AggregateExpr:
		x.labelNames(n, n.Grouping)
	case *parser.Call:
		if n.Func.Name == "label_replace" && len(n.Args) > 3 {
			if source, ok := n.Args[3].(*parser.StringLiteral); ok && source.Val != "" {
				x.labelNames(n, []string{source.Val})
			}
		}
	case *parser.BinaryExpr:
		if m := n.VectorMatching; m != nil {
			x.labelNames(n, m.MatchingLabels)
			x.labelNames(n, m.Include)
		}
	}
}

// metricName is the name that a selector asks for, "" if it is not one name.
func metricName(n *parser.VectorSelector) string {
	for _, m := range n.LabelMatchers {
		if m.Name == model.MetricNameLabel && m.Type == labels.MatchEqual {
			return m.Value
		}
	}
	return n.Name
}

// selector checks the name of the metric, and that it has the labels.
func (x *expressionCheck) selector(n *parser.VectorSelector) {
	name := metricName(n)
	of, ok := x.known.series[name]
	if name != "" && !ok {
		x.errorf(x.e.at(x.word(n, name)), "no metric of this test is called %q; %s", shorten(name), writeMetric(name, x.known.names))
		return
	}
	for _, m := range n.LabelMatchers {
		if m.Name == model.MetricNameLabel {
			continue
		}
		has := x.known.labels
		if ok {
			has = of
		}
		if has != nil && !has[m.Name] {
			what := "no metric of this test"
			if ok {
				what = name
			}
			x.errorf(x.e.at(x.word(n, m.Name)), "%s has no label %q; %s", what, shorten(m.Name), writeOneOf(m.Name, withoutName(has)))
			continue
		}
		if values := x.known.values[m.Name]; values != nil && m.Type == labels.MatchEqual && m.Value != "" && !values[m.Value] && ok && (of != nil || m.Name == model.AlertNameLabel) {
			x.errorf(x.e.at(x.word(n, m.Value)), "no series of this test has %s=%q; %s", m.Name, shorten(m.Value), writeOneOf(m.Value, sortedKeys(values)))
		}
	}
}

// labelNames checks labels that an expression groups or matches by.
func (x *expressionCheck) labelNames(n parser.Node, names []string) {
	for _, name := range names {
		if !x.known.labels[name] && !x.made[name] {
			x.errorf(x.e.at(x.word(n, name)), "no metric of this test has a label %q; %s", shorten(name), writeOneOf(name, withoutName(x.known.labels)))
		}
	}
}

// word returns where a word stands within a part of the expression, or where the part begins.
func (x *expressionCheck) word(n parser.Node, word string) int {
	r := n.PositionRange()
	start, end := max(0, int(r.Start)), min(len(x.e.V), int(r.End))
	if start >= end {
		return start
	}
	if at := regexp.MustCompile(`(^|[^a-zA-Z0-9_:])` + regexp.QuoteMeta(word) + `($|[^a-zA-Z0-9_:])`).FindStringIndex(x.e.V[start:end]); at != nil {
		return start + at[0] + strings.Index(x.e.V[start+at[0]:end], word)
	}
	return start
}

func sortedKeys(has map[string]bool) []string { return slices.Sorted(maps.Keys(has)) }

func withoutName(has map[string]bool) []string {
	return slices.DeleteFunc(sortedKeys(has), func(s string) bool { return s == model.MetricNameLabel })
}

// writeMetric says what to write instead of a metric that nothing has.
func writeMetric(name string, known []string) string {
	if nearest(name, known) == "" {
		return "see notifysim metrics for those that there are"
	}
	return writeOneOf(name, known)
}
