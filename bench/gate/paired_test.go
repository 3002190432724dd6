package gate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// lowerCritical returns the values in the published tables: the largest rank sum T with P(sum ≤ T) ≤ alpha, one-sided,
// as printed in F. Wilcoxon, S. K. Katti, R. A. Wilcox (1963), table 2, and in most textbooks.
func TestSignedRankAgreesWithTheTables(t *testing.T) {
	for _, c := range []struct {
		alpha float64
		first int // the smallest n in the table
		sums  []int
	}{
		{0.05, 5, []int{0, 2, 3, 5, 8, 10, 13, 17, 21, 25, 30, 35, 41, 47, 53, 60}},
		{0.025, 6, []int{0, 2, 3, 5, 8, 10, 13, 17, 21, 25, 29, 34, 40, 46, 52}},
		{0.01, 7, []int{0, 1, 3, 5, 7, 9, 12, 15, 19, 23, 27, 32, 37, 43}},
		{0.005, 8, []int{0, 1, 3, 5, 7, 9, 12, 15, 19, 23, 27, 32, 37}},
	} {
		for i, want := range c.sums {
			require.Equal(t, want, lowerCritical(c.first+i, c.alpha), "n=%d alpha=%v", c.first+i, c.alpha)
		}
		require.Equal(t, -1, lowerCritical(c.first-1, c.alpha))
	}
}

// SignedRank returns the p-value in the example of R's help page of wilcox.test, which is from M. Hollander, D. A.
// Wolfe, Nonparametric Statistical Methods (1973), p. 29: V = 40, p-value = 0.01953.
func TestSignedRankOfHollanderAndWolfe(t *testing.T) {
	x := []float64{1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30}
	y := []float64{0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29}
	diffs := make([]float64, len(x))
	for i := range x {
		diffs[i] = x[i] - y[i]
	}
	ranks, sum := signedRanks(diffs)
	require.Len(t, ranks, 9)
	require.Equal(t, 40, sum/2)
	require.InDelta(t, 0.01953, SignedRank(diffs), 5e-6)
	shift, upper := Shift(diffs, 0.05)
	require.InDelta(t, 0.46, shift, 0.005) // Hollander and Wolfe give 0.46
	require.Greater(t, upper, shift)
}

// SignedRank equals the result of counting every pattern of signs, also with ties and zeros among the differences.
func TestSignedRankAgreesWithEnumeration(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		diffs := make([]float64, rng.IntN(13))
		for i := range diffs {
			diffs[i] = float64(rng.IntN(15) - 7)
			if rng.IntN(3) == 0 {
				diffs[i] = rng.NormFloat64()
			}
		}
		require.InDelta(t, enumerate(diffs), SignedRank(diffs), 1e-12, "%v", diffs)
	}
}

// enumerate counts the sign patterns whose sum of positive ranks is as large as that of diffs.
func enumerate(diffs []float64) float64 {
	var sizes []float64
	for _, d := range diffs {
		if d != 0 {
			sizes = append(sizes, math.Abs(d))
		}
	}
	rank := func(size float64) float64 {
		below, equal := 0, 0
		for _, s := range sizes {
			if s < size {
				below++
			} else if s == size {
				equal++
			}
		}
		return float64(below) + float64(equal+1)/2
	}
	observed := 0.0
	for _, d := range diffs {
		if d > 0 {
			observed += rank(d)
		}
	}
	extreme := 0
	for signs := range 1 << len(sizes) {
		sum := 0.0
		for i, size := range sizes {
			if signs>>i&1 == 1 {
				sum += rank(size)
			}
		}
		if sum >= observed {
			extreme++
		}
	}
	return float64(extreme) / float64(int(1)<<len(sizes))
}

func TestSignedRankEdges(t *testing.T) {
	require.Equal(t, 1.0, SignedRank(nil))
	require.Equal(t, 1.0, SignedRank([]float64{0, 0, 0}))
	require.Equal(t, 0.5, SignedRank([]float64{3}))
	require.Equal(t, 1.0, SignedRank([]float64{-3}))
	require.Equal(t, 1.0/1024, SignedRank([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}))
	_, upper := Shift([]float64{1, 2, 3}, 0.01)
	require.True(t, math.IsInf(upper, 1))
}

// The normal approximation is close to the exact distribution where it takes over.
func TestNormalTailContinuesTheExactOne(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, mean := range []float64{-0.1, 0, 0.05, 0.1, 0.15} {
		diffs := make([]float64, exactLimit)
		for i := range diffs {
			diffs[i] = mean + rng.NormFloat64()
		}
		ranks, sum := signedRanks(diffs)
		require.InDelta(t, exactTail(ranks, sum), normalTail(ranks, sum), 5e-4)
	}
	exact := lowerCritical(exactLimit, 0.01)
	approximate := lowerCritical(exactLimit+1, 0.01)
	require.InDelta(t, exact, approximate, float64(exact)*0.01)
}

// The upper bound of Shift covers the true value as often as its confidence level says.
func TestShiftCovers(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	missed := 0
	const trials = 4000
	for range trials {
		diffs := make([]float64, 15)
		for i := range diffs {
			diffs[i] = 2 + rng.NormFloat64()
		}
		if _, upper := Shift(diffs, 0.05); upper < 2 {
			missed++
		}
	}
	require.InDelta(t, 0.05, float64(missed)/trials, 0.012)
}

// Holm returns the adjusted values of the worked example in
// https://en.wikipedia.org/wiki/Holm%E2%80%93Bonferroni_method#Example: at level 0.05, H₄ and H₁ are rejected and H₂
// and H₃ are not; the adjusted values are 0.03, 0.06, 0.06, 0.02.
func TestHolmExample(t *testing.T) {
	require.InDeltaSlice(t, []float64{0.03, 0.06, 0.06, 0.02}, Holm([]float64{0.01, 0.04, 0.03, 0.005}), 1e-15)
	require.Empty(t, Holm(nil))
	require.Equal(t, []float64{1, 1}, Holm([]float64{0.9, 0.7}))
}

// Holm rejects the same hypotheses as the procedure in the paper, which compares the k-th smallest of n p-values with
// alpha/(n−k+1) and stops at the first that is larger.
func TestHolmIsSequentiallyRejective(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 500 {
		p := make([]float64, 1+rng.IntN(8))
		for i := range p {
			p[i] = rng.Float64() * rng.Float64() * 0.2
		}
		const alpha = 0.05
		left := len(p)
		rejected := make([]bool, len(p))
		for left > 0 {
			best := -1
			for i := range p {
				if !rejected[i] && (best < 0 || p[i] < p[best]) {
					best = i
				}
			}
			if p[best] > alpha/float64(left) {
				break
			}
			rejected[best] = true
			left--
		}
		for i, a := range Holm(p) {
			require.Equal(t, rejected[i], a <= alpha, fmt.Sprint(p))
		}
	}
}
