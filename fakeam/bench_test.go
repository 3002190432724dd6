package fakeam

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// behaviours has an example for each branch of Decide.
var behaviours = []struct {
	name string
	b    Behaviour
}{
	{"plain", Behaviour{}},
	{"constant", Behaviour{Latency: Constant(20 * ms)}},
	{"uniform", Behaviour{Latency: Uniform(10*ms, 30*ms)}},
	{"exponential", Behaviour{Latency: Exponential(20 * ms)}},
	{"lognormal", Behaviour{Latency: Lognormal(80*ms, 0.4)}},
	{"service", Behaviour{Service: Service{PerRequest: 3 * ms, PerAlert: 40 * time.Microsecond}}},
	{"hang", Behaviour{Fault: Fault{Hang: true}}},
	{"refuse", Behaviour{Fault: Fault{Refuse: true}}},
	{"reset", Behaviour{Latency: Constant(20 * ms), Fault: Fault{Reset: true}}},
	{"status p=0.3", Behaviour{Latency: Constant(20 * ms), Fault: Fault{Status: 503, Probability: 0.3}}},
	{"normal", Behaviour{Latency: Normal(80*ms, 20*ms)}},
	{"pareto", Behaviour{Latency: Pareto(20*ms, 1.5)}},
	{"stall", Behaviour{Stall: Stall{Every: 30 * time.Second, For: 2 * time.Second}}},
	{"partial ramp", Behaviour{Fault: Fault{Partial: 0.5, Probability: 0.5, Ramp: time.Hour}}},
	{"truncate every", Behaviour{Fault: Fault{Truncate: true, Every: time.Minute, For: time.Second}}},
	{"everything", Behaviour{
		Latency: Lognormal(80*ms, 0.4),
		Service: Service{PerRequest: 3 * ms, PerAlert: 40 * time.Microsecond},
		Stall:   Stall{Every: 30 * time.Second, For: 2 * time.Second},
		Fault:   Fault{Status: 503, Probability: 0.3},
	}},
}

var decision Decision

func BenchmarkDecide(b *testing.B) {
	for _, kind := range behaviours {
		b.Run(kind.name, func(b *testing.B) {
			am := New("am-a:9093", kind.b, 1)
			b.ReportAllocs()
			now := int64(0)
			for b.Loop() {
				now += int64(ms)
				decision = am.Decide(now, 64)
			}
		})
	}
}

func TestDecideAllocatesNothing(t *testing.T) {
	for _, kind := range behaviours {
		am := New("am-a:9093", kind.b, 1)
		am.StartFault(0, Fault{Hang: true, Probability: 0.1}, "1")
		require.Zero(t, testing.AllocsPerRun(1000, func() { decision = am.Decide(1, 64) }), kind.name)
	}
}

func BenchmarkBitset(b *testing.B) {
	for _, n := range []struct {
		name  string
		n     int
		first int
	}{{"64 aligned", 64, 0}, {"64 across words", 64, 13}, {"256", 256, 13}} {
		b.Run(n.name, func(b *testing.B) {
			var set Bitset
			set.Add(0, 1<<16)
			b.ReportAllocs()
			first := n.first
			for b.Loop() {
				set.Add(first, n.n)
				first = (first + 64) & (1<<15 - 1)
			}
		})
	}
}

func BenchmarkNewRandom(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		r := NewRandom(1, "am-a:9093", "latency")
		_ = r
	}
}
