package fakeam

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestPartialTakesTheFirst(t *testing.T) {
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

func TestEveryIsPeriodicFromTheBegin(t *testing.T) {
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
	require.InDelta(t, 40_000, met[0], 700) // a mean of half the probability
	require.InDelta(t, 80_000, met[1], 600)
	require.InDelta(t, 80_000, met[2], 600)
}

// Work between stalls adds up to the work that is asked for, none is done in a stall, and no time is wasted.
func TestStall(t *testing.T) {
	s := Stall{Every: 30, For: 2}
	for _, c := range [][3]int64{ // start, work, end
		{0, 0, 0}, {0, 30, 30}, {0, 31, 33}, {1, 29, 30}, {30, 0, 32}, {31, 5, 37}, {32, 28, 60}, {32, 29, 63}, {5, 25 + 28*3, 120}, {5, 25 + 28*3 + 1, 123},
	} {
		require.Equal(t, c[2], s.finish(c[0], c[1]), "%v", c)
	}
	require.Equal(t, Never, s.finish(5, Never-5))
	require.Equal(t, Never, Stall{Every: 2, For: 1}.finish(5, Never-50))
	rapid.Check(t, func(t *rapid.T) {
		every := rapid.IntRange(2, 20).Draw(t, "every")
		s := Stall{Every: time.Duration(every), For: time.Duration(rapid.IntRange(1, every-1).Draw(t, "for"))}
		start, d := int64(rapid.IntRange(0, 100).Draw(t, "start")), int64(rapid.IntRange(0, 200).Draw(t, "d"))
		stalled := func(at int64) bool { return at >= int64(s.Every) && at%int64(s.Every) < int64(s.For) }
		at, left := start, d
		for left > 0 || d == 0 && stalled(at) {
			if !stalled(at) {
				left--
			}
			at++
		}
		require.Equal(t, at, s.finish(start, d))
	})
	am := New("am-a:9093", Behaviour{Stall: s}, 1)
	require.Equal(t, int64(32), am.Decide(31, 1).At)
	am = New("am-a:9093", Behaviour{Stall: s, Service: Service{PerAlert: 10}}, 1)
	require.Equal(t, int64(38), am.Decide(26, 1).At)
	require.Equal(t, int64(48), am.Decide(26, 1).At)
}

// In each second of the fault so many pass, and the others are turned away and leave the queue as it is.
func TestRateLimit(t *testing.T) {
	am := New("am-a:9093", Behaviour{Latency: Constant(20 * ms), Service: Service{PerRequest: 100 * ms}}, 1)
	am.StartFault(second/2, Fault{RateLimit: 2}, "1")
	var status []int
	for _, at := range []int64{600, 700, 800, 1400, 1499, 1500, 1501, 1502, 4000} {
		status = append(status, am.Decide(at*msec, 1).Status)
	}
	require.Equal(t, []int{200, 200, 429, 429, 429, 200, 200, 429, 200}, status)
	require.Equal(t, Decision{Outcome: BadStatus, Status: 429, At: 1502*msec + 20*msec}, New("b", Behaviour{Latency: Constant(20 * ms), Fault: Fault{Status: 429}}, 1).Decide(1502*msec, 1))
}

// Jitter is even about the latency, and draws from a stream of its own.
func TestJitter(t *testing.T) {
	plain := New("am-a:9093", Behaviour{Latency: Exponential(time.Second)}, 1)
	jittered := New("am-a:9093", Behaviour{Latency: Exponential(time.Second), Jitter: 10 * ms}, 1)
	var least, most, sum int64
	const n = 10_000
	for range n {
		d := jittered.Decide(0, 1).At - plain.Decide(0, 1).At
		least, most, sum = min(least, d), max(most, d), sum+d
	}
	require.InDelta(t, -10*msec, least, float64(msec)/100)
	require.InDelta(t, 10*msec, most, float64(msec)/100)
	require.InDelta(t, 0, sum/n, float64(msec)/2)
	am, zero := New("am-a:9093", Behaviour{Jitter: time.Hour}, 1), 0
	for range n {
		at := am.Decide(0, 1).At
		require.GreaterOrEqual(t, at, int64(0))
		if at == 0 {
			zero++
		}
	}
	require.InDelta(t, n/2, zero, n/20)
}
