package fakeam

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"go.yaml.in/yaml/v3"
)

// MaxBehaviourFile is the longest text in bytes that ParseBehaviour reads.
const MaxBehaviourFile = 1 << 20

// ParseBehaviour reads a Behaviour from YAML, as it stands under an address in a scenario file:
//
//	latency: {lognormal: {median: 80ms, sigma: 0.4}}
//	status: 503
//	probability: 0.3
//
// An unknown field is an error. An empty text is the zero Behaviour. Durations are in Go's notation: 20ms, 1m30s.
// A latency of {trace: name} is read by readTrace; without one, it is an error.
func ParseBehaviour(text []byte, readTrace func(name string) (*TraceFile, error)) (Behaviour, error) {
	var b Behaviour
	if len(text) > MaxBehaviourFile {
		return b, fmt.Errorf("a behaviour of %d bytes is longer than the limit of %d", len(text), MaxBehaviourFile)
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&b); err != nil && !errors.Is(err, io.EOF) {
		return Behaviour{}, err
	}
	if d.Decode(new(yaml.Node)) == nil {
		return Behaviour{}, errors.New("there is more than one document; write one")
	}
	if trace := b.Latency.file; trace != nil && readTrace != nil {
		read, err := readTrace(trace.name)
		if err != nil {
			return Behaviour{}, fmt.Errorf("latency: trace: %w", err)
		}
		b.Latency = Replay(read)
	}
	return b, b.Validate()
}

// distributionForms are the ways to write a distribution, of which one is meant.
type distributionForms struct {
	Constant *time.Duration `yaml:"constant,omitempty"`
	Uniform  *struct {
		Min, Max time.Duration
	} `yaml:"uniform,omitempty"`
	Exponential *struct {
		Mean time.Duration
	} `yaml:"exponential,omitempty"`
	Lognormal *struct {
		Median time.Duration
		Sigma  float64
	} `yaml:"lognormal,omitempty"`
	Normal *struct {
		Mean, Stddev time.Duration
	} `yaml:"normal,omitempty"`
	Pareto *struct {
		Min   time.Duration
		Alpha float64
	} `yaml:"pareto,omitempty"`
	Trace *string `yaml:"trace,omitempty"`
}

// UnmarshalYAML reads what String writes: a duration, or a mapping with the name of a distribution.
func (d *Distribution) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		var t time.Duration
		if err := n.Decode(&t); err != nil {
			return err
		}
		*d = Constant(t)
		return nil
	}
	// A node decodes without KnownFields: take the strict way through its text.
	text, err := yaml.Marshal(n)
	if err != nil {
		return err
	}
	strict := yaml.NewDecoder(bytes.NewReader(text))
	strict.KnownFields(true)
	var f distributionForms
	if err := strict.Decode(&f); err != nil {
		return fmt.Errorf("line %d: %w", n.Line, err)
	}
	var forms []Distribution
	if f.Constant != nil {
		forms = append(forms, Constant(*f.Constant))
	}
	if u := f.Uniform; u != nil {
		forms = append(forms, Uniform(u.Min, u.Max))
	}
	if e := f.Exponential; e != nil {
		forms = append(forms, Exponential(e.Mean))
	}
	if l := f.Lognormal; l != nil {
		forms = append(forms, Lognormal(l.Median, l.Sigma))
	}
	if m := f.Normal; m != nil {
		forms = append(forms, Normal(m.Mean, m.Stddev))
	}
	if p := f.Pareto; p != nil {
		forms = append(forms, Pareto(p.Min, p.Alpha))
	}
	if f.Trace != nil {
		forms = append(forms, Replay(&TraceFile{name: *f.Trace}))
	}
	if len(forms) != 1 {
		return fmt.Errorf("line %d: a distribution is one of constant, uniform, exponential, lognormal, normal, pareto and trace; write one, such as {lognormal: {median: 80ms, sigma: 0.4}}", n.Line)
	}
	*d = forms[0]
	return nil
}

// MarshalYAML writes what String does.
func (d Distribution) MarshalYAML() (any, error) {
	if d.kind == constant {
		return spell(d.a), nil
	}
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(d.String()), &n); err != nil {
		return nil, err
	}
	return n.Content[0], nil
}
