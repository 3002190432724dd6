package main

import (
	"fmt"
	"reflect"
	"strings"
	"unicode"

	"github.com/prometheus/prometheus/discovery"
	_ "github.com/prometheus/prometheus/discovery/install"
)

// registered returns the types of the configurations that Prometheus has registered, by name.
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

// light says whether a type can be used as it is: those of Prometheus' common module, and Go's own.
func light(t reflect.Type) bool {
	return t.PkgPath() == "" || strings.HasPrefix(t.PkgPath(), "github.com/prometheus/common/")
}

// elem returns what a type holds, behind pointers and lists.
func elem(t reflect.Type) reflect.Type {
	for (t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice) && t.Name() == "" {
		t = t.Elem()
	}
	return t
}

// A shape is a struct of Prometheus that is written anew, or a text with an enumeration.
type shape struct {
	real     reflect.Type
	goName   string
	sd       string // the name of the service discovery, if it is one
	defaults reflect.Value
	refusals
}

// wrapped says whether the shape has defaults or rules, and is used as an SDConfig.
func (s *shape) wrapped() bool { return s.sd != "" || len(s.Rules) > 0 || !s.defaults.IsZero() }

func (s *shape) unmarshals() bool { return reflect.PointerTo(s.real).Implements(unmarshalerType) }

// shapes returns the shapes of all configurations and their parts, the parts first.
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
			panic(fmt.Sprintf("%s is of a kind that the generator does not know", t))
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

// fieldsOf are the fields of a struct that YAML can set. One of net/http is not meant for YAML.
func fieldsOf(t reflect.Type) []reflect.StructField {
	var fields []reflect.StructField
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() && f.Tag.Get("yaml") != "-" && elem(f.Type).PkgPath() != "net/http" {
			fields = append(fields, f)
		}
	}
	return fields
}

// defaultsOf returns what a configuration has before anything is read into it.
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
