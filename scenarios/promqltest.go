package scenarios

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// A PromQLTest expects the result of an expression over the virtual scrapes at EvalTime: these samples and no others, in any order,
// as promtool's promql_expr_test does.
type PromQLTest struct {
	Pos      Pos
	Only     []string // the releases that it is for; nil is all
	FailsOn  FailsOn
	Expr     string
	ExprPos  Pos
	EvalTime time.Duration
	Samples  []ExpectedSample
}

// An ExpectedSample is one of the result of an expression.
type ExpectedSample struct {
	Pos    Pos
	Labels labels.Labels
	Value  float64
	// Histogram is the sample if it is not nil.
	Histogram *histogram.FloatHistogram
}

// For reports whether the expectation is for the release.
func (e *PromQLTest) For(r *core.Release) bool { return isFor(e.Only, r) }

type promqlTestDoc struct {
	strictyaml.Mapping
	Release  strictyaml.List[string]         `yaml:"release" example:"a release such as v3.15, or a list of them"`
	FailsOn  failsOnDoc                      `yaml:"fails_on" example:"such as {v3.9: 'prometheus#7676: the queue is shared'}"`
	Expr     strictyaml.Value[string]        `yaml:"expr" required:"write an expression, such as expr: 'sum(alerts_queued)'"`
	EvalTime strictyaml.Value[time.Duration] `yaml:"eval_time" limits:"0s..106751d" required:"write when to look, such as eval_time: 10m"`
	Samples  []sampleDoc                     `yaml:"exp_samples"`
}

type sampleDoc struct {
	strictyaml.Mapping
	Labels    strictyaml.Value[string] `yaml:"labels"`
	Value     numberDoc                `yaml:"value"`
	Histogram strictyaml.Value[string] `yaml:"histogram"`
}

// A numberDoc is any number, infinite ones and NaN included, as YAML or PromQL spells them.
type numberDoc struct{ strictyaml.Value[float64] }

func (v *numberDoc) Decode(d strictyaml.Decoder, f strictyaml.FieldSpec, n *yaml.Node) {
	v.Pos = d.Pos(n)
	text := n.Value
	switch text {
	case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF":
		text = "+Inf"
	case "-.inf", "-.Inf", "-.INF":
		text = "-Inf"
	case ".nan", ".NaN", ".NAN":
		text = "NaN"
	}
	x, err := strconv.ParseFloat(text, 64)
	if n.Kind != yaml.ScalarNode || n.Style != 0 || err != nil {
		v.Invalid = true
		d.Wrong(f, n, "a number such as 12, 0.5, 1e6, +Inf or NaN"+strictyaml.Unquoted(n))
		return
	}
	v.V = x
}

func (t *testChecker) promqlTests() {
	for _, doc := range t.doc.PromQL {
		t.inTime("eval_time", doc.EvalTime)
		e := PromQLTest{Pos: doc.Pos, Only: t.only(doc.Release), Expr: doc.Expr.V, ExprPos: doc.Expr.Pos, EvalTime: doc.EvalTime.V}
		t.precise(doc.EvalTime)
		e.FailsOn = t.failsOn(doc.FailsOn, e.Only)
		if doc.Expr.OK() {
			parseExpression(t.Report, t.expression(doc.Expr), t.vocabulary())
		}
		for _, s := range doc.Samples {
			e.Samples = append(e.Samples, t.sample(s))
		}
		t.test.PromQL = append(t.test.PromQL, e)
	}
}

// precise reports a time that PromQL cannot express.
func (t *testChecker) precise(at strictyaml.Value[time.Duration]) {
	if at.OK() && at.V%time.Millisecond != 0 {
		t.Errorf(at.Pos, "eval_time is %s, and PromQL counts in milliseconds; write %s", strictyaml.FormatDuration(at.V), strictyaml.FormatDuration(at.V.Truncate(time.Millisecond)))
	}
}

func (t *testChecker) sample(doc sampleDoc) ExpectedSample {
	s := ExpectedSample{Pos: doc.Pos, Value: doc.Value.V}
	if !doc.Value.Given() && !doc.Histogram.Given() {
		t.Missing(doc.Mapping, "the sample has no value; write value: 0, or what it is")
	}
	if doc.Labels.OK() && doc.Labels.V != "" {
		var err error
		if s.Labels, err = promql.ParseMetric(doc.Labels.V); err != nil {
			t.Errorf(doc.Labels.Pos, "labels are %q: %s; write such as '{to=\"any\"}', or leave labels out", strictyaml.Shorten(doc.Labels.V), promqlError(err))
		}
	}
	if doc.Histogram.OK() && doc.Histogram.V != "" {
		_, values, err := promql.ParseSeriesDesc("{} " + doc.Histogram.V)
		switch {
		case err != nil:
			t.Errorf(doc.Histogram.Pos, "histogram is %q: %s; write such as '{{sum:5 count:4 buckets:[1 2 1]}}'", strictyaml.Shorten(doc.Histogram.V), promqlError(err))
		case len(values) != 1 || values[0].Histogram == nil:
			t.Errorf(doc.Histogram.Pos, "histogram is %q, which is not one histogram; write such as '{{sum:5 count:4 buckets:[1 2 1]}}'", strictyaml.Shorten(doc.Histogram.V))
		default:
			s.Histogram = values[0].Histogram
		}
	}
	return s
}

// vocabulary returns what expressions of this test may be about: all that any of its releases has.
func (t *testChecker) vocabulary() *vocabulary {
	if t.words != nil {
		return t.words
	}
	v := newVocabulary()
	v.addMetrics(slices.DeleteFunc(slices.Clone(t.file.Releases), func(rel *core.Release) bool { return t.test.Only != nil && !isFor(t.test.Only, rel) }))
	v.addGiven(t.test.Metrics)
	v.addRules(t.file)
	if len(t.test.Metrics) > 0 {
		t.words = v
		return v
	}
	v.addJobs()
	if !t.partly {
		v.value("to", append([]string{"any"}, t.known.all...)...)
	}
	t.words = v
	return v
}

// MaxULPs is how far two numbers may be apart that fuzzy_compare takes for equal: neighbours, as in promtool.
const MaxULPs = 1

// Same reports whether a number is the expected one, with fuzzy_compare as promtool has it. NaN is NaN.
func Same(want, got float64, fuzzy bool) bool {
	switch {
	case want == got, math.IsNaN(want) && math.IsNaN(got):
		return true
	case !fuzzy:
		return false
	}
	return math.Nextafter(want, math.Inf(-1)) == got || math.Nextafter(want, math.Inf(1)) == got
}

func (*numberDoc) schema(*schemaWriter, strictyaml.FieldSpec) object {
	return object{{"type", []string{"number", "string"}}}
}
