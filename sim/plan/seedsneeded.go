package plan

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// maxSeeds is the most seeds of a plan.
const maxSeeds = 100_000

// atMost returns the probability that a binomial variable of n trials with probability p is at most k. It is the
// confidence with which the (k+1)-th smallest of n values covers the quantile p, whatever their distribution (David &
// Nagaraja, Order Statistics, 2003, 7.1). For a discrete distribution it is a lower bound of the confidence.
func atMost(k, n int, p float64) float64 {
	switch {
	case k < 0:
		return 0
	case k >= n:
		return 1
	}
	return mathext.RegIncBeta(float64(n-k), float64(k+1), 1-p)
}

// SeedsFor returns the smallest number of seeds of which the largest covers the quantile p with the confidence: 59 for
// 0.95 and 0.95, 299 for 0.99 and 0.95. Both are in (0, 1).
func SeedsFor(p, confidence float64) (int, error) {
	if err := checkShares(p, confidence); err != nil {
		return 0, err
	}
	n := int(math.Ceil(math.Log1p(-confidence)/math.Log(p) - 1e-9))
	if n > maxSeeds {
		return 0, fmt.Errorf("%g %% of runs with a confidence of %g %% take %d seeds, above the limit of %d; write a "+
			"lower one",
			100*p, 100*confidence, n, maxSeeds)
	}
	return max(n, 1), nil
}

func checkShares(p, confidence float64) error {
	switch {
	case !(p > 0 && p < 1):
		return fmt.Errorf("percentile %g: no number of runs bounds it; write one between 0 and 100, such as 95", 100*p)
	case !(confidence > 0 && confidence < 1):
		return fmt.Errorf("confidence %g: no number of runs gives it; write one between 0 and 1, such as 0.95", confidence)
	}
	return nil
}

// Rank returns the rank, from 1, of the smallest of n ordered values that covers the quantile p with the confidence; 0
// if even the largest does not.
func Rank(n int, p, confidence float64) int {
	low, high := 1, n+1
	for low < high {
		if mid := (low + high) / 2; atMost(mid-1, n, p) >= confidence {
			high = mid
		} else {
			low = mid + 1
		}
	}
	if low > n {
		return 0
	}
	return low
}
