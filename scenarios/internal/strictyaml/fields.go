package strictyaml

import (
	"reflect"
	"strings"
)

// A Field is a field of a struct that is filled from a mapping.
type Field struct {
	Name string
	Type reflect.Type
	Tag  reflect.StructTag
}

// Fields returns the fields that a mapping for a struct of type t may have, in order. Fields of inlined structs are
// included.
func Fields(t reflect.Type) []Field {
	fields, names := fieldsOf(reflect.New(t).Elem(), nil, nil)
	list := make([]Field, len(names))
	for i, name := range names {
		list[i] = Field{name, fields[name].value.Type(), fields[name].tag}
	}
	return list
}

type structField struct {
	value reflect.Value
	tag   reflect.StructTag
}

// fieldsOf adds the fields of a struct to fields, by name, and their names to names, in order.
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
