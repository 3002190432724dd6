package fakeam

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

const ms = time.Millisecond

func TestDistributionShapes(t *testing.T) {
	const n = 100_000
	mean := float64(50 * ms)
	sigma := 0.4
	for _, c := range []struct {
		d            Distribution
		cdf          func(ns float64) float64
		mean, median float64 // ns
	}{
		{
			Uniform(10*ms, 30*ms),
			func(x float64) float64 { return (x - float64(10*ms)) / float64(20*ms) },
			float64(20 * ms), float64(20 * ms),
		}, {
			Exponential(50 * ms),
			func(x float64) float64 { return -math.Expm1(-x / mean) },
			mean, mean * math.Ln2,
		}, {
			Lognormal(80*ms, sigma),
			func(x float64) float64 { return normalCDF(math.Log(x/float64(80*ms)) / sigma) },
			float64(80*ms) * math.Exp(sigma*sigma/2), float64(80 * ms),
		}, {
			Normal(50*ms, 10*ms),
			func(x float64) float64 { return normalCDF((x - mean) / float64(10*ms)) },
			mean, mean,
		}, {
			Pareto(50*ms, 3),
			func(x float64) float64 { return 1 - math.Pow(mean/x, 3) },
			mean * 1.5, mean * math.Cbrt(2),
		},
	} {
		r := NewRandom(1, "am-a:9093", "latency")
		sum := 0.0
		sample := draws(n, func() float64 {
			x := float64(c.d.Draw(&r))
			sum += x
			return x
		})
		require.InEpsilon(t, c.mean, sum/n, 0.01, "%s", c.d)
		require.Less(t, distance(sample, c.cdf), 1.95, "%s", c.d)
		require.InEpsilon(t, c.median, sample[n/2], 0.015, "%s", c.d)
		require.InDelta(t, 0.99, c.cdf(sample[n*99/100]), 0.001, "%s", c.d)
	}
}

func TestUniformReachesBothEnds(t *testing.T) {
	r := NewRandom(1, "a", "p")
	var counts [3]int
	for range 30_000 {
		counts[Uniform(4, 6).Draw(&r)-4]++
	}
	for _, n := range counts {
		require.InDelta(t, 10_000, n, 300)
	}
}

func TestDrawStaysWithinLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := time.Duration(rapid.Int64().Draw(t, "a"))
		b := time.Duration(rapid.Int64().Draw(t, "b"))
		sigma := rapid.Float64().Draw(t, "sigma")
		d := rapid.SampledFrom([]Distribution{
			Constant(a), Uniform(a, b), Exponential(a), Lognormal(a, sigma), Normal(a, b), Pareto(a, sigma),
		}).Draw(t, "distribution")
		r := NewRandom(rapid.Uint64().Draw(t, "seed"), "a", "p")
		for range 20 {
			x := d.Draw(&r)
			require.GreaterOrEqual(t, x, int64(0))
			require.LessOrEqual(t, x, int64(MaxDelay))
			if d.kind == uniform && d.Validate() == nil {
				require.GreaterOrEqual(t, x, int64(a))
				require.LessOrEqual(t, x, int64(b))
			}
		}
	})
	r := NewRandom(1, "a", "p")
	longest := 0
	for range 1000 {
		if Lognormal(time.Second, 10).Draw(&r) == int64(MaxDelay) {
			longest++
		}
	}
	require.InDelta(t, 128, longest, 40) // 1000·(1-Φ(ln(86400)/10)): MaxDelay is 86400 medians
}

// A larger sigma moves every draw of the same stream further away from the median, but never to its other side.
func TestLognormalSpreadsWithSigma(t *testing.T) {
	r, s := NewRandom(1, "a", "p"), NewRandom(1, "a", "p")
	for range 1000 {
		x, y := Lognormal(80*ms, 0.2).Draw(&r), Lognormal(80*ms, 0.4).Draw(&s)
		require.Equal(t, x < int64(80*ms), y < int64(80*ms))
		require.Equal(t, x < int64(80*ms), y < x)
	}
}

func TestZeroDistribution(t *testing.T) {
	var d Distribution
	require.Equal(t, int64(0), d.Draw(new(Random)))
	require.Equal(t, "0s", d.String())
	require.True(t, d.IsZero())
	require.True(t, d.Equal(Constant(0)))
	require.False(t, Constant(1).IsZero())
	require.Empty(t, cmp.Diff(Exponential(5), Exponential(5)))
}

func TestDistributionString(t *testing.T) {
	for want, d := range map[string]Distribution{
		"20ms":                              Constant(20 * ms),
		"1h30m":                             Constant(90 * time.Minute),
		"1s500ms":                           Constant(1500 * ms),
		"1ms40us7ns":                        Constant(1_040_007),
		"24h":                               Constant(MaxDelay),
		"-5s":                               Constant(-5 * time.Second),
		"-2562047h47m16s854ms775us808ns":    Constant(math.MinInt64),
		"{uniform: {min: 10ms, max: 30ms}}": Uniform(10*ms, 30*ms),
		"{exponential: {mean: 40us}}":       Exponential(40 * time.Microsecond),
		"{lognormal: {median: 80ms, sigma: 0.4}}": Lognormal(80*ms, 0.4),
		"{normal: {mean: 80ms, stddev: 10ms}}":    Normal(80*ms, 10*ms),
		"{pareto: {min: 20ms, alpha: 1.5}}":       Pareto(20*ms, 1.5),
	} {
		require.Equal(t, want, d.String())
	}
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64().Draw(t, "d"))
		back, err := time.ParseDuration(formatDuration(d))
		require.NoError(t, err)
		require.Equal(t, d, back)
	})
}

func TestDistributionValidate(t *testing.T) {
	for _, d := range []Distribution{
		{}, Constant(MaxDelay), Uniform(0, 0), Uniform(1, 2), Exponential(0), Lognormal(ms, 0), Lognormal(ms, 10),
	} {
		require.NoError(t, d.Validate(), "%s", d)
	}
	for want, d := range map[string]Distribution{
		"a time is negative; write 0s or more":            Constant(-1),
		"`max` 1ms is less than `min` 2ms; swap them":     Uniform(2*ms, ms),
		"a time is 48h; write at most 24h":                Uniform(0, 2*MaxDelay),
		"a time is 24h1ns; write at most 24h":             Exponential(MaxDelay + 1),
		"`sigma` is -0.1; write a number from 0 to 10":    Lognormal(ms, -0.1),
		"`sigma` is NaN; write a number from 0 to 10":     Lognormal(ms, math.NaN()),
		"`sigma` is +Inf; write a number from 0 to 10":    Lognormal(ms, math.Inf(1)),
		"`alpha` is 0.05; write a number from 0.1 to 100": Pareto(ms, 0.05),
		"`alpha` is NaN; write a number from 0.1 to 100":  Pareto(ms, math.NaN()),
	} {
		require.EqualError(t, d.Validate(), want)
	}
	require.EqualError(t, Normal(ms, -1).Validate(), "a time is negative; write 0s or more")
	require.NoError(t, Normal(ms, ms).Validate())
	require.NoError(t, Pareto(ms, 1).Validate())
}

func TestDrawGolden(t *testing.T) {
	var got []int64
	for _, d := range []Distribution{
		Uniform(0, time.Second), Exponential(time.Second), Lognormal(80*ms, 0.4), Normal(80*ms, 20*ms), Pareto(20*ms, 1.5),
	} {
		r := NewRandom(1, "am-a:9093", "latency")
		got = append(got, d.Draw(&r), d.Draw(&r), d.Draw(&r))
	}
	require.Empty(t, cmp.Diff([]int64{
		489822831, 405184600, 467788860,
		713711523, 903412513, 759738240,
		79187731, 72678582, 77454829,
		79489737, 75201005, 78383414,
		32186270, 36525377, 33189197,
	}, got))
	require.True(t, slices.Max(got) < int64(MaxDelay))
}
