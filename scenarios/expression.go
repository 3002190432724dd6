package scenarios

import (
	"cmp"
	"errors"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// An expression is PromQL and where it stands, to the letter.
type expression struct {
	strictyaml.Value[string]
	source []byte
	step   time.Duration // of subqueries that have none
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
		line := []rune(strictyaml.Line(e.source, pos.Line))
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
	line := strictyaml.Line(e.source, pos.Line+1+row)
	if text != "" && strings.TrimLeft(line, " ") == strings.TrimLeft(text, " ") {
		pos.Line += 1 + row
		pos.Col = len(line) - len(text) + utf8.RuneCountInString(inRow) + 1
		return pos
	}
	return pos
}

func (t *testChecker) expression(v strictyaml.Value[string]) *expression {
	return &expression{v, t.Source(v.Pos.File), t.file.EvaluationInterval}
}

// parseExpression reads the expression and reports what is wrong with it, each at its place; nil if it cannot be evaluated.
func parseExpression(r *strictyaml.Report, e *expression, known *vocabulary) parser.Expr {
	expr := syntax(r, e)
	if expr == nil {
		return nil
	}
	x := expressionCheck{Report: r, e: e, known: known, made: madeLabels(expr)}
	parser.Inspect(expr, func(n parser.Node, _ []parser.Node) error {
		x.node(n)
		return nil
	})
	return expr
}

// syntax reads the expression and reports what makes it none; nil if it cannot be evaluated.
func syntax(r *strictyaml.Report, e *expression) parser.Expr {
	if len(e.V) > maxExprBytes {
		r.Errorf(e.Pos, "the expression has %d bytes, above the limit of %d; write a shorter one, or parts of it as recording rules", len(e.V), maxExprBytes)
		return nil
	}
	if n := operators(e.V); n > maxOperators {
		r.Errorf(e.Pos, "the expression has %d operators and parentheses, above the limit of %d; write a shorter one, or parts of it as recording rules", n, maxOperators)
		return nil
	}
	expr, err := promql.ParseExpr(e.V)
	if err != nil {
		var errs parser.ParseErrors
		if !errors.As(err, &errs) {
			r.Errorf(e.Pos, "the expression is not PromQL: %s; see Prometheus' documentation of PromQL", err)
		}
		for _, err := range errs {
			r.Errorf(e.at(int(err.PositionRange.Start)), "the expression is not PromQL: %s; see Prometheus' documentation of PromQL", oneLine(err.Err.Error()))
		}
		return nil
	}
	if deeper(expr, maxExprDepth) {
		r.Errorf(e.Pos, "the expression is nested deeper than the limit of %d; nest it less, or write parts of it as recording rules", maxExprDepth)
		return nil
	}
	if n, at := subquerySteps(expr, e.step); n > maxSubquerySteps {
		r.Errorf(e.at(at), "the subquery takes %d steps, above the limit of %d; write a shorter range or a longer step", n, maxSubquerySteps)
		return nil
	}
	switch kind := expr.Type(); kind {
	case parser.ValueTypeVector, parser.ValueTypeScalar:
	default:
		write := "write one whose result is a vector or a scalar"
		if kind == parser.ValueTypeMatrix {
			write += ", such as rate(…) of it"
		}
		r.Errorf(e.Pos, "the expression is a %s; %s", parser.DocumentedType(kind), write)
		return nil
	}
	return expr
}

// operators counts what may nest in the text of an expression: the parser takes a time that grows with its square.
func operators(text string) (n int) {
	var quote byte
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0 && c == '\\' && quote != '`':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case strings.IndexByte("([+-*/%^=!<>", c) >= 0:
			n++
		}
	}
	return n
}

// subquerySteps returns how many steps a subquery of an expression takes, the most, and where it ends. One within another is evaluated
// over the ranges of both. Prometheus' engine allocates memory for all of them before it looks at its limits.
func subquerySteps(expr parser.Expr, step time.Duration) (most int64, at int) {
	var total time.Duration
	var all []*parser.SubqueryExpr
	parser.Inspect(expr, func(n parser.Node, _ []parser.Node) error {
		if s, ok := n.(*parser.SubqueryExpr); ok {
			all = append(all, s)
			if total += s.Range; total < 0 {
				total = math.MaxInt64
			}
		}
		return nil
	})
	for _, s := range all {
		if n := int64(total / max(cmp.Or(s.Step, step), time.Millisecond)); n > most {
			most, at = n, int(s.Expr.PositionRange().End)
		}
	}
	return most, at
}

// deeper reports whether an expression has parts within one another beyond a limit. What reads it takes a time that grows with the square.
func deeper(n parser.Node, limit int) bool {
	if limit == 0 {
		return true
	}
	for c := range parser.ChildrenIter(n) {
		if deeper(c, limit-1) {
			return true
		}
	}
	return false
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// An expressionCheck looks for words in an expression that nothing in a run has.
type expressionCheck struct {
	*strictyaml.Report
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
		x.Errorf(x.e.at(x.word(n, name)), "no metric of this test is called %q; %s", strictyaml.Shorten(name), writeMetric(name, x.known.names))
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
			x.Errorf(x.e.at(x.word(n, m.Name)), "%s has no label %q; %s", what, strictyaml.Shorten(m.Name), strictyaml.WriteOneOf(m.Name, withoutName(has)))
			continue
		}
		if values := x.known.values[m.Name]; values != nil && m.Type == labels.MatchEqual && m.Value != "" && !values[m.Value] && ok && (of != nil || m.Name == model.AlertNameLabel) {
			x.Errorf(x.e.at(x.word(n, m.Value)), "no series of this test has %s=%q; %s", m.Name, strictyaml.Shorten(m.Value), strictyaml.WriteOneOf(m.Value, sortedKeys(values)))
		}
	}
}

// labelNames checks labels that an expression groups or matches by.
func (x *expressionCheck) labelNames(n parser.Node, names []string) {
	for _, name := range names {
		if !x.known.labels[name] && !x.made[name] {
			x.Errorf(x.e.at(x.word(n, name)), "no metric of this test has a label %q; %s", strictyaml.Shorten(name), strictyaml.WriteOneOf(name, withoutName(x.known.labels)))
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
	if strictyaml.Nearest(name, known) == "" {
		return "see notifysim metrics for those that there are"
	}
	return strictyaml.WriteOneOf(name, known)
}
