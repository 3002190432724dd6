// Command generate writes the configurations of Prometheus' service discoveries into the folder above: make
// discoveries.
//
// It has a module of its own because it needs the real ones, and with them the clients of all clouds. It asks the types
// that Prometheus registers for their fields and defaults; what they refuse is in rules.yml.
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

// A refusals is what a type refuses.
type refusals struct {
	Rules   []discoveries.Rule // of a configuration
	Values  []string           // of an enumeration
	Refusal string             // of any other
}

//go:embed rules.yml
var rules []byte

// generate returns the shapes with what they refuse.
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
