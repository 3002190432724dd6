package adapter

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"
)

// Releases before v2.35 cannot be linked as they are: they have no module version, and some import libraries that are
// no longer served. A reduced copy of such a release has package notifier and the packages of Prometheus that it
// imports, without tests. One of them is replaced up to v2.23: standin/discoveryconfig.go. No other file is changed.

// reducedFolder is the folder of a reduced copy in the folder in which a program is compiled.
const reducedFolder = "prometheus"

// reduce writes a reduced copy of the Prometheus sources in the folder from to the folder to. It returns the modules
// that the copied packages import, in the versions that the sources ask for.
func reduce(from, to string) ([]*modfile.Require, error) {
	r := reduction{from: from, to: to, seen: map[string]bool{}, imports: map[string]bool{}}
	if err := r.copyPackage("notifier"); err != nil {
		return nil, err
	}
	requires, err := r.required()
	if err != nil {
		return nil, err
	}
	mod := "module " + prometheusModule + "\n\ngo 1.17\n"
	return requires, os.WriteFile(filepath.Join(to, "go.mod"), []byte(mod), 0o644)
}

type reduction struct {
	from, to string
	seen     map[string]bool // folders of packages
	imports  map[string]bool // packages of other modules
}

func (r *reduction) copyPackage(folder string) error {
	if r.seen[folder] {
		return nil
	}
	r.seen[folder] = true
	into := filepath.Join(r.to, filepath.FromSlash(folder))
	if err := os.MkdirAll(into, 0o755); err != nil {
		return err
	}
	if folder == "discovery/config" {
		text, err := source.ReadFile("standin/discoveryconfig.go")
		if err != nil {
			return err
		}
		return r.write(filepath.Join(into, "config.go"), withoutIgnore(text))
	}
	files, err := filepath.Glob(filepath.Join(r.from, filepath.FromSlash(folder), "*.go"))
	if err != nil {
		return err
	}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		if err := r.write(filepath.Join(into, filepath.Base(f)), text); err != nil {
			return err
		}
		if err := r.formerRegexp(into, text); err != nil {
			return err
		}
	}
	return nil
}

// write writes a file, and copies the packages that it imports.
func (r *reduction) write(name string, text []byte) error {
	if err := os.WriteFile(name, text, 0o644); err != nil {
		return err
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly)
	if err != nil {
		return err
	}
	for _, spec := range file.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		if inside, ok := strings.CutPrefix(p, prometheusModule+"/"); ok {
			if err := r.copyPackage(inside); err != nil {
				return err
			}
		} else if first, _, _ := strings.Cut(p, "/"); strings.Contains(first, ".") {
			r.imports[p] = true
		}
	}
	return nil
}

var regexpType = regexp.MustCompile(`(?m)^type Regexp struct \{\n\t\*regexp\.Regexp\n`)

// formerRegexp gives the type of regular expressions the JSON that it had when these releases were built. Releases up
// to v2.14 name a set by a hash of the JSON of its configuration, and up to Go 1.20 the JSON of a regular expression
// was {}.
func (r *reduction) formerRegexp(into string, text []byte) error {
	if !regexpType.Match(text) {
		return nil
	}
	file := fmt.Sprintf("package %s\n\n// MarshalJSON returns what encoding/json made of a Regexp up to Go 1.20.\n"+
		"func (Regexp) MarshalJSON() ([]byte, error) { return []byte(\"{}\"), nil }\n", filepath.Base(into))
	return os.WriteFile(filepath.Join(into, "formerregexp.go"), []byte(file), 0o644)
}

// required returns the requirements of the sources for the modules whose packages were imported. The sources up to v2.5
// have no go.mod.
func (r *reduction) required() ([]*modfile.Require, error) {
	text, err := os.ReadFile(filepath.Join(r.from, "go.mod"))
	if errors.Is(err, fs.ErrNotExist) {
		text, err = source.ReadFile("standin/v2.5.mod")
	}
	if err != nil {
		return nil, err
	}
	mod, err := modfile.ParseLax("go.mod", text, nil)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(mod.Require, func(q *modfile.Require) bool {
		if slices.Contains(alwaysRequired, q.Mod.Path) {
			return false
		}
		for p := range r.imports {
			if p == q.Mod.Path || strings.HasPrefix(p, q.Mod.Path+"/") {
				return false
			}
		}
		return true
	}), nil
}

// alwaysRequired are modules that only the imported modules import, some without saying in which version.
var alwaysRequired = []string{
	"github.com/prometheus/client_model", "github.com/mwitkow/go-conntrack", "github.com/golang/protobuf",
	"github.com/go-openapi/validate",
}

// writeReduced downloads the sources of a release that is built from a reduced copy, writes the copy into the folder
// dir, and writes a go.mod that uses it.
func (t *tool) writeReduced(ctx context.Context, dir string, p Pin) error {
	from, err := t.download(ctx, dir, p.Module)
	if err != nil {
		return err
	}
	requires, err := reduce(from, filepath.Join(dir, reducedFolder))
	if err != nil {
		return err
	}
	mod := fmt.Sprintf("module notifysim.child\n\ngo 1.26\n\nrequire %s v0.0.0\n", prometheusModule)
	for _, q := range requires {
		mod += fmt.Sprintf("require %s %s\n", q.Mod.Path, q.Mod.Version)
	}
	mod += fmt.Sprintf("\nreplace %s => ./%s\n", prometheusModule, reducedFolder)
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(mod), 0o644); err != nil {
		return err
	}
	return t.useFormerPaths(dir)
}

// download returns the folder of the module cache with the sources of a version of Prometheus.
func (t *tool) download(ctx context.Context, dir, version string) (string, error) {
	out, err := t.output(ctx, dir, "mod", "download", "-json", prometheusModule+"@"+version)
	var m struct{ Dir, Error string }
	if jsonErr := json.Unmarshal([]byte(out), &m); err == nil {
		err = jsonErr
	}
	if err != nil || m.Error != "" {
		text := cmp.Or(m.Error, fmt.Sprint(err))
		return "", fmt.Errorf("go mod download: %s%s", text, advice(text))
	}
	return m.Dir, nil
}

// useFormerPaths changes the imports of the child's source to the paths that packages had before v2.32.
func (t *tool) useFormerPaths(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, reducedFolder, "pkg", "labels")); err != nil {
		return nil
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	for _, f := range files {
		text, readErr := os.ReadFile(f)
		changed := strings.ReplaceAll(string(text), path.Join(prometheusModule, "model/labels"),
			path.Join(prometheusModule, "pkg/labels"))
		err = errors.Join(err, readErr, os.WriteFile(f, []byte(changed), 0o644))
	}
	return err
}
