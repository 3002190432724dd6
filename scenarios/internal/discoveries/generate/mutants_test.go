package main

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v2"
)

// In each block one or two fields are changed, in many ways. Both types must treat the result alike.
func TestMutants(t *testing.T) {
	real := registered()
	bases := map[string]block{}
	for _, b := range blocks(t) {
		text, _ := yaml.Marshal(b.item)
		bases[b.sd+string(text)] = b
	}
	for name := range real {
		bases[name] = block{name, map[any]any{}}
	}
	n, wrong := 0, 0
	try := func(sd string, item any) {
		if n++; wrong < 40 && !compare(t, real, block{sd, item}) {
			wrong++
		}
	}
	for _, key := range slices.Sorted(maps.Keys(bases)) {
		b := bases[key]
		item, ok := b.item.(map[any]any)
		if !ok {
			continue
		}
		for field := range item {
			less := maps.Clone(item)
			delete(less, field)
			try(b.sd, less)
		}
		list := leaves(real[b.sd], "")
		for _, l := range list {
			for _, v := range oddities {
				try(b.sd, with(item, l.path, v))
			}
		}
		for i, l := range list {
			for _, m := range list[i+1:] {
				try(b.sd, with(with(item, l.path, usualValue(l)), m.path, usualValue(m)))
			}
		}
		try(b.sd, with(item, "unknwon", 1))
	}
	t.Logf("%d mutants", n)
}

var oddities = []any{
	"", " ", "x", "http://a.example", "http://", "ftp://a.example/x", "/x.json", "a*/b.json", "A", "srv", "10s",
	-1, 0, 1.5, true, nil,
	[]any{}, []any{"x"}, []any{""}, []any{nil}, map[any]any{}, map[any]any{"unknwon": 1}, "http://a.example/%zz",
	[]any{map[any]any{"role": "pod"}},
	[]any{map[any]any{"role": "pod", "label": "a in ("}}, []any{map[any]any{"name": "x"}},
}

// with returns a copy of a mapping with another value for one field. A field of list items is set in a new list.
func with(item map[any]any, path string, v any) map[any]any {
	changed := maps.Clone(item)
	if list, rest, nested := strings.Cut(path, "."); nested {
		changed[list] = []any{with(map[any]any{}, rest, v)}
	} else {
		changed[path] = v
	}
	return changed
}

// A leaf is a field without fields of its own, or a setting of the HTTP client.
type leaf struct {
	path string
	real reflect.Type
}

// leaves returns the leaves of a struct, including those in lists and nested structs.
func leaves(t reflect.Type, prefix string) []leaf {
	var list []leaf
	for _, f := range fieldsOf(t) {
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name == "" {
			name = strings.ToLower(f.Name)
		}
		switch part := elem(f.Type); {
		case options == "inline":
			list = append(list, leaves(f.Type, prefix)...)
		case part.Kind() == reflect.Struct && !light(part):
			list = append(list, leaves(part, prefix+name+".")...)
		default:
			list = append(list, leaf{prefix + name, f.Type})
		}
	}
	return list
}

// usualValue returns a value that is valid for a leaf.
func usualValue(l leaf) any {
	switch l.path {
	case "basic_auth":
		return map[any]any{"username": "a"}
	case "authorization":
		return map[any]any{"credentials": "a"}
	case "oauth2":
		return map[any]any{"client_id": "a", "client_secret": "a", "token_url": "http://a.example"}
	case "tls_config":
		return map[any]any{"insecure_skip_verify": true}
	}
	switch l.real.Kind().String() {
	case "bool":
		return true
	case "int":
		return 7
	case "int64":
		return "7s"
	case "slice":
		return []any{"x"}
	case "map":
		return map[any]any{"x": "y"}
	}
	return "x"
}
