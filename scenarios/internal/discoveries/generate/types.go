package main

import (
	"fmt"
	"reflect"
	"strings"
	"unicode"

	"github.com/prometheus/prometheus/discovery"
	_ "github.com/prometheus/prometheus/discovery/install"
)

// registered returns the types of the configurations that Prometheus has registered, by the name of the discovery.
func registered() map[string]reflect.Type {
	types := map[string]reflect.Type{}
	err := new(discovery.Configs).UnmarshalYAML(func(v any) error {
		t := reflect.TypeOf(v).Elem()
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
			if name, ok := strings.CutSuffix(name, "_sd_configs"); ok {
				types[name] = t.Field(i).Type.Elem().Elem()
			}
		}
		return nil
	})
	if err != nil {
		panic(err)
	}
	return types
}

type unmarshaler interface{ UnmarshalYAML(func(any) error) error }

var unmarshalerType = reflect.TypeFor[unmarshaler]()

// light reports whether the generated package can use a type directly: whether it is of Prometheus' common module or
// built in.
func light(t reflect.Type) bool {
	return t.PkgPath() == "" || strings.HasPrefix(t.PkgPath(), "github.com/prometheus/common/")
}

// elem returns the element type of pointers and lists.
func elem(t reflect.Type) reflect.Type {
	for (t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice) && t.Name() == "" {
		t = t.Elem()
	}
	return t
}

// A shape is a struct of Prometheus for which a struct is generated, or a string type with an enumeration.
type shape struct {
	real     reflect.Type
	goName   string
	sd       string // the name of the service discovery, if the shape is the configuration of one
	defaults reflect.Value
	refusals
}

// wrapped reports whether the shape has defaults or rules and is therefore used as an SDConfig.
func (s *shape) wrapped() bool { return s.sd != "" || len(s.Rules) > 0 || !s.defaults.IsZero() }

func (s *shape) unmarshals() bool { return reflect.PointerTo(s.real).Implements(unmarshalerType) }

// shapes returns the shapes of all configurations and of the types that they contain. A type comes after those that it
// contains.
func shapes(sds map[string]reflect.Type) []*shape {
	names := map[reflect.Type]string{}
	for name, t := range sds {
		names[t] = name
	}
	var list []*shape
	seen := map[reflect.Type]bool{}
	var walk func(t reflect.Type)
	walk = func(t reflect.Type) {
		t = elem(t)
		if light(t) || seen[t] {
			return
		}
		seen[t] = true
		s := &shape{real: t, sd: names[t], goName: goName(t, names[t])}
		if t.Kind() == reflect.Struct {
			for _, f := range fieldsOf(t) {
				walk(f.Type)
			}
			s.defaults = reflect.New(t).Elem()
			if s.unmarshals() {
				s.defaults = defaultsOf(t)
			}
		} else if t.Kind() != reflect.String {
			panic(fmt.Sprintf("the generator does not support the kind of %s", t))
		} else if !s.unmarshals() {
			return
		}
		list = append(list, s)
	}
	for _, name := range sorted(sds) {
		walk(sds[name])
	}
	return list
}

// fieldsOf returns the fields of a struct that YAML can set. A field with a type of net/http cannot be set by YAML.
func fieldsOf(t reflect.Type) []reflect.StructField {
	var fields []reflect.StructField
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() && f.Tag.Get("yaml") != "-" && elem(f.Type).PkgPath() != "net/http" {
			fields = append(fields, f)
		}
	}
	return fields
}

// defaultsOf returns the values that a configuration has before anything is read into it.
func defaultsOf(t reflect.Type) reflect.Value {
	defaults := reflect.New(t).Elem()
	_ = reflect.New(t).Interface().(unmarshaler).UnmarshalYAML(func(v any) error {
		defaults.Set(reflect.ValueOf(v).Elem().Convert(t))
		return fmt.Errorf("stop")
	})
	return defaults
}

func goName(t reflect.Type, sd string) string {
	if sd != "" {
		return sd + "SDConfig"
	}
	name := []rune(t.Name())
	name[0] = unicode.ToUpper(name[0])
	return packageOf(t) + string(name)
}

func packageOf(t reflect.Type) string { return t.PkgPath()[strings.LastIndex(t.PkgPath(), "/")+1:] }
