package fakeam

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

const (
	second = int64(time.Second)
	msec   = int64(time.Millisecond)
)

func TestZeroBehaviourRespondsAtOnce(t *testing.T) {
	am := New("am-a:9093", Behaviour{}, 1)
	require.Equal(t, "am-a:9093", am.Address())
	require.Equal(t, Decision{Outcome: OK, Status: 200, At: 5, Accepts: true}, am.Decide(5, 64))
	require.Equal(t, Decision{Outcome: OK, Status: 200, At: 5, Accepts: true}, am.Decide(5, 64))
}

func TestEachFault(t *testing.T) {
	for _, c := range []struct {
		fault Fault
		want  Decision // for a request at 1s, with a latency of 20ms, while earlier requests are served until 3s
	}{
		{Fault{}, Decision{Outcome: OK, Status: 200, At: 4*second + 20*msec, Accepts: true}},
		{Fault{Hang: true}, Decision{Outcome: Hangs, At: Never}},
		{Fault{Refuse: true}, Decision{Outcome: Refused, At: second}},
		{Fault{Reset: true}, Decision{Outcome: Reset, At: second + 20*msec}},
		{Fault{Status: 503}, Decision{Outcome: BadStatus, Status: 503, At: second + 20*msec}},
		{Fault{LoseResponse: true}, Decision{Outcome: Reset, At: second + 20*msec, Accepts: true}},
		{Fault{Truncate: true}, Decision{Outcome: OK, Body: TruncatedBody, Status: 200, At: second + 20*msec, Accepts: true}},
		{Fault{SlowBody: ms}, Decision{
			Outcome: OK, Body: SlowBody, Status: 200, At: second + 20*msec, BodyDuration: msec, Accepts: true,
		}},
		{Fault{Partial: 0.5}, Decision{Outcome: BadStatus, Status: 400, At: second + 20*msec}}, // half an alert: none
		{Fault{WrongContent: true}, Decision{Outcome: OK, Body: WrongBody, Status: 200, At: second + 20*msec}},
		{Fault{TLS: true}, Decision{Outcome: TLSFails, At: second + 20*msec}},
	} {
		am := New("am-a:9093", Behaviour{Latency: Constant(20 * ms), Service: Service{PerAlert: time.Second}}, 1)
		am.Decide(0, 3)
		am.StartFault(0, c.fault, "1")
		require.Empty(t, cmp.Diff(c.want, am.Decide(second, 1)), "%s", c.fault)
		am.EndFault("1")
		// A request that meets a fault does not make other requests wait.
		busy := 3 * second
		if c.fault == (Fault{}) {
			busy = 4 * second
		}
		require.Equal(t, busy+second+20*msec, am.Decide(second, 1).At, "%s", c.fault)
	}
}

func TestAccepted(t *testing.T) {
	for _, c := range []struct {
		decision Decision
		want     int // stored alerts of a request with 64
	}{
		{Decision{}, 0},
		{Decision{AcceptFirst: 19}, 0},
		{Decision{Accepts: true}, 64},
		{Decision{Accepts: true, AcceptFirst: 19}, 19},
		{Decision{Accepts: true, AcceptFirst: 65}, 64},
	} {
		require.Equal(t, c.want, c.decision.Accepted(64), "%+v", c.decision)
	}
}

func anyBehaviour() *rapid.Generator[Behaviour] {
	return rapid.Custom(func(t *rapid.T) Behaviour {
		d := time.Duration(rapid.IntRange(0, 100).Draw(t, "latency")) * ms
		distributions := []Distribution{{}, Constant(d), Uniform(0, d), Exponential(d), Lognormal(d, 0.5)}
		return Behaviour{
			Latency: rapid.SampledFrom(distributions).Draw(t, "distribution"),
			Service: Service{
				PerRequest: time.Duration(rapid.IntRange(0, 20).Draw(t, "per request")) * ms,
				PerAlert:   time.Duration(rapid.IntRange(0, 3).Draw(t, "per alert")) * ms,
			},
		}
	})
}

func anyFault() *rapid.Generator[Fault] {
	return rapid.Custom(func(t *rapid.T) Fault {
		f := rapid.SampledFrom([]Fault{
			{Hang: true}, {Refuse: true}, {Reset: true}, {Status: 503}, {LoseResponse: true}, {Truncate: true},
			{SlowBody: time.Second}, {Partial: 0.5}, {WrongContent: true},
		}).Draw(t, "fault")
		f.Probability = rapid.SampledFrom([]float64{0, 0.1, 0.5, 0.9, 1}).Draw(t, "probability")
		f.First = rapid.SampledFrom([]int{0, 0, 1, 5}).Draw(t, "first")
		f.After = rapid.SampledFrom([]int{0, 0, 1, 5}).Draw(t, "after")
		f.Ramp = rapid.SampledFrom([]time.Duration{0, 0, 1, 50, time.Hour}).Draw(t, "ramp")
		if rapid.IntRange(0, 3).Draw(t, "periodic") == 0 {
			f.Every, f.For = 10, 3
		}
		return f
	})
}

// Requests are served in the order of arrival, one at a time, each for its service time, without idle time in between.
func TestServiceNeverOverlaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := anyBehaviour().Draw(t, "behaviour")
		b.Latency = Constant(7)
		if rapid.Bool().Draw(t, "faulty") {
			b.Fault = anyFault().Draw(t, "fault")
		}
		am := New("am-a:9093", b, rapid.Uint64().Draw(t, "seed"))
		var now, free int64
		for range 50 {
			now += int64(rapid.IntRange(0, 40).Draw(t, "wait")) * msec
			alerts := rapid.IntRange(0, 10).Draw(t, "alerts")
			got := am.Decide(now, alerts)
			if got.Outcome != OK || got.Body != IntactBody {
				continue // it met a fault, so it was not served
			}
			end := got.At - 7
			start := end - int64(b.Service.PerRequest) - int64(alerts)*int64(b.Service.PerAlert)
			require.Equal(t, max(now, free), start)
			free = end
		}
	})
}

// An additional fault changes only the decisions about requests that meet it. The other fault and the latencies draw
// the same random numbers as without it.
func TestOneMoreFaultChangesNoOtherDraw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := anyBehaviour().Draw(t, "behaviour")
		b.Service = Service{}
		seed := rapid.Uint64().Draw(t, "seed")
		p := rapid.Float64Range(0.01, 0.99).Draw(t, "p")
		more := anyFault().Draw(t, "more")
		more = Fault{
			Status: 429, Probability: more.Probability, First: more.First, After: more.After, Ramp: more.Ramp,
			Every: more.Every, For: more.For,
		}
		alone, both := New("am-a:9093", b, seed), New("am-a:9093", b, seed)
		for _, am := range []*Alertmanager{alone, both} {
			am.StartFault(0, Fault{Status: 500, Probability: p}, "one")
		}
		from, to := rapid.IntRange(0, 50).Draw(t, "from"), rapid.IntRange(0, 100).Draw(t, "to")
		for i := range 100 {
			if i == from {
				both.StartFault(0, more, "more")
			}
			if i == to {
				both.EndFault("more")
			}
			want, got := alone.Decide(int64(i), 1), both.Decide(int64(i), 1)
			require.Equal(t, want.At, got.At, "request %d", i)
			if got.Status != 429 {
				require.Equal(t, want, got, "request %d", i)
			}
		}
	})
}

// Requests that hang or are refused draw no latency, so the other requests get the same latencies as without them.
func TestHangAndRefuseDrawNoLatency(t *testing.T) {
	b := Behaviour{Latency: Exponential(20 * ms)}
	for _, f := range []Fault{{Hang: true, Probability: 0.5}, {Refuse: true, Probability: 0.5}} {
		plain, faulty := New("am-a:9093", b, 1), New("am-a:9093", b, 1)
		faulty.StartFault(0, f, "1")
		for range 1000 {
			if got := faulty.Decide(0, 1); got.Accepts {
				require.Equal(t, plain.Decide(0, 1), got)
			}
		}
	}
}

func TestSameSeedSameDecisions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := anyBehaviour().Draw(t, "behaviour")
		b.Fault = anyFault().Draw(t, "fault")
		seed := rapid.Uint64().Draw(t, "seed")
		x, y := New("am-a:9093", b, seed), New("am-a:9093", b, seed)
		for i := range int64(100) {
			d := x.Decide(i, 1)
			require.Equal(t, d, y.Decide(i, 1))
			require.GreaterOrEqual(t, d.At, i)
			accepts := d.Outcome == OK && d.Body != WrongBody || b.LoseResponse && d.Outcome == Reset ||
				b.Partial > 0 && d.AcceptFirst > 0
			require.Equal(t, accepts, d.Accepts)
			require.Equal(t, d.Outcome == OK || d.Outcome == BadStatus, d.Status != 0)
			require.Equal(t, d.Outcome == Hangs, d.At == Never)
		}
	})
}

// A different seed, address or key selects a different random stream.
func TestOtherSeedOtherDecisions(t *testing.T) {
	outcomes := func(address, key string, seed uint64) (s string) {
		am := New(address, Behaviour{}, seed)
		am.StartFault(0, Fault{Hang: true, Probability: 0.5}, key)
		for range 64 {
			s += am.Decide(0, 1).Outcome.String() + " "
		}
		return s
	}
	want := outcomes("am-a:9093", "1", 1)
	require.Equal(t, want, outcomes("am-a:9093", "1", 1))
	require.NotEqual(t, want, outcomes("am-b:9093", "1", 1))
	require.NotEqual(t, want, outcomes("am-a:9093", "2", 1))
	require.NotEqual(t, want, outcomes("am-a:9093", "1", 2))
}

// The new behaviour applies from now on, without the faults active before. Requests being served are still waited for.
func TestSetBehaviour(t *testing.T) {
	am := New("am-a:9093", Behaviour{Service: Service{PerAlert: time.Second}}, 1)
	am.StartFault(0, Fault{Hang: true, After: 1}, "1")
	require.Equal(t, 3*second, am.Decide(0, 3).At)
	am.SetBehaviour(second, Behaviour{
		Service: Service{PerRequest: time.Second}, Fault: Fault{Reset: true, Every: 20, For: 10},
	})
	require.Equal(t, Reset, am.Decide(second+9, 1).Outcome, "the fault of the new behaviour is active at once")
	require.Equal(t, 4*second, am.Decide(second+10, 1).At)
}

func TestTimeSaturates(t *testing.T) {
	am := New("am-a:9093", Behaviour{Latency: Constant(time.Second), Service: Service{PerAlert: math.MaxInt64}}, 1)
	require.Equal(t, Decision{Outcome: OK, Status: 200, At: Never, Accepts: true}, am.Decide(second, 1))
	require.Equal(t, Never, am.Decide(2*second, 1).At)
}

func TestOutcomeNames(t *testing.T) {
	for o, want := range []string{"ok", "bad_status", "refused", "reset", "hangs", "tls", "unknown"} {
		require.Equal(t, want, Outcome(o).String())
	}
}
