package fakeam

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestFaultString(t *testing.T) {
	for want, f := range map[string]Fault{
		"none":                          {},
		"hang":                          {Hang: true},
		"refuse":                        {Refuse: true, Probability: 1},
		"reset (first 3)":               {Reset: true, First: 3},
		"status 503 (p=0.3)":            {Status: 503, Probability: 0.3},
		"status 429 (p=0.05, first 10)": {Status: 429, Probability: 0.05, First: 10},
		"hang and status 500":           {Hang: true, Status: 500},
		"lose_response":                 {LoseResponse: true},
		"truncate (every 1m for 5s)":    {Truncate: true, Every: time.Minute, For: 5 * time.Second},
		"slow_body 5s (after 3)":        {SlowBody: 5 * time.Second, After: 3},
		"partial 0.25 (p=0.5, ramp 1h)": {Partial: 0.25, Probability: 0.5, Ramp: time.Hour},
		"wrong_content":                 {WrongContent: true},
		"tls (p=0.5)":                   {TLS: true, Probability: 0.5},
		"rate_limit 10":                 {RateLimit: 10},
	} {
		require.Equal(t, want, f.String())
	}
}

func TestFaultValidate(t *testing.T) {
	for _, f := range []Fault{
		{Hang: true}, {Refuse: true, Probability: 1}, {Reset: true, First: 1},
		{Status: 300}, {Status: 599, Probability: 0x1p-60, First: 5}, {LoseResponse: true, After: 7, Ramp: 1},
		{Truncate: true}, {SlowBody: 1, Every: 2, For: 1}, {Partial: 0.999}, {WrongContent: true}, {TLS: true},
		{RateLimit: maxRate},
	} {
		require.NoError(t, f.Validate(), "%s", f)
	}
	const chance = "; write how likely a request meets the fault, above 0 and at most 1"
	for _, c := range []struct {
		fault Fault
		want  string
	}{
		{Fault{Probability: 0.5}, "a fault has no kind; write one of " + kindNames},
		{Fault{Hang: true, Reset: true}, "a fault has the kinds hang and reset; write only one of them"},
		{Fault{Hang: true, Refuse: true, Status: 1},
			"a fault has the kinds hang and refuse and status 1; write only one of them"},
		{Fault{RateLimit: -1}, "`rate_limit` is -1; write how many requests are served in a second"},
		{Fault{RateLimit: 1000001}, "`rate_limit` is 1000001; write at most 1000000 requests a second"},
		{Fault{Status: 299}, "`status` is 299, which is not an error status; write 300 to 599"},
		{Fault{Status: 600}, "`status` is 600, which is not an error status; write 300 to 599"},
		{Fault{Status: -1}, "`status` is -1, which is not an error status; write 300 to 599"},
		{Fault{Hang: true, Probability: 1.5}, "`probability` is 1.5" + chance},
		{Fault{Hang: true, Probability: -0.1}, "`probability` is -0.1" + chance},
		{Fault{Hang: true, Probability: math.NaN()}, "`probability` is NaN" + chance},
		{Fault{Hang: true, First: -2}, "`first` is -2; write how many requests meet the fault, or omit it for all"},
		{Fault{Hang: true, After: -2}, "`after` is -2; write how many requests are served before the fault, or omit it"},
		{Fault{Hang: true, Ramp: -2 * ms}, "`ramp` is -2ms; write how long the probability rises, or omit it"},
		{Fault{SlowBody: -2 * ms}, "`slow_body` is -2ms; write how long the body takes to arrive"},
		{Fault{SlowBody: 25 * time.Hour}, "`slow_body` is 25h; write at most 24h"},
		{Fault{Partial: 1}, "`partial` is 1; write the fraction of the alerts that is stored, between 0 and 1"},
		{Fault{Hang: true, For: 5}, "`every` is missing; write the length of a period, such as every: 30s"},
		{Fault{Hang: true, Every: 5}, "`for` is missing; write how long it lasts in each period, such as for: 2s"},
		{Fault{Hang: true, Every: 2 * ms, For: 2 * ms},
			"`for` is 2ms and `every` is 2ms; write a `for` that is shorter than `every`"},
	} {
		require.EqualError(t, c.fault.Validate(), c.want)
	}
}

func TestBehaviour(t *testing.T) {
	full := Behaviour{
		Latency: Lognormal(80*ms, 0.4),
		Service: Service{PerRequest: 3 * ms, PerAlert: 40 * time.Microsecond},
		Stall:   Stall{Every: 30 * time.Second, For: 2 * time.Second},
		Fault:   Fault{Status: 503, Probability: 0.3},
	}
	require.NoError(t, full.Validate())
	require.NoError(t, Behaviour{}.Validate())
	require.Equal(t, "latency {lognormal: {median: 80ms, sigma: 0.4}}, service 3ms + 40us per alert, "+
		"stall every 30s for 2s, status 503 (p=0.3)", full.String())
	require.Equal(t, "200 at once", Behaviour{}.String())

	for _, c := range []struct {
		behaviour Behaviour
		want      string
	}{
		{Behaviour{Service: Service{PerRequest: -ms}}, "service: `per_request` is -1ms; write 0s to 24h"},
		{Behaviour{Service: Service{PerAlert: -40 * time.Microsecond}}, "service: `per_alert` is -40us; write 0s to 24h"},
		{Behaviour{Service: Service{PerAlert: 25 * time.Hour}}, "service: `per_alert` is 25h; write 0s to 24h"},
		{Behaviour{Latency: Constant(-1)}, "latency: a time is negative; write 0s or more"},
		{Behaviour{Stall: Stall{Every: 5}},
			"stall: `for` is missing; write how long it lasts in each period, such as for: 2s"},
		{Behaviour{Fault: Fault{Status: 200}}, "`status` is 200, which is not an error status; write 300 to 599"},
		{Behaviour{Fault: Fault{First: 3}}, "a fault has no kind; write one of " + kindNames},
	} {
		require.EqualError(t, c.behaviour.Validate(), c.want)
	}
}

func TestServiceTime(t *testing.T) {
	s := Service{PerRequest: 3 * ms, PerAlert: 40 * time.Microsecond}
	require.Equal(t, int64(3*ms), s.duration(0))
	require.Equal(t, int64(3*ms), s.duration(-1))
	require.Equal(t, int64(3*ms+64*40*time.Microsecond), s.duration(64))
	longest := time.Duration(math.MaxInt64)
	require.Equal(t, Never, Service{PerAlert: longest}.duration(2))
	require.Equal(t, Never, Service{PerAlert: longest}.duration(3)) // over 64 bits
	require.Equal(t, Never, Service{PerRequest: ms, PerAlert: longest}.duration(1))
	require.Zero(t, Service{PerRequest: -1, PerAlert: -1}.duration(5))
}

// All work is done outside the stalls, without idle time.
func TestStall(t *testing.T) {
	s := Stall{Every: 30, For: 2}
	for _, c := range [][3]int64{ // start and amount of the work, expected end
		{0, 0, 0}, {0, 30, 30}, {0, 31, 33}, {1, 29, 30}, {30, 0, 32}, {31, 5, 37}, {32, 28, 60}, {32, 29, 63},
		{5, 25 + 28*3, 120}, {5, 25 + 28*3 + 1, 123},
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

// Jitter is evenly distributed around the latency, and draws from a random stream of its own.
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
