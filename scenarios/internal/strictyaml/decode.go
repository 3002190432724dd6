package strictyaml

import (
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A Decoder fills Go values from the nodes of a file. It is strict, and continues after an error.
type Decoder struct {
	*Report
	File string
}

// A FieldSpec is what the tags of a struct field say about its value.
type FieldSpec struct {
	Name   string // how messages name the value: "`duration`", "an item of `tests`", "the file"
	Limits string // "from..to", both included, in the notation of the value
	Write  string // what to write if the value has the wrong kind; if "", general advice for the kind
}

// orElse returns what to write if the value has the wrong kind: f.Write or, if that is "", general.
func (f FieldSpec) orElse(general string) string {
	if f.Write != "" {
		return f.Write
	}
	return general
}

// A Decodable is a type that decodes itself from a node.
type Decodable interface {
	Decode(d Decoder, f FieldSpec, n *yaml.Node)
}

// A Mapping, embedded in a struct, receives the position of the mapping from which the struct was filled.
type Mapping struct {
	Pos Pos
	// Malformed says that the mapping has an unknown field, or that the value is not a mapping. A field that seems to
	// be missing may then be there with a misspelt name.
	Malformed bool
}

// Pos returns the position of a node.
func (d Decoder) Pos(n *yaml.Node) Pos { return At(d.File, n) }

// Wrong reports that the field f cannot have the value n. write says what to write instead.
func (d Decoder) Wrong(f FieldSpec, n *yaml.Node, write string) {
	d.Errorf(d.Pos(n), "%s is %s; write %s", f.Name, KindOf(n), write)
}

// Decode fills *into from n. into must be a Decodable or point to a struct, slice or pointer that contains some. Other
// types are programming errors and make it panic.
func (d Decoder) Decode(f FieldSpec, n *yaml.Node, into any) {
	if own, ok := into.(Decodable); ok {
		own.Decode(d, f, n)
		return
	}
	switch v := reflect.ValueOf(into).Elem(); v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.Decode(f, n, v.Interface())
	case reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			d.Wrong(f, n, f.orElse("a list with a dash before each item"))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
		for i, item := range n.Content {
			d.Decode(FieldSpec{Name: "an item of " + f.Name, Limits: f.Limits}, item, v.Index(i).Addr().Interface())
		}
	case reflect.Struct:
		d.mapping(f, n, v)
	default:
		panic("strictyaml: cannot decode into " + v.Type().String())
	}
}

// mapping fills a struct, including the Mapping embedded in it.
func (d Decoder) mapping(f FieldSpec, n *yaml.Node, v reflect.Value) {
	fields, names := fieldsOf(v, nil, nil)
	m := Mapping{Pos: d.Pos(n)}
	defer func() {
		if to := v.FieldByName("Mapping"); to.IsValid() {
			to.Set(reflect.ValueOf(m))
		}
	}()
	if n.Kind != yaml.MappingNode {
		d.Wrong(f, n, insteadOf(n, f, fields, names))
		m.Malformed = true
		return
	}
	given := map[string]bool{}
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		to, ok := fields[key.Value]
		if !ok {
			m.Malformed = true
			d.Known(d.Pos(key), key.Value, names, "unknown field %q")
			continue
		}
		given[key.Value] = true
		spec := FieldSpec{"`" + key.Value + "`", to.tag.Get("limits"), to.tag.Get("example")}
		d.Decode(spec, n.Content[i+1], to.value.Addr().Interface())
	}
	for _, name := range names {
		if write := fields[name].tag.Get("required"); write != "" && !given[name] {
			d.Missing(m, "`%s` is missing; %s", name, write)
		}
	}
}

// insteadOf returns what to write instead of n, which is not a mapping. If only one field can be meant, it suggests a
// mapping with that field.
func insteadOf(n *yaml.Node, f FieldSpec, fields map[string]structField, names []string) string {
	all := f.orElse("a mapping with the fields " + strings.Join(names, ", "))
	var needed []string
	for _, name := range names {
		if fields[name].tag.Get("required") != "" || len(names) == 1 {
			needed = append(needed, name)
		}
	}
	switch word := Shorten(n.Value); {
	case len(names) == 0:
		return "{}"
	case n.Kind != yaml.ScalarNode || word == "":
		return all
	case len(needed) == 1:
		if n.Style != 0 {
			word = "'" + word + "'"
		}
		return fmt.Sprintf("{%s: %s}", needed[0], word)
	default:
		if near := Nearest(word, names); near != "" {
			if _, flag := fields[near].value.Interface().(Value[bool]); flag {
				return fmt.Sprintf("{%s: true}", near)
			}
			return fmt.Sprintf("a mapping such as {%s: …}", near)
		}
		for _, name := range names {
			var x int64
			_, whole := fields[name].value.Interface().(Value[int64])
			if whole && Scalar(n, fields[name].tag.Get("limits"), &x) == nil {
				return fmt.Sprintf("{%s: %s}", name, word)
			}
		}
		return all
	}
}
