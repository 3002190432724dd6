package fakeam

import (
	"testing"

	"github.com/stretchr/testify/require"
)

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
	require.InDelta(t, 40_000, met[0], 700) // the mean is half the probability
	require.InDelta(t, 80_000, met[1], 600)
	require.InDelta(t, 80_000, met[2], 600)
}

// RateLimit requests pass in each second of the fault. The others are rejected and do not enter the queue.
func TestRateLimit(t *testing.T) {
	am := New("am-a:9093", Behaviour{Latency: Constant(20 * ms), Service: Service{PerRequest: 100 * ms}}, 1)
	am.StartFault(second/2, Fault{RateLimit: 2}, "1")
	var status []int
	for _, at := range []int64{600, 700, 800, 1400, 1499, 1500, 1501, 1502, 4000} {
		status = append(status, am.Decide(at*msec, 1).Status)
	}
	require.Equal(t, []int{200, 200, 429, 429, 429, 200, 200, 429, 200}, status)
}

// The port is closed while the fault that a request meets refuses all requests.
func TestPortClosed(t *testing.T) {
	periodic := Fault{Refuse: true, Every: 10, For: 3}
	for _, c := range []struct {
		name   string
		faults []Fault // in order of their start at 100
		now    int64
		closed bool
		until  int64
	}{
		{"no fault", nil, 100, false, Never},
		{"refuse", []Fault{{Refuse: true}}, 100, true, Never},
		{"hang", []Fault{{Hang: true}}, 100, false, Never},
		{"some requests", []Fault{{Refuse: true, Probability: 0.5}}, 100, false, Never},
		{"the first", []Fault{{Refuse: true, First: 1}}, 100, false, Never},
		{"the later ones", []Fault{{Refuse: true, After: 1}}, 100, false, Never},
		{"more and more", []Fault{{Refuse: true, Ramp: 5}}, 100, false, Never},
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
