package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v2"

	"github.com/notifysim/notifysim/scenarios/internal/discoveries"
)

// The committed files are up to date.
func TestGenerated(t *testing.T) {
	list, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	files := write(list)
	committed, err := filepath.Glob(filepath.Join("..", "*_sd.go"))
	if err != nil || len(committed) != len(files)-1 {
		t.Fatalf("%d files are generated and %d are committed: %v", len(files)-1, len(committed), err)
	}
	for name, text := range files {
		if old, err := os.ReadFile(filepath.Join("..", name)); err != nil || !bytes.Equal(old, text) {
			t.Errorf("%s is out of date: run make discoveries", name)
		}
	}
}

// A block is an item in a list under *_sd_configs.
type block struct {
	sd   string
	item any
}

// blocks returns all blocks in the configurations of Prometheus' own tests, valid or not.
func blocks(t *testing.T) (list []block) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/prometheus/prometheus").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := strings.TrimSpace(string(out))
	var find func(n any)
	find = func(n any) {
		switch n := n.(type) {
		case []any:
			for _, item := range n {
				find(item)
			}
		case map[any]any:
			for key, v := range n {
				sd, is := strings.CutSuffix(fmt.Sprint(key), "_sd_configs")
				if items, ok := v.([]any); is && ok && registered()[sd] != nil {
					for _, item := range items {
						list = append(list, block{sd, item})
					}
				}
				find(v)
			}
		}
	}
	files, _ := filepath.Glob(filepath.Join(dir, "config", "testdata", "*.yml"))
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var doc any
		if yaml.Unmarshal(text, &doc) == nil {
			find(doc)
		}
	}
	if len(list) < 100 {
		t.Fatalf("found only %d blocks in %s", len(list), dir)
	}
	return list
}

// typeName matches a Go type in a message of the YAML parser. The types of this module have other names than those of
// Prometheus.
var typeName = regexp.MustCompile(`(in type|into) \S*\.\S+`)

// read decodes a block into target. It returns the configuration as YAML and the error message, if any.
func read(target any, b block) (written, message string) {
	text, err := yaml.Marshal(b.item)
	if err != nil {
		return "", err.Error()
	}
	if err := yaml.UnmarshalStrict(text, target); err != nil {
		return "", typeName.ReplaceAllString(err.Error(), "$1 T")
	}
	again, err := yaml.Marshal(target)
	if err != nil {
		return "", err.Error()
	}
	return strings.ReplaceAll(string(again), "httpclient: null\n", ""), "" // digitalocean has this field for its own tests
}

// compare decodes a block with Prometheus' type and with the generated one, and compares the results.
func compare(t *testing.T, real map[string]reflect.Type, b block) bool {
	t.Helper()
	for _, c := range discoveries.All() {
		if c.Name() != b.sd {
			continue
		}
		want, wantErr := read(reflect.New(real[b.sd]).Interface(), b)
		got, gotErr := read(reflect.New(reflect.TypeOf(c).Elem()).Interface(), b)
		if unchecked(wantErr) || derived(b.sd) && wantErr == "" && gotErr == "" {
			return true
		}
		if want != got || wantErr != gotErr {
			text, _ := yaml.Marshal(b.item)
			t.Errorf("%s_sd_configs:\n%s\nPrometheus: %s %s\nwe: %s %s", b.sd, text, wantErr, want, gotErr, got)
			return false
		}
		return true
	}
	t.Errorf("there is no configuration for %s_sd_configs", b.sd)
	return false
}

// unchecked reports whether a message is about something that is deliberately not checked here.
func unchecked(message string) bool {
	parts := []string{"invalid access key", "invalid default zone", "it should not have a trailing slash"}
	return strings.HasPrefix(message, "scaleway-sdk-go: ") &&
		slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(message, part) })
}

// derived reports whether Prometheus sets some fields of a discovery from others.
func derived(sd string) bool { return sd == "outscale" || sd == "consul" || sd == "aws" }

// Blocks in the configurations of Prometheus' own tests are accepted or rejected as by Prometheus, with the same
// message.
func TestPrometheusOwnBlocks(t *testing.T) {
	real := registered()
	if len(real) != len(discoveries.All()) {
		t.Fatalf("Prometheus has %d service discoveries, but %d are generated", len(real), len(discoveries.All()))
	}
	for _, b := range blocks(t) {
		compare(t, real, b)
	}
}
