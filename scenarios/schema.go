package scenarios

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// Schema returns the JSON Schema (draft 7) of scenario files, with which editors complete and check them. It is written from the
// types and tags of the format: names, kinds, limits and what is required. What ties one part of a file to another, that a target
// exists, say, is Load's to check.
func Schema() []byte {
	w := schemaWriter{defs: map[string]bool{}}
	root := w.mapping(reflect.TypeFor[fileDoc]())
	all := object{
		{"$schema", "http://json-schema.org/draft-07/schema#"},
		{"title", "notifysim scenario"},
		{"description", schemaTexts["file"]},
	}
	all = append(all, root...)
	all = append(all, member{"definitions", w.written})
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(all); err != nil {
		panic(err) // of types that always encode
	}
	return b.Bytes()
}

// An object is a JSON object whose members keep their order.
type object []member

type member struct {
	name  string
	value any
}

// MarshalJSON implements json.Marshaler.
func (o object) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendQuote(b, m.name)
		b = append(b, ':')
		var value bytes.Buffer
		enc := json.NewEncoder(&value)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(m.value); err != nil {
			return nil, err
		}
		b = append(b, value.Bytes()...)
	}
	return append(b, '}'), nil
}

// A schemaWriter writes the types of the format as schemas. Each struct with a name becomes a definition.
type schemaWriter struct {
	defs    map[string]bool
	written object
}

// A schemer is a type of the format that reads itself and says what it takes.
type schemer interface {
	schema(w *schemaWriter, f strictyaml.FieldSpec) object
}

// of returns the schema of a type under the limits of a field.
func (w *schemaWriter) of(t reflect.Type, f strictyaml.FieldSpec) object {
	switch v := reflect.New(t).Interface().(type) {
	case schemer:
		return v.schema(w, f)
	case *strictyaml.Raw:
		return object{{"type", "object"}}
	case interface{ ItemType() reflect.Type }:
		one := w.of(v.ItemType(), f)
		return object{{"anyOf", []object{one, {{"type", "array"}, {"items", one}}}}}
	case interface{ ValueType() reflect.Type }:
		return object{{"type", "object"}, {"additionalProperties", w.of(v.ValueType(), f)}}
	case strictyaml.Decodable:
		return ofScalar(v, f)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return w.of(t.Elem(), f)
	case reflect.Slice:
		return object{{"type", "array"}, {"items", w.of(t.Elem(), f)}}
	case reflect.Struct:
		if t.Name() == "" {
			return w.mapping(t)
		}
		return w.define(t)
	}
	panic("scenarios: no schema of " + t.String())
}

// define returns a reference to the definition of a struct.
func (w *schemaWriter) define(t reflect.Type) object {
	name := schemaName(t)
	if !w.defs[name] {
		w.defs[name] = true
		w.written = append(w.written, member{name, w.mapping(t)})
	}
	return object{{"$ref", "#/definitions/" + name}}
}

func schemaName(t reflect.Type) string { return strings.TrimSuffix(t.Name(), "Doc") }

// mapping returns the schema of a struct's fields.
func (w *schemaWriter) mapping(t reflect.Type) object {
	var properties object
	var required []string
	for _, f := range strictyaml.Fields(t) {
		s := w.of(f.Type, strictyaml.FieldSpec{Name: f.Name, Limits: f.Tag.Get("limits")})
		if text := cmp.Or(schemaTexts[schemaName(t)+"."+f.Name], sharedTexts[f.Name]); text != "" {
			s = described(s, text)
		}
		properties = append(properties, member{f.Name, s})
		if f.Tag.Get("required") != "" {
			required = append(required, f.Name)
		}
	}
	o := object{{"type", "object"}}
	if len(properties) > 0 {
		o = append(o, member{"properties", properties})
	}
	if len(required) > 0 {
		o = append(o, member{"required", required})
	}
	return append(o, member{"additionalProperties", false})
}

// described puts a description before a schema. Draft 7 ignores what stands beside a reference, so that goes inside.
func described(s object, text string) object {
	if s[0].name == "$ref" {
		s = object{{"allOf", []object{s}}}
	}
	for i := range s {
		if s[i].name == "description" {
			return append(object{{"description", text + "; " + s[i].value.(string)}}, append(s[:i:i], s[i+1:]...)...)
		}
	}
	return append(object{{"description", text}}, s...)
}

// scalar is text as YAML has it: what looks like a number is text too.
var scalar = object{{"type", []string{"string", "number", "boolean"}}}

// durations are those of Prometheus and of Go.
const durations = `^(0|([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h|d|w|y)(([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h|d|w|y))*)$`

// ofScalar returns the schema of a scalar under the limits of a field.
func ofScalar(v strictyaml.Decodable, f strictyaml.FieldSpec) object {
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
	case *strictyaml.Value[bool]:
		return object{{"type", "boolean"}}
	case *strictyaml.Value[int64]:
		return limited(object{{"type", "integer"}})
	case *strictyaml.Value[float64]:
		return limited(object{{"type", "number"}})
	case *strictyaml.Value[time.Duration]:
		o := object{{"type", []string{"string", "integer"}}, {"pattern", durations}, {"maximum", 0}}
		if f.Limits != "" {
			o = append(object{{"description", "from " + low + " to " + high}}, o...)
		}
		return o
	}
	panic(fmt.Sprintf("scenarios: %T decodes itself, and has no method schema", v))
}

func (*flagsDoc) schema(*schemaWriter, strictyaml.FieldSpec) object {
	return object{{"type", "object"}, {"properties", flagSchemas()}, {"additionalProperties", false}}
}

func (d *droppedDoc) schema(w *schemaWriter, f strictyaml.FieldSpec) object {
	var names []string
	for _, r := range core.Reasons() {
		names = append(names, r.String())
	}
	return w.named(object{{"enum", names}}, d.ValueType(), f)
}

func (d *invariantsDoc) schema(w *schemaWriter, f strictyaml.FieldSpec) object {
	return w.named(object{{"enum", invariantNames}}, d.ValueType(), f)
}

func (d *targetGroupsDoc) schema(w *schemaWriter, f strictyaml.FieldSpec) object {
	return w.named(object{{"pattern", "^config-[0-9]+$"}}, d.ValueType(), f)
}

// named returns the schema of a mapping whose keys follow a schema too.
func (w *schemaWriter) named(keys object, value reflect.Type, f strictyaml.FieldSpec) object {
	return object{{"type", "object"}, {"propertyNames", keys}, {"additionalProperties", w.of(value, f)}}
}

// flagSchemas are those of Prometheus' flags.
func flagSchemas() object {
	var o object
	for _, f := range flags {
		var value strictyaml.Decodable
		def := f.def
		switch d := f.def.(type) {
		case int64:
			value = &strictyaml.Value[int64]{}
		case bool:
			value = &strictyaml.Value[bool]{}
		case time.Duration:
			value, def = &strictyaml.Value[time.Duration]{}, strictyaml.FormatDuration(d)
		}
		s := described(ofScalar(value, strictyaml.FieldSpec{Name: f.name, Limits: f.limits}), schemaTexts["flags."+f.name])
		if def != int64(0) {
			s = append(s, member{"default", def})
		}
		o = append(o, member{f.name, s})
	}
	return o
}

func (*seedsDoc) schema(*schemaWriter, strictyaml.FieldSpec) object {
	return object{{"type", []string{"integer", "string"}}, {"minimum", 0}, {"pattern", seedRange.String()}}
}

func (*windowDoc) schema(w *schemaWriter, f strictyaml.FieldSpec) object {
	return object{{"type", "array"}, {"items", w.of(reflect.TypeFor[strictyaml.Value[time.Duration]](), f)}, {"minItems", 2}, {"maxItems", 2}}
}

func (*distributionDoc) schema(w *schemaWriter, f strictyaml.FieldSpec) object {
	forms := w.define(reflect.TypeFor[distributionForms]())
	one := object{{"allOf", []object{forms}}, {"minProperties", 1}, {"maxProperties", 1}}
	return object{{"anyOf", []object{w.of(reflect.TypeFor[strictyaml.Value[time.Duration]](), strictyaml.FieldSpec{Name: f.Name, Limits: "0s..1h"}), one}}}
}
