package main

import (
	"net/url"
	"reflect"
	"strings"

	"github.com/prometheus/common/config"
)

// A leaf is a field that holds no fields of its own, or is one of the HTTP client's.
type leaf struct {
	path string
	real reflect.Type
	http bool
}

// leaves returns the leaves of a struct, those in lists and parts included.
func leaves(t reflect.Type, prefix string, http bool) []leaf {
	var list []leaf
	for _, f := range fieldsOf(t) {
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch part := elem(f.Type); {
		case options == "inline":
			list = append(list, leaves(f.Type, prefix, http || light(f.Type))...)
		case part.Kind() == reflect.Struct && !light(part):
			list = append(list, leaves(part, prefix+nameOf(f, name)+".", http)...)
		default:
			list = append(list, leaf{prefix + nameOf(f, name), f.Type, http})
		}
	}
	return list
}

// nameOf is the name of a field in YAML.
func nameOf(f reflect.StructField, tag string) string {
	if tag == "" {
		return strings.ToLower(f.Name)
	}
	return tag
}

// twice ends a path to say that the first item of the list on it is there twice.
const twice = ":twice"

// put sets a field, in the first item of the lists on its path.
func put(v reflect.Value, path string, value reflect.Value) {
	if list, twice := strings.CutSuffix(path, twice); twice {
		double(v, list)
		return
	}
	name, rest, nested := strings.Cut(path, ".")
	f := named(v, name)
	if !nested {
		f.Set(value)
		return
	}
	if f.Kind() == reflect.Slice {
		if f.Len() == 0 {
			f.Set(reflect.MakeSlice(f.Type(), 1, 1))
		}
		f = f.Index(0)
	}
	if f.Kind() == reflect.Pointer {
		if f.IsNil() {
			f.Set(reflect.New(f.Type().Elem()))
		}
		f = f.Elem()
	}
	put(f, rest, value)
}

// double repeats the first item of the list on a path.
func double(v reflect.Value, path string) {
	name, _, _ := strings.Cut(path, ".")
	if f := named(v, name); f.Kind() == reflect.Slice && f.Len() > 0 {
		f.Set(reflect.Append(f, f.Index(0)))
	}
}

func named(v reflect.Value, name string) reflect.Value {
	for _, f := range fieldsOf(v.Type()) {
		tag, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if options == "inline" {
			if found := named(v.FieldByIndex(f.Index), name); found.IsValid() {
				return found
			}
		} else if nameOf(f, tag) == name {
			return v.FieldByIndex(f.Index)
		}
	}
	return reflect.Value{}
}

// textIn returns what text is as a value of a type, if the type holds text.
func textIn(t reflect.Type, text string) (reflect.Value, bool) {
	switch {
	case t.Kind() == reflect.String:
		return reflect.ValueOf(text).Convert(t), true
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.String:
		list := reflect.MakeSlice(t, 1, 1)
		list.Index(0).SetString(text)
		return list, true
	}
	return reflect.Value{}, false
}

// other returns a value of a type that holds no text: another than the default.
func other(t reflect.Type, usual reflect.Value) reflect.Value {
	v := reflect.New(t).Elem()
	switch x := v.Addr().Interface().(type) {
	case *config.URL:
		x.URL, _ = url.Parse("http://a.example")
		return v
	case *config.TLSConfig:
		x.InsecureSkipVerify = true
		return v
	case **config.BasicAuth:
		*x = &config.BasicAuth{Username: "a"}
		return v
	case **config.Authorization:
		*x = &config.Authorization{Type: "Bearer", Credentials: "a"}
		return v
	case **config.OAuth2:
		*x = &config.OAuth2{ClientID: "a", ClientSecret: "a", TokenURL: "http://a.example"}
		return v
	}
	switch t.Kind() {
	case reflect.Bool:
		v.SetBool(!usual.IsValid() || !usual.Bool())
	case reflect.Int, reflect.Int64:
		v.SetInt(1e9 + 1)
	case reflect.Float64:
		v.SetFloat(1)
	case reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
	case reflect.Map:
		v.Set(reflect.MakeMap(t))
		v.SetMapIndex(reflect.ValueOf("a").Convert(t.Key()), reflect.Zero(t.Elem()))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(t, 1, 1))
	default:
		panic("no other value of " + t.String())
	}
	return v
}
