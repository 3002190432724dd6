package fakeam

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// distance returns the Kolmogorov-Smirnov statistic √n·max|F_n - F| of a sample against a distribution function. One
// sample in a thousand exceeds 1.95. Since the seeds are fixed, a test that passes once always passes.
func distance(sample []float64, cdf func(float64) float64) float64 {
	slices.Sort(sample)
	n := float64(len(sample))
	worst := 0.0
	for i, x := range sample {
		f := cdf(x)
		worst = max(worst, f-float64(i)/n, float64(i+1)/n-f)
	}
	return worst * math.Sqrt(n)
}

func normalCDF(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

func draws(n int, draw func() float64) []float64 {
	sample := make([]float64, n)
	for i := range sample {
		sample[i] = draw()
	}
	return sample
}

func TestRandomShapes(t *testing.T) {
	const n = 100_000
	r := NewRandom(1, "am-a:9093", "shape")
	require.Less(t, distance(draws(n, r.Float64), func(x float64) float64 { return x }), 1.95)
	require.Less(t, distance(draws(n, r.Exp), func(x float64) float64 { return -math.Expm1(-x) }), 1.95)
	require.Less(t, distance(draws(n, r.Norm), normalCDF), 1.95)
	// The statistic is large enough to detect a wrong distribution.
	require.Greater(t, distance(draws(n, r.Norm), func(x float64) float64 { return normalCDF(x / 1.02) }), 1.95)
}

func TestRandomIsAValue(t *testing.T) {
	a := NewRandom(7, "am-a:9093", "latency")
	a.Uint64()
	b := a
	require.Equal(t, a.Uint64(), b.Uint64())
	again := NewRandom(7, "am-a:9093", "latency")
	again.Uint64()
	again.Uint64()
	require.Equal(t, a, again)
}

// Every method draws from the stream exactly once.
func TestRandomDrawsOnce(t *testing.T) {
	start := NewRandom(1, "a", "p")
	want := start
	want.Uint64()
	for i, draw := range []func(*Random){
		func(r *Random) { r.Float64() }, func(r *Random) { r.Exp() }, func(r *Random) { r.Norm() },
		func(r *Random) { Uniform(1, 9).Draw(r) }, func(r *Random) { Uniform(4, 4).Draw(r) },
		func(r *Random) { Exponential(5).Draw(r) }, func(r *Random) { Lognormal(5, 1).Draw(r) },
	} {
		r := start
		draw(&r)
		require.Equal(t, want, r, "draw %d", i)
	}
	r := start
	Constant(5).Draw(&r)
	require.Equal(t, start, r)
}

func TestStreamsDiffer(t *testing.T) {
	seen := map[uint64]string{}
	for _, seed := range []uint64{0, 1, 2, 1 << 63} {
		for _, names := range [][2]string{
			{"", ""}, {"a", ""}, {"", "a"}, {"a", "b"}, {"ab", ""}, {"", "ab"}, {"b", "a"}, {"a\x00", "b"}, {"a", "\x00b"},
			{"am-a:9093", "latency"}, {"am-b:9093", "latency"}, {"am-a:9093", "fault latency"},
		} {
			name := fmt.Sprintf("%d %q %q", seed, names[0], names[1])
			r := NewRandom(seed, names[0], names[1])
			first := r.Uint64()
			require.Empty(t, seen[first], "the first draw of %s is the same as that of %s", name, seen[first])
			seen[first] = name
		}
	}
}

// The first draws for neighbouring seeds are uncorrelated, and so are those for two purposes of one actor.
func TestStreamsAreIndependent(t *testing.T) {
	const n = 50_000
	var firsts, sums []float64
	product := 0.0
	for seed := range uint64(n) {
		a, b := NewRandom(seed, "am-a:9093", "latency"), NewRandom(seed, "am-a:9093", "fault f")
		u, v := a.Float64(), b.Float64()
		firsts = append(firsts, u)
		_, sum := math.Modf(u + v)
		sums = append(sums, sum)
		product += (u - 0.5) * (v - 0.5) * 12
	}
	serial := 0.0
	for i := range firsts[1:] {
		serial += (firsts[i] - 0.5) * (firsts[i+1] - 0.5) * 12
	}
	require.InDelta(t, 0, product/math.Sqrt(n), 3.3)
	require.InDelta(t, 0, serial/math.Sqrt(n), 3.3)
	uniform := func(x float64) float64 { return x }
	require.Less(t, distance(firsts, uniform), 1.95)
	require.Less(t, distance(sums, uniform), 1.95)
}

func TestRandomGolden(t *testing.T) {
	r := NewRandom(1, "am-a:9093", "latency")
	got := []uint64{
		r.Uint64(), r.Uint64(), r.Uint64(),
		math.Float64bits(r.Float64()), math.Float64bits(r.Exp()), math.Float64bits(r.Norm()),
	}
	want := []uint64{
		9035636402211390766, 7474336620175341510, 8629181373985891280,
		4604131886439042986, 4587694278986682226, 13827292003943160373,
	}
	require.Empty(t, cmp.Diff(want, got))
}
