package fakeam

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFaultOfBehaviourIsActiveFromTheStart(t *testing.T) {
	am := New("am-a:9093", Behaviour{Fault: Fault{Hang: true}}, 1)
	require.Equal(t, Hangs, am.Decide(0, 1).Outcome)
	am.StartFault(0, Fault{Refuse: true}, "1")
	require.Equal(t, Refused, am.Decide(1, 1).Outcome)
	am.EndFault("1")
	require.Equal(t, Hangs, am.Decide(2, 1).Outcome)
	am.EndFault("")
	require.Equal(t, OK, am.Decide(3, 1).Outcome)
}

func TestLastFaultToStartDecides(t *testing.T) {
	am := New("am-a:9093", Behaviour{}, 1)
	am.StartFault(0, Fault{Hang: true}, "a")
	am.StartFault(0, Fault{Refuse: true}, "b")
	am.StartFault(0, Fault{Reset: true}, "c")
	require.Equal(t, Reset, am.Decide(0, 1).Outcome)
	am.EndFault("b")
	require.Equal(t, Reset, am.Decide(0, 1).Outcome)
	am.StartFault(0, Fault{Hang: true}, "a") // it starts anew
	require.Equal(t, Hangs, am.Decide(0, 1).Outcome)
	am.EndFault("a")
	require.Equal(t, Reset, am.Decide(0, 1).Outcome)
	am.EndFault("c")
	am.EndFault("c")
	am.EndFault("never started")
	require.Equal(t, OK, am.Decide(0, 1).Outcome)
}

func TestFirstCountsRequestsThatMeetTheFault(t *testing.T) {
	am := New("am-a:9093", Behaviour{Fault: Fault{Status: 503, First: 2}}, 1)
	am.StartFault(0, Fault{Hang: true, First: 3}, "1")
	var got []Outcome
	for i := range int64(7) {
		got = append(got, am.Decide(i, 1).Outcome)
	}
	require.Equal(t, []Outcome{Hangs, Hangs, Hangs, BadStatus, BadStatus, OK, OK}, got)
}

func TestFirstWithProbability(t *testing.T) {
	am := New("am-a:9093", Behaviour{Fault: Fault{Reset: true, First: 100, Probability: 0.25}}, 1)
	met, last := 0, 0
	for i := range 10_000 {
		if am.Decide(int64(i), 1).Outcome == Reset {
			met++
			last = i
		}
	}
	require.Equal(t, 100, met)
	require.InDelta(t, 400, last, 120)
}

func TestProbability(t *testing.T) {
	const n = 100_000
	for _, p := range []float64{0.001, 0.3, 0.5, 0.999, 1, 0} {
		am := New("am-a:9093", Behaviour{Fault: Fault{Status: 503, Probability: p}}, 1)
		met := 0
		for i := range int64(n) {
			if am.Decide(i, 1).Outcome == BadStatus {
				met++
			}
		}
		if p == 0 {
			p = 1
		}
		require.InDelta(t, n*p, met, 3.3*math.Sqrt(n*p*(1-p)), "p=%v", p)
	}
}

func TestPartialAcceptsTheFirst(t *testing.T) {
	am := New("am-a:9093", Behaviour{Fault: Fault{Partial: 0.3}}, 1)
	require.Equal(t, Decision{Outcome: BadStatus, Status: 400, At: 5, Accepts: true, AcceptFirst: 19}, am.Decide(5, 64))
}

func TestAfterLetsRequestsPass(t *testing.T) {
	am := New("am-a:9093", Behaviour{Fault: Fault{Status: 503, After: 2, First: 2}}, 1)
	am.StartFault(0, Fault{Hang: true, First: 1}, "1")
	var got []Outcome
	for i := range int64(7) {
		got = append(got, am.Decide(i, 1).Outcome)
	}
	require.Equal(t, []Outcome{Hangs, OK, OK, BadStatus, BadStatus, OK, OK}, got)
}

func TestEveryCountsFromTheStart(t *testing.T) {
	am := New("am-a:9093", Behaviour{}, 1)
	am.StartFault(100, Fault{Reset: true, Every: 10, For: 3}, "1")
	for i := int64(100); i < 200; i++ {
		require.Equal(t, i%10 < 3, am.Decide(i, 1).Outcome == Reset, "%d", i)
	}
}

func TestRampRises(t *testing.T) {
	am := New("am-a:9093", Behaviour{}, 1)
	am.StartFault(1_000_000, Fault{Reset: true, Probability: 0.8, Ramp: 100_000}, "1")
	var met [3]int
	for i := range int64(300_000) {
		if am.Decide(1_000_000+i, 1).Outcome == Reset {
			met[i/100_000]++
		}
	}
	require.InDelta(t, 40_000, met[0], 700) // on average, half of the probability applies during the ramp
	require.InDelta(t, 80_000, met[1], 600)
	require.InDelta(t, 80_000, met[2], 600)
}

// RateLimit requests are served in each second of the fault. The others are rejected without entering the queue.
func TestRateLimit(t *testing.T) {
	am := New("am-a:9093", Behaviour{Latency: Constant(20 * ms), Service: Service{PerRequest: 100 * ms}}, 1)
	am.StartFault(second/2, Fault{RateLimit: 2}, "1")
	var status []int
	for _, at := range []int64{600, 700, 800, 1400, 1499, 1500, 1501, 1502, 4000} {
		status = append(status, am.Decide(at*msec, 1).Status)
	}
	require.Equal(t, []int{200, 200, 429, 429, 429, 200, 200, 429, 200}, status)
}

// The port is closed whenever every request would meet a fault that refuses it.
func TestPortClosed(t *testing.T) {
	periodic := Fault{Refuse: true, Every: 10, For: 3}
	for _, c := range []struct {
		name   string
		faults []Fault // sorted by start; all start at 100
		now    int64
		closed bool
		until  int64
	}{
		{"no fault", nil, 100, false, Never},
		{"refuse", []Fault{{Refuse: true}}, 100, true, Never},
		{"hang", []Fault{{Hang: true}}, 100, false, Never},
		{"some requests", []Fault{{Refuse: true, Probability: 0.5}}, 100, false, Never},
		{"the first", []Fault{{Refuse: true, First: 1}}, 100, false, Never},
		{"refuses only later requests", []Fault{{Refuse: true, After: 1}}, 100, false, Never},
		{"refuses more and more requests", []Fault{{Refuse: true, Ramp: 5}}, 100, false, Never},
		{"periodic, on", []Fault{periodic}, 122, true, 123},
		{"periodic, off", []Fault{periodic}, 123, false, 130},
		{"hang after refuse", []Fault{{Refuse: true}, {Hang: true}}, 100, false, Never},
		{"refuse after hang", []Fault{{Hang: true}, {Refuse: true}}, 100, true, Never},
		{"periodic hang after refuse, on", []Fault{{Refuse: true}, {Hang: true, Every: 10, For: 3}}, 111, false, 113},
		{"periodic hang after refuse, off", []Fault{{Refuse: true}, {Hang: true, Every: 10, For: 3}}, 114, true, 120},
	} {
		am := New("am-a:9093", Behaviour{}, 1)
		for i, f := range c.faults {
			am.StartFault(100, f, string(rune('a'+i)))
		}
		closed, until := am.PortClosed(c.now)
		require.Equal(t, c.closed, closed, c.name)
		require.Equal(t, c.until, until, c.name)
	}
}
