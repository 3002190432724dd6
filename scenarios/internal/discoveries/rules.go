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

// A Rule refuses a configuration of which all terms of If hold, with the message Say. Terms are separated by blanks:
//
//	a|b      one of the fields is set to something else than its default
//	!a       the field is empty; of a list's items, that of one of them
//	a=x|y    the field has one of the values
//	a!=x|y   the field has none of the values
//	a:form   the field, or one item of it, is wrong in that way: see forms
//	http     the settings of the HTTP client contradict each other; they say how
//
// The field http_client stands for all settings of the HTTP client.
//
// {value}, {index} and {error} in Say are those of the last term.
type Rule struct{ If, Say string }

// check returns what the first of rules that a struct breaks says.
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

// A finding is what a term holds of.
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
				return false // where it is wrong, another rule says so
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

// set says whether a field differs from its default.
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

// some says whether one value of a field, or one item of a list, is meant, and which.
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

// items returns the items of a list, or any other value itself.
func items(v reflect.Value) (list []reflect.Value) {
	if v.Kind() != reflect.Slice {
		return []reflect.Value{v}
	}
	for i := range v.Len() {
		list = append(list, v.Index(i))
	}
	return list
}

// lookup returns the values of a field; those of a field in a list's items are many.
func lookup(v reflect.Value, path string) []reflect.Value {
	name, rest, nested := strings.Cut(path, ".")
	f, ok := field(v, name)
	if !ok {
		panic("no field " + name + " in " + v.Type().String())
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

// field returns the field of a struct with that name in YAML.
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

// httpClient returns the settings of the HTTP client.
func httpClient(fields reflect.Value) *config.HTTPClientConfig {
	for i := range fields.NumField() {
		if c, ok := fields.Field(i).Interface().(config.HTTPClientConfig); ok {
			if fields.CanAddr() {
				return fields.Field(i).Addr().Interface().(*config.HTTPClientConfig)
			}
			return &c
		}
	}
	panic("no HTTP client in " + fields.Type().String())
}

// enumeration reads text that is one of values.
func enumeration(unmarshal func(any) error, text *string, message string, values ...string) error {
	if err := unmarshal(text); err != nil {
		return err
	}
	if !slices.Contains(values, *text) {
		return errors.New(finding{value: *text}.say(message))
	}
	return nil
}
