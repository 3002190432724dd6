package scenarios

import (
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// A distributionDoc is a constant duration or a mapping with the one form that is meant. That of a trace file is for the checker to read.
type distributionDoc struct {
	fakeam.Distribution
	trace strictyaml.Value[string]
	bad   bool // and reported as wrong
}

type distributionForms struct {
	strictyaml.Mapping
	Constant strictyaml.Value[time.Duration] `yaml:"constant" limits:"0s..1h"`
	Uniform  *struct {
		Min strictyaml.Value[time.Duration] `yaml:"min" limits:"0s..1h" required:"write the shortest, such as min: 10ms"`
		Max strictyaml.Value[time.Duration] `yaml:"max" limits:"0s..1h" required:"write the longest, such as max: 30ms"`
	} `yaml:"uniform"`
	Exponential *struct {
		Mean strictyaml.Value[time.Duration] `yaml:"mean" limits:"0s..1h" required:"write the mean, such as mean: 50ms"`
	} `yaml:"exponential"`
	Lognormal *struct {
		Median strictyaml.Value[time.Duration] `yaml:"median" limits:"0s..1h" required:"write the median, such as median: 80ms"`
		Sigma  strictyaml.Value[float64]       `yaml:"sigma" limits:"0..10" required:"write the spread, such as sigma: 0.4"`
	} `yaml:"lognormal"`
	Normal *struct {
		Mean   strictyaml.Value[time.Duration] `yaml:"mean" limits:"0s..1h" required:"write the mean, such as mean: 50ms"`
		Stddev strictyaml.Value[time.Duration] `yaml:"stddev" limits:"0s..1h" required:"write the standard deviation, such as stddev: 10ms"`
	} `yaml:"normal"`
	Pareto *struct {
		Min   strictyaml.Value[time.Duration] `yaml:"min" limits:"0s..1h" required:"write the shortest, such as min: 10ms"`
		Alpha strictyaml.Value[float64]       `yaml:"alpha" limits:"0.1..100" required:"write the exponent, such as alpha: 1.5; the lower, the longer the tail"`
	} `yaml:"pareto"`
	Trace strictyaml.Value[string] `yaml:"trace"`
}

func (l *distributionDoc) Decode(d strictyaml.Decoder, f strictyaml.FieldSpec, n *yaml.Node) {
	var forms distributionForms
	before := d.Count()
	defer func() { l.bad = d.Count() > before }()
	if n.Kind != yaml.MappingNode {
		if f.Limits = "0s..1h"; n.Kind == yaml.SequenceNode || strictyaml.KindOf(n) == "empty" {
			d.Wrong(f, n, "a duration such as 20ms, or a distribution such as {lognormal: {median: 80ms, sigma: 0.4}}")
			return
		}
		d.Decode(f, n, &forms.Constant)
		l.Distribution = fakeam.Constant(forms.Constant.V)
		return
	}
	d.Decode(f, n, &forms)
	d.One(forms.Mapping, f.Name, strictyaml.NewChoice("constant", forms.Constant.Given()), strictyaml.NewChoice("uniform", forms.Uniform != nil),
		strictyaml.NewChoice("exponential", forms.Exponential != nil), strictyaml.NewChoice("lognormal", forms.Lognormal != nil),
		strictyaml.NewChoice("normal", forms.Normal != nil), strictyaml.NewChoice("pareto", forms.Pareto != nil), strictyaml.NewChoice("trace", forms.Trace.Given()))
	l.trace = forms.Trace
	switch u, e, ln, n, p := forms.Uniform, forms.Exponential, forms.Lognormal, forms.Normal, forms.Pareto; {
	case u != nil:
		if u.Min.OK() && u.Max.OK() && u.Min.V > u.Max.V {
			d.Errorf(u.Max.Pos, "max is below min; write a max from %s on", strictyaml.FormatDuration(u.Min.V))
		}
		l.Distribution = fakeam.Uniform(u.Min.V, u.Max.V)
	case e != nil:
		l.Distribution = fakeam.Exponential(e.Mean.V)
	case ln != nil:
		l.Distribution = fakeam.Lognormal(ln.Median.V, ln.Sigma.V)
	case n != nil:
		l.Distribution = fakeam.Normal(n.Mean.V, n.Stddev.V)
	case p != nil:
		l.Distribution = fakeam.Pareto(p.Min.V, p.Alpha.V)
	default:
		l.Distribution = fakeam.Constant(forms.Constant.V)
	}
}
