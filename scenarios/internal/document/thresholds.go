package document

import (
	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// A Threshold is text such as count == 0, or k6's long form: a mapping with the text and further fields.
type Threshold struct{ longThreshold }

type longThreshold struct {
	strictyaml.Mapping
	Threshold text `yaml:"threshold" required:"write one such as threshold: 'count == 0'"`
	Scope     `yaml:",inline"`
}

// Decode implements strictyaml.Decodable.
func (v *Threshold) Decode(d strictyaml.Decoder, f strictyaml.FieldSpec, n *yaml.Node) {
	if n.Kind == yaml.MappingNode {
		d.Decode(f, n, &v.longThreshold)
		return
	}
	f.Write = "a threshold such as 'count == 0'"
	d.Decode(f, n, &v.Threshold)
}
