package document

import (
	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// A Distribution is a constant duration, or a mapping with exactly one of the fields of distributionForms.
type Distribution struct {
	fakeam.Distribution
	// Trace is the name of a file with times, which the caller must read. If it is given, the embedded Distribution is
	// unused.
	Trace   text
	Invalid bool // an error has been reported
}

type distributionForms struct {
	strictyaml.Mapping
	Constant    duration     `yaml:"constant" limits:"0s..1h"`
	Uniform     *uniform     `yaml:"uniform"`
	Exponential *exponential `yaml:"exponential"`
	Lognormal   *lognormal   `yaml:"lognormal"`
	Normal      *normal      `yaml:"normal"`
	Pareto      *pareto      `yaml:"pareto"`
	Trace       text         `yaml:"trace"`
}

// The forms are type aliases, because the schema describes them in place rather than by named definitions.
type (
	uniform = struct {
		Min duration `yaml:"min" limits:"0s..1h" required:"write the shortest time, such as min: 10ms"`
		Max duration `yaml:"max" limits:"0s..1h" required:"write the longest time, such as max: 30ms"`
	}
	exponential = struct {
		Mean duration `yaml:"mean" limits:"0s..1h" required:"write the mean, such as mean: 50ms"`
	}
	lognormal = struct {
		Median duration `yaml:"median" limits:"0s..1h" required:"write the median, such as median: 80ms"`
		Sigma  number   `yaml:"sigma" limits:"0..10" required:"write the spread of the logarithm, such as sigma: 0.4"`
	}
	normal = struct {
		Mean   duration `yaml:"mean" limits:"0s..1h" required:"write the mean, such as mean: 50ms"`
		Stddev duration `yaml:"stddev" limits:"0s..1h" required:"write the standard deviation, such as stddev: 10ms"`
	}
	pareto = struct {
		Min   duration `yaml:"min" limits:"0s..1h" required:"write the shortest time, such as min: 10ms"`
		Alpha number   `yaml:"alpha" limits:"0.1..100" required:"write the exponent, such as alpha: 1.5"`
	}
)

// Decode implements strictyaml.Decodable.
func (l *Distribution) Decode(d strictyaml.Decoder, f strictyaml.FieldSpec, n *yaml.Node) {
	before := d.Count()
	defer func() { l.Invalid = d.Count() > before }()
	var forms distributionForms
	if n.Kind != yaml.MappingNode {
		if f.Limits = "0s..1h"; n.Kind == yaml.SequenceNode || strictyaml.Empty(n) {
			d.Wrong(f, n, "a duration such as 20ms, or a distribution such as {lognormal: {median: 80ms, sigma: 0.4}}")
			return
		}
		d.Decode(f, n, &forms.Constant)
		l.Distribution = fakeam.Constant(forms.Constant.V)
		return
	}
	d.Decode(f, n, &forms)
	d.One(forms.Mapping, f.Name,
		strictyaml.NewChoice("constant", forms.Constant.Given()),
		strictyaml.NewChoice("uniform", forms.Uniform != nil),
		strictyaml.NewChoice("exponential", forms.Exponential != nil),
		strictyaml.NewChoice("lognormal", forms.Lognormal != nil),
		strictyaml.NewChoice("normal", forms.Normal != nil),
		strictyaml.NewChoice("pareto", forms.Pareto != nil),
		strictyaml.NewChoice("trace", forms.Trace.Given()))
	if u := forms.Uniform; u != nil && u.Min.OK() && u.Max.OK() && u.Min.V > u.Max.V {
		d.Errorf(u.Max.Pos, "`max` is less than `min`; write a `max` of at least %s", strictyaml.FormatDuration(u.Min.V))
	}
	l.Trace = forms.Trace
	l.Distribution = forms.distribution()
}

func (f *distributionForms) distribution() fakeam.Distribution {
	switch {
	case f.Uniform != nil:
		return fakeam.Uniform(f.Uniform.Min.V, f.Uniform.Max.V)
	case f.Exponential != nil:
		return fakeam.Exponential(f.Exponential.Mean.V)
	case f.Lognormal != nil:
		return fakeam.Lognormal(f.Lognormal.Median.V, f.Lognormal.Sigma.V)
	case f.Normal != nil:
		return fakeam.Normal(f.Normal.Mean.V, f.Normal.Stddev.V)
	case f.Pareto != nil:
		return fakeam.Pareto(f.Pareto.Min.V, f.Pareto.Alpha.V)
	}
	return fakeam.Constant(f.Constant.V)
}
