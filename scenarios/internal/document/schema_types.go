package document

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// The schemas of scalars, and of the types that implement Decode themselves.

// scalar is the schema of text. YAML text may look like a number or a boolean.
var scalar = object{{"type", []string{"string", "number", "boolean"}}}

// durations is a regular expression for durations in the notation of Prometheus or Go.
const (
	durations   = `^(0|` + oneDuration + `(` + oneDuration + `)*)$`
	oneDuration = `([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h|d|w|y)`
)

// ofScalar returns the schema for v, a scalar or a pointer to a Value, within the limits of the field f.
func ofScalar(v any, f strictyaml.FieldSpec) object {
	low, high, _ := strings.Cut(f.Limits, "..")
	limited := func(o object) object {
		for _, l := range []member{{"minimum", low}, {"maximum", high}} {
			if l.value != "" {
				o = append(o, member{l.name, json.Number(l.value.(string))})
			}
		}
		return o
	}
	switch v.(type) {
	case *strictyaml.Value[string]:
		return scalar
	case *strictyaml.Value[bool], bool:
		return object{{"type", "boolean"}}
	case *strictyaml.Value[int64], int64:
		return limited(object{{"type", "integer"}})
	case *strictyaml.Value[float64]:
		return limited(object{{"type", "number"}})
	case *strictyaml.Value[time.Duration], time.Duration:
		o := object{{"type", []string{"string", "integer"}}, {"pattern", durations}, {"maximum", 0}}
		if f.Limits != "" {
			o = append(object{{"description", "from " + low + " to " + high}}, o...)
		}
		return o
	}
	panic(fmt.Sprintf("document: %T implements Decode, but has no method schema", v))
}

func (*Flags) schema(*schemaWriter, strictyaml.FieldSpec) object {
	return object{{"type", "object"}, {"properties", flagSchemas()}, {"additionalProperties", false}}
}

func (d *Dropped) schema(w *schemaWriter, f strictyaml.FieldSpec) object {
	var names []string
	for _, r := range core.Reasons() {
		names = append(names, r.String())
	}
	return w.named(object{{"enum", names}}, d.ValueType(), f)
}

func (d *Invariants) schema(w *schemaWriter, f strictyaml.FieldSpec) object {
	return w.named(object{{"enum", InvariantNames()}}, d.ValueType(), f)
}

func (d *TargetGroups) schema(w *schemaWriter, f strictyaml.FieldSpec) object {
	return w.named(object{{"pattern", "^config-[0-9]+$"}}, d.ValueType(), f)
}

// named returns the schema of a mapping whose keys must match a schema too.
func (w *schemaWriter) named(keys object, value reflect.Type, f strictyaml.FieldSpec) object {
	return object{{"type", "object"}, {"propertyNames", keys}, {"additionalProperties", w.of(value, f)}}
}

// flagSchemas returns the schemas of Prometheus' flags.
func flagSchemas() object {
	var o object
	for _, f := range KnownFlags() {
		s := ofScalar(f.Default, strictyaml.FieldSpec{Name: f.Name, Limits: f.Limits})
		s = described(s, fieldTexts()["flags"][f.Name])
		switch d := f.Default.(type) {
		case time.Duration:
			s = append(s, member{"default", strictyaml.FormatDuration(d)})
		default:
			if d != int64(0) {
				s = append(s, member{"default", d})
			}
		}
		o = append(o, member{f.Name, s})
	}
	return o
}

func (*Seeds) schema(*schemaWriter, strictyaml.FieldSpec) object {
	return object{{"type", []string{"integer", "string"}}, {"minimum", 0}, {"pattern", SeedsPattern}}
}

func (*Window) schema(w *schemaWriter, f strictyaml.FieldSpec) object {
	one := w.of(reflect.TypeFor[duration](), f)
	return object{{"type", "array"}, {"items", one}, {"minItems", 2}, {"maxItems", 2}}
}

func (*Distribution) schema(w *schemaWriter, f strictyaml.FieldSpec) object {
	forms := w.define(reflect.TypeFor[distributionForms]())
	one := object{{"allOf", []object{forms}}, {"minProperties", 1}, {"maxProperties", 1}}
	constant := w.of(reflect.TypeFor[duration](), strictyaml.FieldSpec{Name: f.Name, Limits: "0s..1h"})
	return object{{"anyOf", []object{constant, one}}}
}

func (*Period) schema(w *schemaWriter, f strictyaml.FieldSpec) object {
	constant := w.of(reflect.TypeFor[duration](), f)
	return object{{"anyOf", []object{constant, w.define(reflect.TypeFor[periodForms]())}}}
}

func (*Instant) schema(*schemaWriter, strictyaml.FieldSpec) object {
	return object{{"type", []string{"string", "number"}}}
}

func (*Number) schema(*schemaWriter, strictyaml.FieldSpec) object {
	return object{{"type", []string{"number", "string"}}}
}

func (*Threshold) schema(w *schemaWriter, f strictyaml.FieldSpec) object {
	return object{{"anyOf", []object{scalar, w.define(reflect.TypeFor[longThreshold]())}}}
}
