package scenarios

import (
	"reflect"

	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// A thresholdsDoc is one threshold or a list of them.
type thresholdsDoc struct {
	Items []thresholdDoc
	Pos   Pos
}

func (l *thresholdsDoc) Decode(d strictyaml.Decoder, f strictyaml.FieldSpec, n *yaml.Node) {
	if l.Pos = d.Pos(n); n.Kind == yaml.SequenceNode {
		d.Decode(f, n, &l.Items)
		return
	}
	l.Items = make([]thresholdDoc, 1)
	d.Decode(f, n, &l.Items[0])
}

func (*thresholdsDoc) schema(w *schemaWriter, f strictyaml.FieldSpec) object {
	one := w.of(reflect.TypeFor[thresholdDoc](), f)
	return object{{"anyOf", []object{one, {{"type", "array"}, {"items", one}}}}}
}

// A thresholdDoc is one, as text or in k6's long form, which says more of it.
type thresholdDoc struct{ longThreshold }

type longThreshold struct {
	strictyaml.Mapping
	Threshold strictyaml.Value[string] `yaml:"threshold" required:"write such as threshold: 'count == 0'"`
	Release   strictyaml.List[string]  `yaml:"release" example:"a release such as v3.15, or a list of them"`
	FailsOn   failsOnDoc               `yaml:"fails_on" example:"such as {v3.9: 'prometheus#7676: the queue is shared'}"`
}

func (v *thresholdDoc) Decode(d strictyaml.Decoder, f strictyaml.FieldSpec, n *yaml.Node) {
	if n.Kind == yaml.MappingNode {
		d.Decode(f, n, &v.longThreshold)
		return
	}
	f.Write = "such as 'count == 0'"
	d.Decode(f, n, &v.Threshold)
}

func (*thresholdDoc) schema(w *schemaWriter, f strictyaml.FieldSpec) object {
	return object{{"anyOf", []object{w.of(reflect.TypeFor[strictyaml.Value[string]](), f), w.define(reflect.TypeFor[longThreshold]())}}}
}
