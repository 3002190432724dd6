package document

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"reflect"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// schemaID is the URL of the newest schema, for editors and for catalogues of schemas such as schemastore.org.
const schemaID = "https://raw.githubusercontent.com/notifysim/notifysim/main/scenarios/scenario.schema.json"

// Schema returns the JSON Schema (draft 7) of scenario files. It is generated from the types and tags of the format,
// and covers names, kinds, limits and required fields.
func Schema() []byte {
	w := schemaWriter{defs: map[string]bool{}}
	root := w.mapping(reflect.TypeFor[File]())
	all := object{
		{"$schema", "http://json-schema.org/draft-07/schema#"},
		{"$id", schemaID},
		{"title", "notifysim scenario"},
		{"description", "What happens to alerts between a Prometheus server and its Alertmanagers, and what must hold."},
	}
	all = append(all, root...)
	all = append(all, member{"definitions", w.written})
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(all); err != nil {
		panic(err) // cannot happen: all types can be encoded
	}
	return b.Bytes()
}

//go:embed schema_text.yml
var schemaText []byte

// fieldTexts returns the descriptions of fields in schema_text.yml, by definition and field name.
var fieldTexts = sync.OnceValue(func() (texts map[string]map[string]string) {
	if err := yaml.Unmarshal(schemaText, &texts); err != nil {
		panic(err) // cannot happen: the file is embedded
	}
	return texts
})

// A schemaWriter writes the schemas of types. Each named struct becomes a definition.
type schemaWriter struct {
	defs    map[string]bool
	written object
}

// A schemer is a type that implements Decode itself, and therefore also its schema.
type schemer interface {
	schema(w *schemaWriter, f strictyaml.FieldSpec) object
}

// of returns the schema of a type. The limits are those of the field f.
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
	panic("document: no schema of " + t.String())
}

// define returns a reference to the definition of a struct, and adds the definition if necessary.
func (w *schemaWriter) define(t reflect.Type) object {
	name := schemaName(t)
	if !w.defs[name] {
		w.defs[name] = true
		w.written = append(w.written, member{name, w.mapping(t)})
	}
	return object{{"$ref", "#/definitions/" + name}}
}

// schemaName returns the name of the definition of a struct. It begins with a lower-case letter.
func schemaName(t reflect.Type) string {
	name := strings.ReplaceAll(t.Name(), "PromQL", "Promql")
	return strings.ToLower(name[:1]) + name[1:]
}

// mapping returns the schema of a struct as a mapping of its fields.
func (w *schemaWriter) mapping(t reflect.Type) object {
	in := "" // a struct without a name only has texts from "any"
	if t.Name() != "" {
		in = schemaName(t)
	}
	var properties object
	var required []string
	for _, f := range strictyaml.Fields(t) {
		s := w.of(f.Type, strictyaml.FieldSpec{Name: f.Name, Limits: f.Tag.Get("limits")})
		if text := cmp.Or(fieldTexts()[in][f.Name], fieldTexts()["any"][f.Name]); text != "" {
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

// described adds a description to a schema. Draft 7 ignores members next to a reference, so a reference is wrapped.
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
