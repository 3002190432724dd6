package scenarios

import (
	"reflect"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// A periodDoc is the time from one event to the next: always the same, or drawn.
type periodDoc struct {
	strictyaml.Value[time.Duration]      // or the mean
	exponential                     bool // drawn
}

// periodForms are the ways to write drawn times.
type periodForms struct {
	strictyaml.Mapping
	Exponential *struct {
		Mean strictyaml.Value[time.Duration] `yaml:"mean" limits:"1ms..366d" required:"write the mean, such as mean: 5m"`
	} `yaml:"exponential" required:"write exponential: {mean: 5m}"`
}

func (p *periodDoc) Decode(d strictyaml.Decoder, f strictyaml.FieldSpec, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		p.Value.Decode(d, f, n)
		return
	}
	var forms periodForms
	d.Decode(f, n, &forms)
	if p.exponential = forms.Exponential != nil; p.exponential {
		p.Value = forms.Exponential.Mean
	}
}

func (*periodDoc) schema(w *schemaWriter, f strictyaml.FieldSpec) object {
	return object{{"anyOf", []object{w.of(reflect.TypeFor[strictyaml.Value[time.Duration]](), f), w.define(reflect.TypeFor[periodForms]())}}}
}
