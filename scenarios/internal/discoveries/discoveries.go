package discoveries

import (
	"reflect"
	"strings"

	"github.com/prometheus/prometheus/discovery"
)

// Register makes Prometheus' parser accept the *_sd_configs of all service discoveries. It panics in a program that
// imports one of Prometheus' own service discoveries, because a name can be registered only once.
func Register() {
	for _, c := range all() {
		discovery.RegisterConfig(c)
	}
}

// All returns an empty configuration for each service discovery.
func All() []discovery.Config { return all() }

// Fields returns the names of the fields of a type in this package. typeName is the type as it is named in errors of
// the YAML parser. For other types the result is nil.
func Fields(typeName string) []string {
	if !strings.HasPrefix(typeName, "discoveries.") {
		return nil
	}
	var names []string
	seen := map[reflect.Type]bool{}
	var find func(t reflect.Type)
	find = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || seen[t] || names != nil {
			return
		}
		seen[t] = true
		if t.String() == typeName {
			names = fieldNames(t)
			return
		}
		for i := range t.NumField() {
			find(t.Field(i).Type)
		}
	}
	for _, c := range all() {
		find(c.(interface{ fields() reflect.Type }).fields())
	}
	return names
}

// fieldNames returns the YAML names of the fields of a struct, including those of inlined structs.
func fieldNames(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case options == "inline":
			names = append(names, fieldNames(f.Type)...)
		case name != "" && name != "-":
			names = append(names, name)
		}
	}
	return names
}
