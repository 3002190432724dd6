// Command generate writes the configurations of Prometheus' service discoveries into the parent directory. Run it with
// make discoveries.
//
// It is a module of its own because it needs Prometheus' service discoveries, and so the client libraries of all cloud
// providers. It reads fields and defaults from the types that Prometheus registers. What these types reject is in
// rules.yml.
package main

import (
	"cmp"
	_ "embed"
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v2"

	"github.com/notifysim/notifysim/scenarios/internal/discoveries"
)

func main() {
	log.SetFlags(0)
	list, err := generate()
	if err != nil {
		log.Fatal(err)
	}
	old, _ := filepath.Glob(filepath.Join("..", "*_sd.go"))
	for _, name := range old {
		_ = os.Remove(name)
	}
	for name, text := range write(list) {
		if err := os.WriteFile(filepath.Join("..", name), text, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// A refusals is what a type rejects.
type refusals struct {
	Rules   []discoveries.Rule // for a configuration
	Values  []string           // for an enumeration: the values that it accepts
	Refusal string             // for an enumeration: the message about any other value
}

//go:embed rules.yml
var rules []byte

// generate returns the shapes, with what they reject.
func generate() ([]*shape, error) {
	known := map[string]refusals{}
	if err := yaml.UnmarshalStrict(rules, &known); err != nil {
		return nil, err
	}
	list := shapes(registered())
	for _, s := range list {
		s.refusals = known[s.goName]
		delete(known, s.goName)
	}
	if len(known) > 0 {
		return nil, fmt.Errorf("rules.yml has types that Prometheus does not have: %v", sorted(known))
	}
	return list, nil
}

func sorted[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
