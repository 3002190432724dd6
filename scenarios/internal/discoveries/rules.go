package discoveries

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/config"
)

// A Rule rejects a configuration if all terms of If are true for it. Say is the message. Terms are separated by spaces:
//
//	a|b      one of the fields differs from its default
//	!a       the field is empty; for a field of list items: it is empty in one item
//	a=x|y    the field has one of the values
//	a!=x|y   the field has none of the values
//	a:form   the field, or an item of it, fails the check of this name: see forms
//	http     the settings of the HTTP client contradict each other; the message says how
//
// The field http_client stands for all settings of the HTTP client.
//
// {value}, {index} and {error} in Say are replaced by what the last term has found.
type Rule struct{ If, Say string }

// check returns the message of the first rule that rejects a struct, or nil.
func check(fields, defaults reflect.Value, rules []Rule) error {
	for _, r := range rules {
		if r.If == "http" {
			if err := httpClient(fields).Validate(); err != nil {
				return err
			}
			continue
		}
		found := finding{}
		if !slices.ContainsFunc(strings.Fields(r.If), func(t string) bool { return !term(fields, defaults, t, &found) }) {
			return errors.New(found.say(r.Say))
		}
	}
	return nil
}

// A finding is the value for which a term is true, with its index in a list and the error of its check.
type finding struct {
	value, err string
	index      int
}

func (f finding) say(message string) string {
	return strings.NewReplacer("{value}", f.value, "{index}", strconv.Itoa(f.index), "{error}", f.err).Replace(message)
}

func term(fields, defaults reflect.Value, t string, found *finding) bool {
	if path, empty := strings.CutPrefix(t, "!"); empty {
		return slices.ContainsFunc(lookup(fields, path), isEmpty)
	}
	if path, values, ok := strings.Cut(t, "="); ok {
		path, not := strings.CutSuffix(path, "!")
		words := strings.Split(values, "|")
		return some(fields, path, found, func(v reflect.Value) bool { return slices.Contains(words, v.String()) != not })
	}
	if path, name, ok := strings.Cut(t, ":"); ok {
		if name == "twice" {
			seen := map[string]bool{}
			return some(fields, path, found, func(v reflect.Value) bool {
				before := seen[v.String()]
				seen[v.String()] = true
				return before
			})
		}
		return some(fields, path, found, func(v reflect.Value) bool {
			if v.String() == "" && lookup(fields, path)[0].Kind() == reflect.String && name != "blank" {
				return false // a value that is required is checked by another rule
			}
			err := forms[name](v)
			if err != nil {
				found.err = err.Error()
			}
			return err != nil
		})
	}
	return slices.ContainsFunc(strings.Split(t, "|"), func(path string) bool { return set(fields, defaults, path) })
}

func isEmpty(v reflect.Value) bool {
	return v.IsZero() || (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.Len() == 0
}

// set reports whether a field differs from its default.
func set(fields, defaults reflect.Value, path string) bool {
	if path == "http_client" {
		return !reflect.DeepEqual(*httpClient(fields), *httpClient(defaults))
	}
	usual := lookup(defaults, path)
	for i, v := range lookup(fields, path) {
		if i < len(usual) && !reflect.DeepEqual(v.Interface(), usual[i].Interface()) || i >= len(usual) && !v.IsZero() {
			return true
		}
	}
	return false
}

// some reports whether meant is true for a value of a field or, if that is a list, for one of its items. It stores
// which.
func some(fields reflect.Value, path string, found *finding, meant func(reflect.Value) bool) bool {
	for _, v := range lookup(fields, path) {
		for i, item := range items(v) {
			if meant(item) {
				found.value, found.index = fmt.Sprint(item), i
				return true
			}
		}
	}
	return false
}

// items returns the items of a list, or any other value as the only item.
func items(v reflect.Value) (list []reflect.Value) {
	if v.Kind() != reflect.Slice {
		return []reflect.Value{v}
	}
	for i := range v.Len() {
		list = append(list, v.Index(i))
	}
	return list
}

// lookup returns the values of a field. If the path leads through a list, there is one value for each item.
func lookup(v reflect.Value, path string) []reflect.Value {
	name, rest, nested := strings.Cut(path, ".")
	f, ok := field(v, name)
	if !ok {
		panic("discoveries: no field " + name + " in " + v.Type().String())
	}
	if !nested {
		return []reflect.Value{f}
	}
	var values []reflect.Value
	for _, item := range items(f) {
		if item.Kind() == reflect.Pointer {
			item = item.Elem()
		}
		if item.IsValid() {
			values = append(values, lookup(item, rest)...)
		}
	}
	return values
}

// field returns the field of a struct that has this name in YAML.
func field(v reflect.Value, name string) (reflect.Value, bool) {
	for i := range v.NumField() {
		tag, options, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
		if options == "inline" {
			if f, ok := field(v.Field(i), name); ok {
				return f, true
			}
		} else if tag == name {
			return v.Field(i), true
		}
	}
	return reflect.Value{}, false
}

// httpClient returns the HTTP client settings in a configuration.
func httpClient(fields reflect.Value) *config.HTTPClientConfig {
	for i := range fields.NumField() {
		if c, ok := fields.Field(i).Interface().(config.HTTPClientConfig); ok {
			if fields.CanAddr() {
				return fields.Field(i).Addr().Interface().(*config.HTTPClientConfig)
			}
			return &c
		}
	}
	panic("discoveries: no HTTP client in " + fields.Type().String())
}

// enumeration reads text that must be one of values. message is the error for other values.
func enumeration(unmarshal func(any) error, text *string, message string, values ...string) error {
	if err := unmarshal(text); err != nil {
		return err
	}
	if !slices.Contains(values, *text) {
		return errors.New(finding{value: *text}.say(message))
	}
	return nil
}
