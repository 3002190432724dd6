package scenarios

import (
	"reflect"

	"go.yaml.in/yaml/v3"
)

// A thresholdsDoc is one threshold or a list of them.
type thresholdsDoc struct {
	Items []thresholdDoc
	Pos   Pos
}

func (l *thresholdsDoc) decode(d decoder, f field, n *yaml.Node) {
	if l.Pos = d.pos(n); n.Kind == yaml.SequenceNode {
		d.decode(f, n, &l.Items)
		return
	}
	l.Items = make([]thresholdDoc, 1)
	d.decode(f, n, &l.Items[0])
}

func (*thresholdsDoc) schema(w *schemaWriter, f field) object {
	one := w.of(reflect.TypeFor[thresholdDoc](), f)
	return object{{"anyOf", []object{one, {{"type", "array"}, {"items", one}}}}}
}

// A thresholdDoc is one, as text or in k6's long form, which says more of it.
type thresholdDoc struct{ longThreshold }

type longThreshold struct {
	place
	Threshold value[string] `yaml:"threshold" required:"write such as threshold: 'count == 0'"`
	Release   list[string]  `yaml:"release" example:"a release such as v3.15, or a list of them"`
	FailsOn   failsOnDoc    `yaml:"fails_on" example:"such as {v3.9: 'prometheus#7676: the queue is shared'}"`
}

func (v *thresholdDoc) decode(d decoder, f field, n *yaml.Node) {
	if n.Kind == yaml.MappingNode {
		d.decode(f, n, &v.longThreshold)
		return
	}
	f.write = "such as 'count == 0'"
	d.decode(f, n, &v.Threshold)
}

func (*thresholdDoc) schema(w *schemaWriter, f field) object {
	return object{{"anyOf", []object{w.of(reflect.TypeFor[value[string]](), f), w.define(reflect.TypeFor[longThreshold]())}}}
}
