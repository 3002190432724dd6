package fakeam

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
)

func TestParseBehaviour(t *testing.T) {
	for text, want := range map[string]Behaviour{
		"":                             {},
		"# nothing\n":                  {},
		"hang: true":                   {Fault: Fault{Hang: true}},
		"latency: 20ms":                {Latency: Constant(20 * ms)},
		"latency: {constant: 1s500ms}": {Latency: Constant(1500 * ms)},
		"latency: {normal: {mean: 80ms, stddev: 10ms}}\nstall: {every: 30s, for: 2s}": {
			Latency: Normal(80*ms, 10*ms), Stall: Stall{Every: 30 * time.Second, For: 2 * time.Second},
		},
		"latency: {uniform: {min: 1ms, max: 2ms}}":         {Latency: Uniform(ms, 2*ms)},
		"latency: {pareto: {min: 20ms, alpha: 1.5}}":       {Latency: Pareto(20*ms, 1.5)},
		"latency: {exponential: {mean: 20ms}}":             {Latency: Exponential(20 * ms)},
		"latency: {lognormal: {median: 80ms, sigma: 0.4}}": {Latency: Lognormal(80*ms, 0.4)},
		"{status: 503, probability: 0.3, ramp: 5m, every: 1m, for: 5s, after: 3, first: 10}": {Fault: Fault{
			Status: 503, Probability: 0.3, Ramp: 5 * time.Minute, Every: time.Minute, For: 5 * time.Second, After: 3, First: 10,
		}},
		"{slow_body: 5s}": {Fault: Fault{SlowBody: 5 * time.Second}},
		"{partial: 0.5}":  {Fault: Fault{Partial: 0.5}},
		"service: {per_request: 3ms, per_alert: 40us}": {
			Service: Service{PerRequest: 3 * ms, PerAlert: 40 * time.Microsecond},
		},
	} {
		got, err := ParseBehaviour([]byte(text), nil)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for text, want := range map[string]string{
		"hangs: true":         "field hangs not found",
		"latency: {gamma: 5}": "field gamma not found",
		"latency: {}":         "line 1: a distribution has exactly one of the fields constant",
		"latency: {constant: 1s, exponential: {mean: 1s}}": "a distribution has exactly one of",
		"latency: [1]":                          "cannot unmarshal",
		"latency: soon":                         "cannot unmarshal",
		"{hang: true, status: 500}":             "a fault has the kinds hang and status 500",
		"hang: true\n---\nhang: false":          "more than one YAML document",
		"latency: {trace: /etc/hostname}":       "`trace` is \"/etc/hostname\", but only scenario and behaviour",
		strings.Repeat("#", MaxBehaviourFile+1): "is too long",
	} {
		_, err := ParseBehaviour([]byte(text), nil)
		require.ErrorContains(t, err, want)
	}
}

// ParseBehaviour can read what yaml.Marshal writes.
func TestBehaviourFileRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := anyBehaviour().Draw(t, "behaviour")
		b.Latency = rapid.SampledFrom([]Distribution{b.Latency, Normal(5, 6), Pareto(7*ms, 2.25)}).Draw(t, "latency")
		if rapid.Bool().Draw(t, "faulty") {
			b.Fault = anyFault().Draw(t, "fault")
		}
		text, err := yaml.Marshal(b)
		require.NoError(t, err)
		back, err := ParseBehaviour(text, nil)
		require.NoError(t, err, "%s", text)
		require.Equal(t, b, back, "%s", text)
	})
}
