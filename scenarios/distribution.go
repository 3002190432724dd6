package scenarios

import (
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/fakeam"
)

// A distributionDoc is a constant duration or a mapping with the one form that is meant. That of a trace file is for the checker to read.
type distributionDoc struct {
	fakeam.Distribution
	trace value[string]
	bad   bool // and reported as wrong
}

type distributionForms struct {
	place
	Constant value[time.Duration] `yaml:"constant" limits:"0s..1h"`
	Uniform  *struct {
		Min value[time.Duration] `yaml:"min" limits:"0s..1h" required:"write the shortest, such as min: 10ms"`
		Max value[time.Duration] `yaml:"max" limits:"0s..1h" required:"write the longest, such as max: 30ms"`
	} `yaml:"uniform"`
	Exponential *struct {
		Mean value[time.Duration] `yaml:"mean" limits:"0s..1h" required:"write the mean, such as mean: 50ms"`
	} `yaml:"exponential"`
	Lognormal *struct {
		Median value[time.Duration] `yaml:"median" limits:"0s..1h" required:"write the median, such as median: 80ms"`
		Sigma  value[float64]       `yaml:"sigma" limits:"0..10" required:"write the spread, such as sigma: 0.4"`
	} `yaml:"lognormal"`
	Normal *struct {
		Mean   value[time.Duration] `yaml:"mean" limits:"0s..1h" required:"write the mean, such as mean: 50ms"`
		Stddev value[time.Duration] `yaml:"stddev" limits:"0s..1h" required:"write the standard deviation, such as stddev: 10ms"`
	} `yaml:"normal"`
	Pareto *struct {
		Min   value[time.Duration] `yaml:"min" limits:"0s..1h" required:"write the shortest, such as min: 10ms"`
		Alpha value[float64]       `yaml:"alpha" limits:"0.1..100" required:"write the exponent, such as alpha: 1.5; the lower, the longer the tail"`
	} `yaml:"pareto"`
	Trace value[string] `yaml:"trace"`
}

func (l *distributionDoc) decode(d decoder, f field, n *yaml.Node) {
	var forms distributionForms
	before := d.report.wrong
	defer func() { l.bad = d.report.wrong > before }()
	if n.Kind != yaml.MappingNode {
		if f.limits = "0s..1h"; n.Kind == yaml.SequenceNode || kindOf(n) == "empty" {
			d.wrong(f, n, "a duration such as 20ms, or a distribution such as {lognormal: {median: 80ms, sigma: 0.4}}")
			return
		}
		d.decode(f, n, &forms.Constant)
		l.Distribution = fakeam.Constant(forms.Constant.V)
		return
	}
	d.decode(f, n, &forms)
	d.one(forms.place, f.name, choice{"constant", forms.Constant.given()}, choice{"uniform", forms.Uniform != nil},
		choice{"exponential", forms.Exponential != nil}, choice{"lognormal", forms.Lognormal != nil},
		choice{"normal", forms.Normal != nil}, choice{"pareto", forms.Pareto != nil}, choice{"trace", forms.Trace.given()})
	l.trace = forms.Trace
	switch u, e, ln, n, p := forms.Uniform, forms.Exponential, forms.Lognormal, forms.Normal, forms.Pareto; {
	case u != nil:
		if u.Min.ok() && u.Max.ok() && u.Min.V > u.Max.V {
			d.errorf(u.Max.Pos, "max is below min; write a max from %s on", formatDuration(u.Min.V))
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
