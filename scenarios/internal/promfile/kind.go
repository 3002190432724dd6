package promfile

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/rulefmt"

	"github.com/notifysim/notifysim/scenarios/internal/discoveries"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// A kind is a type of file that Prometheus reads.
type kind struct {
	name, reference string
	fields          []string // all fields except those of service discoveries
}

func configKind() kind {
	return kind{"config", "Prometheus' reference of its configuration", configFields}
}

func rulesKind() kind { return kind{"rule file", "Prometheus' documentation of rules", ruleFields} }

var (
	configFields = append([]string{"static_configs"}, fieldsOf(reflect.TypeFor[config.Config]())...)
	ruleFields   = fieldsOf(reflect.TypeFor[rulefmt.RuleGroups]())
)

// writeField suggests a field to write instead of one that a Go type does not have. It prefers fields of that type.
func (k kind) writeField(word, goType string) string {
	if strings.HasSuffix(word, "_sd_configs") {
		return "write static_configs, or the name of one of Prometheus' service discoveries"
	}
	if near := strictyaml.Nearest(word, discoveries.Fields(goType)); near != "" {
		return fmt.Sprintf("write %q", near)
	}
	if near := strictyaml.Nearest(word, k.fields); near != "" {
		return fmt.Sprintf("write %q", near)
	}
	return "write a field that Prometheus allows here"
}

// fieldsOf returns the YAML names of the fields of a struct and of the structs that it contains.
func fieldsOf(t reflect.Type) []string {
	var names []string
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(t reflect.Type) {
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			walk(t.Elem())
		case reflect.Struct:
			if seen[t] {
				return
			}
			seen[t] = true
			for i := range t.NumField() {
				f := t.Field(i)
				if name, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); name != "" && name != "-" {
					names = append(names, name)
				}
				walk(f.Type)
			}
		}
	}
	walk(t)
	return names
}
