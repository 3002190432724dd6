package scenarios_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/fakeam"
)

func TestBehaviours(t *testing.T) {
	for text, want := range map[string]fakeam.Behaviour{
		"{}":                          {},
		"{latency: 20ms}":             {Latency: fakeam.Constant(20 * time.Millisecond)},
		"{latency: 0}":                {},
		"{latency: {constant: 1.5s}}": {Latency: fakeam.Constant(1500 * time.Millisecond)},
		"{latency: {uniform: {min: 10ms, max: 30ms}}}": {
			Latency: fakeam.Uniform(10*time.Millisecond, 30*time.Millisecond),
		},
		"{latency: {exponential: {mean: 50ms}}}":             {Latency: fakeam.Exponential(50 * time.Millisecond)},
		"{latency: {lognormal: {median: 80ms, sigma: 0.4}}}": {Latency: fakeam.Lognormal(80*time.Millisecond, 0.4)},
		"{service: {per_request: 3ms, per_alert: 40us}}": {
			Service: fakeam.Service{PerRequest: 3 * time.Millisecond, PerAlert: 40 * time.Microsecond},
		},
		"{hang: true}":                    {Fault: fakeam.Fault{Hang: true}},
		"{hang: false}":                   {},
		"{refuse: true, first: 3}":        {Fault: fakeam.Fault{Refuse: true, First: 3}},
		"{reset: true, probability: 0.5}": {Fault: fakeam.Fault{Reset: true, Probability: 0.5}},
		"{latency: {normal: {mean: 50ms, stddev: 10ms}}}": {
			Latency: fakeam.Normal(50*time.Millisecond, 10*time.Millisecond),
		},
		"{latency: {pareto: {min: 10ms, alpha: 1.5}}}": {Latency: fakeam.Pareto(10*time.Millisecond, 1.5)},
		"{stall: {every: 30s, for: 2s}}": {
			Stall: fakeam.Stall{Every: 30 * time.Second, For: 2 * time.Second},
		},
		"{lose_response: true}":      {Fault: fakeam.Fault{LoseResponse: true}},
		"{truncate: true, after: 7}": {Fault: fakeam.Fault{Truncate: true, After: 7}},
		"{slow_body: 24h, ramp: 1m}": {
			Fault: fakeam.Fault{SlowBody: 24 * time.Hour, Ramp: time.Minute},
		},
		"{partial: 0.5, every: 1m, for: 2s}": {
			Fault: fakeam.Fault{Partial: 0.5, Every: time.Minute, For: 2 * time.Second},
		},
		"{wrong_content: true, truncate: false}": {Fault: fakeam.Fault{WrongContent: true}},
		"{latency: 1s, status: 503, probability: 1, first: 2}": {
			Latency: fakeam.Constant(time.Second), Fault: fakeam.Fault{Status: 503, Probability: 1, First: 2},
		},
	} {
		am := parseTest(t, "alertmanagers: {'am-b:9093': "+text+"}").Alertmanagers[0]
		require.Equal(t, "am-b:9093", am.Address)
		require.Equal(t, want, am.Behaviour, text)
	}
}
