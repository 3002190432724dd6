package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v2"
)

var isWord = regexp.MustCompile(`^[\w-]{1,40}$`)

// folder returns where the sources of a package or, with -m, of a module are.
func folder(args ...string) (string, error) {
	out, err := exec.Command("go", append([]string{"list", "-f", "{{.Dir}}"}, args...)...).Output()
	return strings.TrimSpace(string(out)), err
}

// prometheus returns the folder of the linked Prometheus.
func prometheus() (string, error) { return folder("-m", "github.com/prometheus/prometheus") }

// literals returns all texts that stand in the sources of a package: what a field can be compared with is among them.
func literals(pkg string) ([]string, error) {
	dir, err := folder(pkg)
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var words []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if s, err := strconv.Unquote(lit.Value); err == nil && isWord.MatchString(s) {
					words = append(words, s, strings.ToLower(s))
				}
			}
			return true
		})
	}
	slices.Sort(words)
	return slices.Compact(words), nil
}

// samples are values that Prometheus' own configurations of its tests have, by service discovery and field.
type samples map[string]map[string][]string

func readSamples() (samples, error) {
	dir, err := prometheus()
	if err != nil {
		return nil, err
	}
	found := samples{}
	files, _ := filepath.Glob(filepath.Join(dir, "config", "testdata", "*.good.yml"))
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var doc any
		if yaml.Unmarshal(text, &doc) == nil {
			found.collect(doc)
		}
	}
	return found, nil
}

func (s samples) collect(n any) {
	switch n := n.(type) {
	case []any:
		for _, item := range n {
			s.collect(item)
		}
	case map[any]any:
		for key, v := range n {
			if sd, ok := strings.CutSuffix(fmt.Sprint(key), "_sd_configs"); ok {
				s.block(sd, "", v)
			}
			s.collect(v)
		}
	}
}

// block notes the values of the fields under a service discovery.
func (s samples) block(sd, prefix string, n any) {
	switch n := n.(type) {
	case []any:
		for _, item := range n {
			s.block(sd, prefix, item)
		}
	case map[any]any:
		for key, v := range n {
			s.block(sd, strings.TrimPrefix(prefix+"."+fmt.Sprint(key), "."), v)
		}
	case string:
		if s[sd] == nil {
			s[sd] = map[string][]string{}
		}
		if !slices.Contains(s[sd][prefix], n) {
			s[sd][prefix] = append(s[sd][prefix], n)
			slices.Sort(s[sd][prefix])
		}
	}
}
