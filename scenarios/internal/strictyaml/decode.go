package strictyaml

import (
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A Decoder fills Go values from the nodes of a file. It is strict, and goes on after an error.
type Decoder struct {
	*Report
	File string
}

// A FieldSpec is what the tags of a field say about its value.
type FieldSpec struct {
	Name   string
	Limits string // "from..to", both included, in the notation of the value
	Write  string // what to write instead of a value of another kind; "" for the general advice of that kind
}

// orElse returns what to write instead of a value of another kind, general without an example.
func (f FieldSpec) orElse(general string) string {
	if f.Write != "" {
		return f.Write
	}
	return general
}

// A Decodable decodes itself from a node.
type Decodable interface {
	Decode(d Decoder, f FieldSpec, n *yaml.Node)
}

// A Mapping, embedded in a struct, records the position of the mapping that filled the struct.
type Mapping struct {
	Pos Pos
	// Malformed reports that the mapping has an unknown field, or that the value is of another kind: what seems to be
	// missing may be there under a wrong name.
	Malformed bool
}

// Pos returns the position of a node.
func (d Decoder) Pos(n *yaml.Node) Pos { return At(d.File, n) }

// Wrong reports that the value at n is not what f takes.
func (d Decoder) Wrong(f FieldSpec, n *yaml.Node, write string) {
	d.Errorf(d.Pos(n), "%s is %s; write %s", f.Name, KindOf(n), write)
}

// Decode fills what into points to, from n: a Decodable, or a struct, slice or pointer that holds some. Other types
// are a mistake of the program, and make it panic.
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
			d.Wrong(f, n, f.orElse("a list, each item after a dash"))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
		for i, item := range n.Content {
			d.Decode(FieldSpec{Name: f.Name + " item", Limits: f.Limits}, item, v.Index(i).Addr().Interface())
		}
	case reflect.Struct:
		d.mapping(f, n, v)
	default:
		panic("strictyaml: cannot decode into " + v.Type().String())
	}
}

// mapping fills a struct, and the Mapping in it.
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
		spec := FieldSpec{key.Value, to.tag.Get("limits"), to.tag.Get("example")}
		d.Decode(spec, n.Content[i+1], to.value.Addr().Interface())
	}
	for _, name := range names {
		if write := fields[name].tag.Get("required"); write != "" && !given[name] {
			d.Missing(m, "%s is missing; %s", name, write)
		}
	}
}

// insteadOf returns what to write instead of n, which is no mapping: n inside one, if only one field can be meant.
func insteadOf(n *yaml.Node, f FieldSpec, fields map[string]structField, names []string) string {
	all := f.orElse("a mapping of " + strings.Join(names, ", "))
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
			return fmt.Sprintf("a mapping with it, {%s: …}", near)
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
