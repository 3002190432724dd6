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
	schema(w *schemaWriter, f field) object
}

// of returns the schema of a type under the limits of a field.
func (w *schemaWriter) of(t reflect.Type, f field) object {
	if own, ok := reflect.New(t).Interface().(schemer); ok {
		return own.schema(w, f)
	}
	if _, ok := reflect.New(t).Interface().(decodable); ok {
		panic("scenarios: " + t.String() + " reads itself, and has no method schema")
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
	fields, names := fieldsOf(reflect.New(t).Elem(), nil, nil)
	var properties object
	var required []string
	for _, name := range names {
		f := fields[name]
		s := w.of(f.value.Type(), field{name: name, limits: f.tag.Get("limits")})
		if text := cmp.Or(schemaTexts[schemaName(t)+"."+name], sharedTexts[name]); text != "" {
			s = described(s, text)
		}
		properties = append(properties, member{name, s})
		if f.tag.Get("required") != "" {
			required = append(required, name)
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

func (*value[T]) schema(_ *schemaWriter, f field) object {
	low, high, _ := strings.Cut(f.limits, "..")
	limited := func(o object) object {
		for _, l := range []member{{"minimum", low}, {"maximum", high}} {
			if l.value != "" {
				o = append(o, member{l.name, json.Number(l.value.(string))})
			}
		}
		return o
	}
	switch any(*new(T)).(type) {
	case string:
		return scalar
	case bool:
		return object{{"type", "boolean"}}
	case int64:
		return limited(object{{"type", "integer"}})
	case float64:
		return limited(object{{"type", "number"}})
	case time.Duration:
		o := object{{"type", []string{"string", "integer"}}, {"pattern", durations}, {"maximum", 0}}
		if f.limits != "" {
			o = append(object{{"description", "from " + low + " to " + high}}, o...)
		}
		return o
	}
	panic(fmt.Sprintf("scenarios: no schema of %T", *new(T)))
}

func (l *list[T]) schema(w *schemaWriter, f field) object {
	one := w.of(reflect.TypeFor[value[T]](), f)
	return object{{"anyOf", []object{one, {{"type", "array"}, {"items", one}}}}}
}

func (m *dict[T]) schema(w *schemaWriter, f field) object {
	o := object{{"type", "object"}}
	if keys := keysOf[f.name]; keys != nil {
		o = append(o, member{"propertyNames", keys()})
	}
	if f.name == "flags" {
		return append(o, member{"properties", flagSchemas(w)}, member{"additionalProperties", false})
	}
	return append(o, member{"additionalProperties", w.of(reflect.TypeFor[T](), f)})
}

// keysOf are the names that the mappings of some fields may have.
var keysOf = map[string]func() object{
	"exp_dropped": func() object {
		var names []string
		for _, r := range core.Reasons() {
			names = append(names, r.String())
		}
		return object{{"enum", names}}
	},
	"invariants":    func() object { return object{{"enum", invariantNames}} },
	"target_groups": func() object { return object{{"pattern", "^config-[0-9]+$"}} },
}

// flagSchemas are those of Prometheus' flags.
func flagSchemas(w *schemaWriter) object {
	var o object
	for _, f := range flags {
		var s object
		def := f.def
		switch d := f.def.(type) {
		case int64:
			s = (*value[int64])(nil).schema(w, field{name: f.name, limits: f.limits})
		case bool:
			s = (*value[bool])(nil).schema(w, field{name: f.name, limits: f.limits})
		case time.Duration:
			s, def = (*value[time.Duration])(nil).schema(w, field{name: f.name, limits: f.limits}), formatDuration(d)
		}
		s = described(s, schemaTexts["flags."+f.name])
		if def != int64(0) {
			s = append(s, member{"default", def})
		}
		o = append(o, member{f.name, s})
	}
	return o
}

func (*raw) schema(*schemaWriter, field) object {
	return object{{"type", "object"}}
}

func (*seedsDoc) schema(*schemaWriter, field) object {
	return object{{"type", []string{"integer", "string"}}, {"minimum", 0}, {"pattern", seedRange.String()}}
}

func (*windowDoc) schema(w *schemaWriter, f field) object {
	return object{{"type", "array"}, {"items", w.of(reflect.TypeFor[value[time.Duration]](), f)}, {"minItems", 2}, {"maxItems", 2}}
}

func (*distributionDoc) schema(w *schemaWriter, f field) object {
	forms := w.define(reflect.TypeFor[distributionForms]())
	one := object{{"allOf", []object{forms}}, {"minProperties", 1}, {"maxProperties", 1}}
	return object{{"anyOf", []object{w.of(reflect.TypeFor[value[time.Duration]](), field{name: f.name, limits: "0s..1h"}), one}}}
}
