package scenarios

import (
	"reflect"
	"time"

	"go.yaml.in/yaml/v3"
)

// A periodDoc is the time from one event to the next: always the same, or drawn.
type periodDoc struct {
	value[time.Duration]      // or the mean
	exponential          bool // drawn
}

// periodForms are the ways to write drawn times.
type periodForms struct {
	place
	Exponential *struct {
		Mean value[time.Duration] `yaml:"mean" limits:"1ms..366d" required:"write the mean, such as mean: 5m"`
	} `yaml:"exponential" required:"write exponential: {mean: 5m}"`
}

func (p *periodDoc) decode(d decoder, f field, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		p.value.decode(d, f, n)
		return
	}
	var forms periodForms
	d.decode(f, n, &forms)
	if p.exponential = forms.Exponential != nil; p.exponential {
		p.value = forms.Exponential.Mean
	}
}

func (*periodDoc) schema(w *schemaWriter, f field) object {
	return object{{"anyOf", []object{w.of(reflect.TypeFor[value[time.Duration]](), f), w.define(reflect.TypeFor[periodForms]())}}}
}
