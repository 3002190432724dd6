package fakeam_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/fakeam"
)

// From the same stream, a scaled distribution yields the same times multiplied by the factor.
func TestScale(t *testing.T) {
	const ms = time.Millisecond
	for _, d := range []fakeam.Distribution{
		fakeam.Constant(20 * ms), fakeam.Uniform(10*ms, 30*ms), fakeam.Exponential(50 * ms), fakeam.Lognormal(80*ms, 0.4),
		fakeam.Normal(50*ms, 5*ms), fakeam.Pareto(10*ms, 1.5),
	} {
		a, b := fakeam.NewRandom(1, "am", "latency"), fakeam.NewRandom(1, "am", "latency")
		for range 100 {
			require.InDelta(t, 2.5*float64(d.Draw(&a)), float64(d.Scale(2.5).Draw(&b)), 3, d)
		}
		var below int
		for range 10_000 {
			if time.Duration(d.Draw(&a)) <= d.Median() {
				below++
			}
		}
		if d.IsRandom() {
			require.InDelta(t, 5000, below, 200, d)
		} else {
			require.Equal(t, 10_000, below)
		}
		require.Equal(t, d != fakeam.Constant(20*ms), d.IsRandom())
	}
	require.False(t, fakeam.Uniform(ms, ms).IsRandom())
	service := fakeam.Service{PerRequest: 10 * ms, PerAlert: 2 * ms}
	require.Equal(t, fakeam.Service{PerRequest: 5 * ms, PerAlert: ms}, service.Scale(0.5))
	require.Equal(t, fakeam.Constant(fakeam.MaxDelay), fakeam.Constant(time.Hour).Scale(1e9))
}
