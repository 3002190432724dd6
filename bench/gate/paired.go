package gate

import (
	"math"
	"slices"
)

// exactLimit is the number of pairs up to which [SignedRank] counts all sign patterns. For more pairs it uses the
// normal approximation; at 300 pairs the two results differ by less than 0.0005.
const exactLimit = 300

// SignedRank returns the one-sided p-value of Wilcoxon's signed-rank test: if the differences are symmetric around 0,
// the probability that the sum of the positive ranks is at least that of diffs. A small value means that the
// differences are positive. Differences of 0 are left out, and differences of equal size share the mean of their ranks.
// If all differences are 0, the result is 1.
//
// Up to 300 differences the distribution is exact, even with shared ranks: all 2ⁿ patterns of signs are counted, by
// adding one rank after another to the distribution of the sum.
//
// F. Wilcoxon, Individual comparisons by ranking methods, Biometrics Bulletin 1 (1945) 80–83,
// https://doi.org/10.2307/3001968. The counting: F. Wilcoxon, S. K. Katti, R. A. Wilcox, Critical values and
// probability levels for the Wilcoxon rank sum test and the Wilcoxon signed rank test, 1963.
func SignedRank(diffs []float64) float64 {
	ranks, sum := signedRanks(diffs)
	if len(ranks) == 0 {
		return 1
	}
	if len(ranks) <= exactLimit {
		return exactTail(ranks, sum)
	}
	return normalTail(ranks, sum)
}

// signedRanks returns twice the rank of every difference that is not 0, and twice the sum of the ranks of the positive
// differences. The factor makes shared ranks integers.
func signedRanks(diffs []float64) (ranks []int, positive int) {
	sorted := make([]float64, 0, len(diffs))
	for _, d := range diffs {
		if d != 0 {
			sorted = append(sorted, d)
		}
	}
	slices.SortFunc(sorted, func(a, b float64) int {
		switch x, y := math.Abs(a), math.Abs(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	for i := 0; i < len(sorted); {
		j := i
		for j < len(sorted) && math.Abs(sorted[j]) == math.Abs(sorted[i]) {
			j++
		}
		for _, d := range sorted[i:j] {
			ranks = append(ranks, i+1+j) // twice the mean of the ranks from i+1 to j
			if d > 0 {
				positive += i + 1 + j
			}
		}
		i = j
	}
	return ranks, positive
}

// exactTail returns P(sum of the ranks with a positive sign ≥ sum) for the case that both signs are equally likely.
func exactTail(ranks []int, sum int) float64 {
	p := 0.0
	for _, q := range signSums(ranks)[sum:] {
		p += q
	}
	return min(p, 1)
}

// signSums returns the distribution of the sum of the ranks with a positive sign. The index is the sum.
func signSums(ranks []int) []float64 {
	total := 0
	for _, r := range ranks {
		total += r
	}
	prob := make([]float64, total+1)
	prob[0] = 1
	reach := 0
	for _, r := range ranks {
		reach += r
		for s := reach; s >= r; s-- {
			prob[s] = 0.5 * (prob[s] + prob[s-r])
		}
		for s := min(r-1, reach); s >= 0; s-- {
			prob[s] *= 0.5
		}
	}
	return prob
}

// normalTail approximates exactTail. It computes the variance from the given ranks, so shared ranks are taken into
// account.
func normalTail(ranks []int, sum int) float64 {
	mean, variance := 0.0, 0.0
	for _, r := range ranks {
		mean += float64(r) / 2
		variance += float64(r) * float64(r) / 4
	}
	z := (float64(sum) - 1 - mean) / math.Sqrt(variance) // continuity correction: the next lower sum is at least 1 less
	return 0.5 * math.Erfc(z/math.Sqrt2)
}

// Shift returns the Hodges–Lehmann estimate of the center of symmetry of diffs, which is the median of the means of all
// pairs of differences. It also returns the upper confidence bound at 1−alpha that corresponds to the signed-rank test,
// or +Inf if there are too few differences.
//
// J. L. Hodges, E. L. Lehmann, Estimates of location based on rank tests, Annals of Mathematical Statistics 34 (1963)
// 598–611.
func Shift(diffs []float64, alpha float64) (estimate, upper float64) {
	n := len(diffs)
	if n == 0 {
		return 0, math.Inf(1)
	}
	means := make([]float64, 0, n*(n+1)/2)
	for i, a := range diffs {
		for _, b := range diffs[i:] {
			means = append(means, (a+b)/2)
		}
	}
	slices.Sort(means)
	m := len(means)
	estimate = (means[(m-1)/2] + means[m/2]) / 2
	q := lowerCritical(n, alpha)
	if q < 0 {
		return estimate, math.Inf(1)
	}
	return estimate, means[m-1-q]
}

// lowerCritical returns the largest value that the sum of the positive ranks of n differences does not exceed with a
// probability of at most alpha, or −1 if even 0 has a higher probability.
func lowerCritical(n int, alpha float64) int {
	if n > exactLimit {
		mean := float64(n*(n+1)) / 4
		sd := math.Sqrt(float64(n*(n+1)) * float64(2*n+1) / 24)
		return int(math.Floor(mean - 0.5 - sd*math.Sqrt2*math.Erfinv(1-2*alpha)))
	}
	ranks := make([]int, n)
	for i := range ranks {
		ranks[i] = i + 1
	}
	p := 0.0
	for sum, q := range signSums(ranks) {
		if p += q; p > alpha {
			return sum - 1
		}
	}
	return n * (n + 1) / 2
}
