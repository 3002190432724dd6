// Package docs_test checks the documents of this module: what they name and link to exists, and lines and cells are
// short.
package docs_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	root   = ".."
	module = "github.com/notifysim/notifysim/"
)

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}

var (
	walkStep = regexp.MustCompile("(?m)^[0-9]+\\. `([^`]+\\.go)`:((?:,?\\s+`[^`]+`)+)\\s+–")
	quoted   = regexp.MustCompile("`([^`]+)`")
)

// Every step of a walk names functions, methods or types of its file.
func TestWalks(t *testing.T) {
	text := read(t, "ARCHITECTURE.md")
	numbered := regexp.MustCompile(`(?m)^[0-9]+\. `).FindAllString(text, -1)
	steps := walkStep.FindAllStringSubmatch(text, -1)
	require.Len(t, steps, len(numbered),
		"a numbered line has another form than: `file`: `Function`, `Type.Method` – what it does")
	for _, s := range steps {
		declared := declarations(t, filepath.Join(root, s[1]))
		for _, q := range quoted.FindAllStringSubmatch(s[2], -1) {
			require.Contains(t, declared, q[1], "%s declares no %s; correct docs/ARCHITECTURE.md", s[1], q[1])
		}
	}
}

// The walk of one alert stays short: a longer path through the code is a reason to look at the code, not at the walk.
func TestWalkOfOneAlertIsShort(t *testing.T) {
	_, walk, found := strings.Cut(read(t, "ARCHITECTURE.md"), "\n## One alert\n")
	require.True(t, found)
	walk, _, _ = strings.Cut(walk, "\n## ")
	files := map[string]bool{}
	for _, s := range walkStep.FindAllStringSubmatch(walk, -1) {
		files[s[1]] = true
	}
	require.NotEmpty(t, files)
	require.LessOrEqual(t, len(files), 15)
}

// declarations returns the names that a file declares, methods as Type.Method.
func declarations(t *testing.T, name string) map[string]bool {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
	require.NoError(t, err, "correct docs/ARCHITECTURE.md")
	declared := map[string]bool{}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			declared[receiver(d)+d.Name.Name] = true
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if s, ok := s.(*ast.TypeSpec); ok {
					declared[s.Name.Name] = true
				}
			}
		}
	}
	return declared
}

// receiver returns "Type." for a method, "" for a function.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	of := d.Recv.List[0].Type
	for {
		switch x := of.(type) {
		case *ast.StarExpr:
			of = x.X
		case *ast.IndexExpr:
			of = x.X
		case *ast.Ident:
			return x.Name + "."
		default:
			return fmt.Sprintf("%T.", of)
		}
	}
}

// A floor is a row of the table of folders.
type floor struct {
	height int
	folder string
}

var floorRow = regexp.MustCompile("(?m)^\\| ([0-9]+) \\| `([^`]+)` \\|")

// Imports point down: to a lower floor, or into the row of the package itself.
func TestImportsPointDown(t *testing.T) {
	floors := map[string]floor{}
	for _, m := range floorRow.FindAllStringSubmatch(read(t, "ARCHITECTURE.md"), -1) {
		height, err := strconv.Atoi(m[1])
		require.NoError(t, err)
		require.DirExists(t, filepath.Join(root, m[2]))
		floors[m[2]] = floor{height, m[2]}
	}
	of := func(pkg string) (floor, bool) {
		for ; pkg != "."; pkg = path.Dir(pkg) {
			if f, ok := floors[pkg]; ok {
				return f, true
			}
		}
		return floor{}, false
	}
	imports := moduleImports(t)
	require.Greater(t, len(imports), 30)
	for _, pkg := range slices.Sorted(maps.Keys(imports)) {
		from, ok := of(pkg)
		if !ok {
			t.Errorf("%s is on no floor; add it to the table of docs/ARCHITECTURE.md", pkg)
			continue
		}
		for _, imported := range imports[pkg] {
			if to, _ := of(imported); to != from && to.height >= from.height {
				t.Errorf("%s, floor %d, imports %s, floor %d", pkg, from.height, imported, to.height)
			}
		}
	}
}

// moduleImports returns what each package of the module imports of the module, without its tests.
func moduleImports(t *testing.T) map[string][]string {
	t.Helper()
	imports := map[string][]string{}
	require.NoError(t, filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			_, nested := os.Stat(filepath.Join(name, "go.mod"))
			hidden := strings.HasPrefix(entry.Name(), ".") && name != root
			if name != root && (nested == nil || hidden || entry.Name() == "testdata") {
				return fs.SkipDir
			}
			return nil
		case path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(name))
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(folder)
		imports[pkg] = append(imports[pkg], ofModule(file)...)
		return nil
	}))
	return imports
}

func ofModule(file *ast.File) (list []string) {
	for _, spec := range file.Imports {
		if imported, err := strconv.Unquote(spec.Path.Value); err == nil && strings.HasPrefix(imported, module) {
			list = append(list, strings.TrimPrefix(imported, module))
		}
	}
	return list
}
