package mutate

import (
	"errors"
	"go/ast"
	"go/token"
	"regexp"
	"strings"
)

// An Operator says how to break the statement that begins on a marked line.
type Operator struct {
	find func(ast.Node) ast.Node // returns the part of a node that is replaced, or nil if there is none
	// template is the new text. In it, ON stands for a condition that is true if the mutant is chosen, and $ for the
	// old text.
	template string
}

// Or makes a condition true where the Go expression code is true. The condition is that of an if, of a for, or of a
// case in a switch without a tag, or the value of a return.
func Or(code string) Operator { return Operator{condition, "($ || ON && (" + code + "))"} }

// Unless makes a condition false where the Go expression code is true.
func Unless(code string) Operator { return Operator{condition, "(($) && !(ON && (" + code + ")))"} }

// Always makes a condition true.
func Always() Operator { return Or("true") }

// Never makes a condition false.
func Never() Operator { return Unless("true") }

// Skip omits a statement.
func Skip() Operator { return Operator{statement, "if !ON { $ }"} }

// Instead executes code instead of a statement.
func Instead(code string) Operator { return Operator{statement, "if ON { " + code + " } else { $ }"} }

// After executes code after a statement.
func After(code string) Operator { return Operator{statement, "$; if ON { " + code + " }"} }

// Value replaces a value by the Go expression code, in which $ stands for the old value. Both values are evaluated. If
// the statement or its right-hand side is a call, the value is the last argument of the call; otherwise it is the
// right-hand side.
func Value(code string) Operator { return Operator{value, "mutantChoose(ON, " + code + ", $)"} }

// PlusOne adds one to a value.
func PlusOne() Operator { return Value("($) + 1") }

// Call calls the function code instead of the function that a statement, or its right-hand side, calls.
func Call(code string) Operator { return Operator{callee, "mutantChoose(ON, " + code + ", $)"} }

// apply returns the edit that breaks a line of a file where the Go expression on is true.
func (o Operator) apply(fset *token.FileSet, file *ast.File, src []byte, line int, on string) (edit, error) {
	var found []ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil || len(found) > 0 && n.Pos() < found[len(found)-1].End() {
			return false
		}
		if at := fset.Position(n.Pos()).Line; at > line {
			return false
		} else if at == line {
			if part := o.find(n); part != nil {
				found = append(found, part)
			}
		}
		return true
	})
	if len(found) != 1 {
		return edit{}, errors.New("the operator cannot break this line")
	}
	from, to := fset.Position(found[0].Pos()).Offset, fset.Position(found[0].End()).Offset
	text := onWord.ReplaceAllLiteralString(o.template, on)
	return edit{from, to, strings.ReplaceAll(text, "$", string(src[from:to]))}, nil
}

var onWord = regexp.MustCompile(`\bON\b`)

// An edit replaces the bytes from..to-1 of a file.
type edit struct {
	from, to int
	text     string
}

func condition(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.IfStmt:
		return n.Cond
	case *ast.ForStmt:
		return orNil(n.Cond)
	case *ast.CaseClause:
		if len(n.List) == 1 {
			return n.List[0]
		}
	case *ast.ReturnStmt:
		if len(n.Results) == 1 {
			return n.Results[0]
		}
	}
	return nil
}

func statement(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.ExprStmt, *ast.AssignStmt, *ast.IncDecStmt:
		return n
	}
	return nil
}

func value(n ast.Node) ast.Node {
	e := result(n)
	if call, ok := e.(*ast.CallExpr); ok && len(call.Args) > 0 {
		return call.Args[len(call.Args)-1]
	}
	return orNil(e)
}

func callee(n ast.Node) ast.Node {
	if call, ok := result(n).(*ast.CallExpr); ok {
		return call.Fun
	}
	return nil
}

// result returns the expression that a statement evaluates or assigns, or nil.
func result(n ast.Node) ast.Expr {
	switch n := n.(type) {
	case *ast.ExprStmt:
		return n.X
	case *ast.AssignStmt:
		if len(n.Rhs) == 1 {
			return n.Rhs[0]
		}
	}
	return nil
}

// orNil returns e as a node, which is nil if e is nil.
func orNil(e ast.Expr) ast.Node {
	if e == nil {
		return nil
	}
	return e
}
