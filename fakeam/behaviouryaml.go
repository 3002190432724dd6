package fakeam

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"go.yaml.in/yaml/v3"
)

// MaxBehaviourFile is the length limit of the text that ParseBehaviour reads, in bytes.
const MaxBehaviourFile = 1 << 20

// ParseBehaviour reads a Behaviour from YAML as it is written below an address in a scenario file:
//
//	latency: {lognormal: {median: 80ms, sigma: 0.4}}
//	status: 503
//	probability: 0.3
//
// An unknown field is an error. Empty text is the zero Behaviour. Durations are in Go's notation, such as 20ms or
// 1m30s. readTrace reads the file named by a latency of {trace: name}. If readTrace is nil, such a latency is an error.
func ParseBehaviour(text []byte, readTrace func(name string) (*TraceFile, error)) (Behaviour, error) {
	var b Behaviour
	if len(text) > MaxBehaviourFile {
		return b, fmt.Errorf("a behaviour of %d bytes is too long; write at most %d bytes", len(text), MaxBehaviourFile)
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&b); err != nil && !errors.Is(err, io.EOF) {
		return Behaviour{}, err
	}
	if d.Decode(new(yaml.Node)) == nil {
		return Behaviour{}, errors.New("there is more than one YAML document; write only one")
	}
	if trace := b.Latency.trace; trace != nil && readTrace != nil {
		read, err := readTrace(trace.name)
		if err != nil {
			return Behaviour{}, fmt.Errorf("latency: trace: %w", err)
		}
		b.Latency = Replay(read)
	}
	return b, b.Validate()
}

// distributionForms has a field for each way to write a distribution. Exactly one must be set.
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

// UnmarshalYAML reads what String returns: a duration, or a mapping from the name of a distribution to its parameters.
func (d *Distribution) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		var t time.Duration
		if err := n.Decode(&t); err != nil {
			return err
		}
		*d = Constant(t)
		return nil
	}
	// yaml.Node.Decode cannot reject unknown fields, so decode the node's text again.
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
		return fmt.Errorf("line %d: a distribution has exactly one of the fields constant, uniform, exponential, "+
			"lognormal, normal, pareto and trace; write one, such as {lognormal: {median: 80ms, sigma: 0.4}}", n.Line)
	}
	*d = forms[0]
	return nil
}

// MarshalYAML returns what UnmarshalYAML reads.
func (d Distribution) MarshalYAML() (any, error) {
	if d.kind == constant {
		return formatDuration(d.a), nil
	}
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(d.String()), &n); err != nil {
		return nil, err
	}
	return n.Content[0], nil
}
