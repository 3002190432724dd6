package mutate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Env returns the environment variable, as name=value, that switches a mutant on in a program built with the Overlay.
// With "" no mutant is switched on.
func Env(mutant string) string { return "MUTANT=" + mutant }

// switchboard is the file that the overlay adds to each package with markers.
const switchboard = `package PACKAGE

import "os"

var mutant = os.Getenv("MUTANT")

func mutantChoose[T any](on bool, broken, intact T) T {
	if on {
		return broken
	}
	return intact
}
`

// marker matches the comment that names a mutant.
var marker = regexp.MustCompile(`^//mutant:([a-z0-9]+(?:-[a-z0-9]+)*)$`)

// Overlay applies the operators, keyed by the names of their mutants, to the marked lines of the module at root. It
// writes the changed files to dir and returns the path of the JSON file for the -overlay flag of go build and go test.
// It returns an error unless each operator has exactly one marker, and each marker an operator that can break its line.
func Overlay(root, dir string, operators map[string]Operator) (string, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return "", err
	}
	o := overlay{dir: dir, operators: operators, marked: map[string]token.Position{}, replace: map[string]string{}}
	if err := o.walk(root); err != nil {
		return "", err
	}
	for name := range operators {
		if _, ok := o.marked[name]; !ok {
			o.errs = append(o.errs, fmt.Errorf("no line has the marker //mutant:%s; mark the line to break", name))
		}
	}
	if err := errors.Join(o.errs...); err != nil {
		return "", err
	}
	b, err := json.Marshal(map[string]any{"Replace": o.replace})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, b, 0o644)
}

type overlay struct {
	dir       string
	operators map[string]Operator
	marked    map[string]token.Position // by mutant
	replace   map[string]string         // original file: changed file
	errs      []error                   // concerning markers and operators
}

// walk processes every Go file of the module except tests.
func (o *overlay) walk(root string) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && !belongs(path, d.Name()):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil || !bytes.Contains(src, []byte("//mutant:")) {
			return err
		}
		return o.file(path, src)
	})
}

// belongs reports whether the go command looks for packages of the module in a directory.
func belongs(path, name string) bool {
	if name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
		return false
	}
	_, err := os.Stat(filepath.Join(path, "go.mod"))
	return err != nil
}

// file writes a file with its mutants, and the switchboard of its package, if the file has markers.
func (o *overlay) file(path string, src []byte) error {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, src, parser.ParseComments)
	if err != nil {
		return err
	}
	edits := o.edits(fset, file, src)
	if len(edits) == 0 {
		return nil
	}
	slices.SortFunc(edits, func(a, b edit) int { return b.from - a.from }) // from the end: keeps other offsets valid
	for _, e := range edits {
		src = slices.Concat(src[:e.from], []byte(e.text), src[e.to:])
	}
	if src, err = format.Source(src); err != nil {
		return fmt.Errorf("%s with its mutants: %w", path, err)
	}
	if err := o.write(path, src); err != nil {
		return err
	}
	board := strings.Replace(switchboard, "PACKAGE", file.Name.Name, 1)
	return o.write(filepath.Join(filepath.Dir(path), "mutant_switchboard.go"), []byte(board))
}

// edits returns the edits that break the marked lines of a file.
func (o *overlay) edits(fset *token.FileSet, file *ast.File, src []byte) (edits []edit) {
	for _, group := range file.Comments {
		for _, c := range group.List {
			m := marker.FindStringSubmatch(c.Text)
			at := fset.Position(c.Pos())
			if m == nil {
				if strings.HasPrefix(c.Text, "//mutant:") {
					o.errs = append(o.errs, fmt.Errorf("%s: %s is not a marker; write a name in kebab case", at, c.Text))
				}
				continue
			}
			e, err := o.edit(m[1], at, fset, file, src)
			if err != nil {
				o.errs = append(o.errs, fmt.Errorf("%s: mutant %s: %w", at, m[1], err))
				continue
			}
			edits = append(edits, e)
		}
	}
	return edits
}

// edit returns the edit that breaks the line of a marker.
func (o *overlay) edit(name string, at token.Position, fset *token.FileSet, file *ast.File, src []byte) (edit, error) {
	if other, ok := o.marked[name]; ok {
		return edit{}, fmt.Errorf("%s has the same marker; use a marker once", other)
	}
	o.marked[name] = at
	op, ok := o.operators[name]
	if !ok {
		return edit{}, errors.New("no operator has this name; add one")
	}
	return op.apply(fset, file, src, at.Line, "(mutant == "+strconv.Quote(name)+")")
}

// write writes the changed version of a file of the module to the overlay.
func (o *overlay) write(path string, src []byte) error {
	if o.replace[path] == "" {
		o.replace[path] = filepath.Join(o.dir, fmt.Sprintf("%d_%s", len(o.replace), filepath.Base(path)))
	}
	return os.WriteFile(o.replace[path], src, 0o644)
}
