package scenarios

import (
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A decoder fills document types, those of format.go, from YAML nodes. It is strict and goes on after an error.
type decoder struct {
	*report
	file string
}

// A field is what the format says about a value: struct tags, in words.
type field struct {
	name   string
	limits string // "from..to", both included, in the notation of the value
	write  string // what to write instead of what is of another kind, if that is worth an example
}

// orElse is what to write instead of what is of another kind, general if the field has no example.
func (f field) orElse(general string) string {
	if f.write != "" {
		return f.write
	}
	return general
}

// A decodable reads itself from a node.
type decodable interface {
	decode(d decoder, f field, n *yaml.Node)
}

func (d decoder) pos(n *yaml.Node) Pos { return Pos{d.file, n.Line, n.Column} }

// wrong reports that the value at n is not what f takes.
func (d decoder) wrong(f field, n *yaml.Node, write string) {
	d.errorf(d.pos(n), "%s is %s; write %s", f.name, kindOf(n), write)
}

func (d decoder) decode(f field, n *yaml.Node, into any) {
	if own, ok := into.(decodable); ok {
		own.decode(d, f, n)
		return
	}
	switch v := reflect.ValueOf(into).Elem(); v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.decode(f, n, v.Interface())
	case reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			d.wrong(f, n, f.orElse("a list, each item after a dash"))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
		for i, item := range n.Content {
			d.decode(field{name: f.name + " item", limits: f.limits}, item, v.Index(i).Addr().Interface())
		}
	case reflect.Struct:
		d.mapping(f, n, v)
	default:
		panic("scenarios: no decoding for " + v.Type().String())
	}
}

// mapping decodes a struct: tag yaml names a field, limits bounds it, and required makes its absence an error and says
// what to write. An embedded place is filled.
func (d decoder) mapping(f field, n *yaml.Node, v reflect.Value) {
	fields, names := fieldsOf(v, nil, nil)
	at := place{Pos: d.pos(n)}
	defer func() {
		if to := v.FieldByName("Pos"); to.IsValid() {
			to.Set(reflect.ValueOf(at.Pos))
			v.FieldByName("Odd").SetBool(at.Odd)
		}
	}()
	if n.Kind != yaml.MappingNode {
		d.wrong(f, n, insteadOf(n, f, fields, names))
		at.Odd = true
		return
	}
	given := map[string]bool{}
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		to, ok := fields[key.Value]
		if !ok {
			at.Odd = true
			d.errorf(d.pos(key), "unknown field %q; %s", shorten(key.Value), writeOneOf(key.Value, names))
			continue
		}
		given[key.Value] = true
		d.decode(field{key.Value, to.tag.Get("limits"), to.tag.Get("example")}, n.Content[i+1], to.value.Addr().Interface())
	}
	for _, name := range names {
		if write := fields[name].tag.Get("required"); write != "" && !given[name] {
			d.missing(at, "%s is missing; %s", name, write)
		}
	}
}

type structField struct {
	value reflect.Value
	tag   reflect.StructTag
}

// fieldsOf returns the fields of a struct by name, those of inlined structs among them, and the names in order.
func fieldsOf(v reflect.Value, fields map[string]structField, names []string) (map[string]structField, []string) {
	if fields == nil {
		fields = map[string]structField{}
	}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		switch name, option, _ := strings.Cut(f.Tag.Get("yaml"), ","); {
		case option == "inline":
			fields, names = fieldsOf(v.Field(i), fields, names)
		case name != "":
			fields[name] = structField{v.Field(i), f.Tag}
			names = append(names, name)
		}
	}
	return fields, names
}

// insteadOf returns what to write instead of n, which is no mapping: n inside one, if it is plain which field it was meant for.
func insteadOf(n *yaml.Node, f field, fields map[string]structField, names []string) string {
	all := f.orElse("a mapping of " + strings.Join(names, ", "))
	var needed []string
	for _, name := range names {
		if fields[name].tag.Get("required") != "" || len(names) == 1 {
			needed = append(needed, name)
		}
	}
	switch word := shorten(n.Value); {
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
		if near := nearest(word, names); near != "" {
			if _, flag := fields[near].value.Interface().(value[bool]); flag {
				return fmt.Sprintf("{%s: true}", near)
			}
			return fmt.Sprintf("a mapping with it, {%s: …}", near)
		}
		for _, name := range names {
			to := fields[name]
			if _, whole := to.value.Interface().(value[int64]); whole && inLimits(n, to.tag.Get("limits")) {
				return fmt.Sprintf("{%s: %s}", name, word)
			}
		}
		return all
	}
}

// inLimits reports whether n is a whole number within limits.
func inLimits(n *yaml.Node, limits string) bool {
	_, err := whole(n, limits)
	return err == nil
}
