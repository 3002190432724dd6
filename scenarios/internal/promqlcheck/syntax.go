package promqlcheck

import (
	"cmp"
	"errors"
	"math"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// The limits of an expression. Above them, Prometheus' parser or engine may need minutes or gigabytes.
const (
	maxExprBytes     = 64 << 10  // bytes
	maxOperators     = 2_000     // operators and parentheses
	maxDepth         = 500       // levels of nested expressions
	maxSubquerySteps = 1_000_000 // steps of all subqueries
)

// Parse parses an expression. If it cannot be evaluated, Parse reports the reason to r and returns nil.
func Parse(r *strictyaml.Report, e *Expression) parser.Expr {
	const shorten = "shorten it, or move parts of it to recording rules"
	if len(e.Text) > maxExprBytes {
		r.Errorf(e.Pos, "the expression has %d bytes, above the limit of %d; %s", len(e.Text), maxExprBytes, shorten)
		return nil
	}
	if n := operators(e.Text); n > maxOperators {
		r.Errorf(e.Pos, "the expression has %d operators and parentheses, above the limit of %d; %s",
			n, maxOperators, shorten)
		return nil
	}
	expr, err := Parser().ParseExpr(e.Text)
	if err != nil {
		syntaxErrors(r, e, err)
		return nil
	}
	if deeper(expr, maxDepth) {
		r.Errorf(e.Pos,
			"the expression is nested deeper than the limit of %d; nest it less, or move parts of it to recording rules",
			maxDepth)
		return nil
	}
	if n, at := subquerySteps(expr, e.Step); n > maxSubquerySteps {
		r.Errorf(e.At(at), "the subquery takes %d steps, above the limit of %d; write a shorter range or a longer step",
			n, maxSubquerySteps)
		return nil
	}
	switch kind := expr.Type(); kind {
	case parser.ValueTypeVector, parser.ValueTypeScalar:
		return expr
	case parser.ValueTypeMatrix:
		r.Errorf(e.Pos,
			"the expression is a %s; write one whose result is a vector or a scalar, such as rate(…) of it",
			parser.DocumentedType(kind))
	default:
		r.Errorf(e.Pos, "the expression is a %s; write one whose result is a vector or a scalar",
			parser.DocumentedType(kind))
	}
	return nil
}

// Parsable reports whether text is small enough for Prometheus' parser.
func Parsable(text string) bool { return len(text) <= maxExprBytes && operators(text) <= maxOperators }

func syntaxErrors(r *strictyaml.Report, e *Expression, err error) {
	const format = "the expression is not PromQL: %s; see Prometheus' documentation of PromQL"
	var errs parser.ParseErrors
	if !errors.As(err, &errs) {
		r.Errorf(e.Pos, format, err)
	}
	for _, err := range errs {
		r.Errorf(e.At(int(err.PositionRange.Start)), format, OneLine(err.Err.Error()))
	}
}

// operators counts the characters in an expression that may nest. The time that the parser needs grows with the square
// of that number.
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

// subquerySteps returns the largest number of steps that a subquery in an expression has, and where that subquery ends.
// A nested subquery is evaluated over the ranges of all enclosing ones. Prometheus' engine allocates memory for all
// steps before it checks its limits.
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

// deeper reports whether expressions are nested deeper than limit.
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
