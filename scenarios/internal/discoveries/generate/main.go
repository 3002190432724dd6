// Command generate writes the configurations of Prometheus' service discoveries into the folder above: make
// discoveries.
//
// It has a module of its own because it needs the real ones, and with them the clients of all clouds. It asks the types
// that Prometheus registers for their fields and defaults, and finds their rules by trying values.
package main

import (
	"cmp"
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
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
	for _, s := range list {
		for _, u := range s.unknown {
			fmt.Printf("%s: %s\n", s.goName, u)
		}
	}
}

// generate returns the shapes with their rules.
func generate() ([]*shape, error) {
	known, err := readSamples()
	if err != nil {
		return nil, err
	}
	list := shapes(registered())
	words := map[string][]string{}
	for _, s := range list {
		name := packageOf(s.real)
		if words[name] == nil {
			if words[name], err = literals(s.real.PkgPath()); err != nil {
				return nil, err
			}
		}
	}
	values := enumerations{}
	for _, s := range list {
		if s.real.Kind() == reflect.String && s.unmarshals() {
			s.findValues(words[packageOf(s.real)])
			values[s.real] = s.values
		}
	}
	for _, s := range list {
		if s.real.Kind() != reflect.String && s.unmarshals() {
			p := &prober{shape: s, words: words[packageOf(s.real)], samples: known[s.sd], values: values}
			p.findRules()
		}
	}
	return list, nil
}

func sorted[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
