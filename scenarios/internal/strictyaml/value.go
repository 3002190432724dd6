package strictyaml

import (
	"reflect"

	"go.yaml.in/yaml/v3"
)

// A Value is a scalar with its position: a string, bool, int64, float64 or time.Duration. The zero Value is a field
// that is not given.
type Value[T any] struct {
	V       T
	Pos     Pos
	Invalid bool // the field is given, but its value has been reported as wrong
}

// Given reports whether the field is in the file.
func (v Value[T]) Given() bool { return v.Pos.Line > 0 }

// OK reports whether the field is given with a valid value.
func (v Value[T]) OK() bool { return v.Given() && !v.Invalid }

// Decode implements Decodable.
func (v *Value[T]) Decode(d Decoder, f FieldSpec, n *yaml.Node) {
	v.Pos = d.Pos(n)
	if err := Scalar(n, f.Limits, &v.V); err != nil {
		v.Invalid = true
		write := err.Error()
		if _, text := any(&v.V).(*string); text {
			write = f.orElse(write)
		}
		d.Wrong(f, n, write)
	}
}

// A List is a single value or a list of values.
type List[T any] struct {
	Items []T
	Pos   Pos
}

// Given reports whether the field is in the file.
func (l List[T]) Given() bool { return l.Pos.Line > 0 }

// ItemType returns the type of an item.
func (l List[T]) ItemType() reflect.Type { return reflect.TypeFor[T]() }

// Decode implements Decodable.
func (l *List[T]) Decode(d Decoder, f FieldSpec, n *yaml.Node) {
	l.Pos = d.Pos(n)
	if n.Kind == yaml.SequenceNode {
		d.Decode(f, n, &l.Items)
		return
	}
	l.Items = make([]T, 1)
	d.Decode(f, n, &l.Items[0])
}

// A Dict is a mapping with keys chosen by the user. The entries are in the order of the file.
type Dict[T any] struct {
	Entries []Entry[T]
	Pos     Pos
}

// An Entry is a key of a Dict and its value.
type Entry[T any] struct {
	Key   string
	Pos   Pos // position of the key
	Value T
}

// Given reports whether the field is in the file.
func (m Dict[T]) Given() bool { return m.Pos.Line > 0 }

// ValueType returns the type of a value.
func (m Dict[T]) ValueType() reflect.Type { return reflect.TypeFor[T]() }

// Decode implements Decodable.
func (m *Dict[T]) Decode(d Decoder, f FieldSpec, n *yaml.Node) {
	m.Pos = d.Pos(n)
	if n.Kind != yaml.MappingNode {
		d.Wrong(f, n, f.orElse("a mapping such as {name: value}"))
		return
	}
	m.Entries = make([]Entry[T], len(n.Content)/2)
	for i := range m.Entries {
		key := n.Content[2*i]
		m.Entries[i].Key, m.Entries[i].Pos = key.Value, d.Pos(key)
		d.Decode(FieldSpec{Name: "`" + key.Value + "`", Limits: f.Limits}, n.Content[2*i+1], &m.Entries[i].Value)
	}
}

// A Raw is a node of any kind, which the user of the document must check.
type Raw struct {
	Node *yaml.Node
	Pos  Pos
}

// Given reports whether the field is in the file.
func (r Raw) Given() bool { return r.Node != nil }

// Decode implements Decodable.
func (r *Raw) Decode(d Decoder, _ FieldSpec, n *yaml.Node) { r.Node, r.Pos = n, d.Pos(n) }
