package plan

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// An Estimate is a share, in [0, 1], with its 95 % confidence interval. The unit of observation is a run, since the
// losses within a run depend on each other. If there was only one run, Low and High equal Mean.
type Estimate struct {
	Mean float64 `json:"mean"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// A ratio is a number of alerts of one run, and the larger number of alerts that it is part of.
type ratio struct{ part, total int64 }

// estimate returns the sum of the parts divided by the sum of the totals, with Student's confidence interval over the
// deviations of the runs (Cochran, Sampling Techniques, 1977, 6.3). A run is one observation, however many alerts it
// lost.
func estimate(runs []ratio) Estimate {
	var part, total int64
	for _, r := range runs {
		part, total = part+r.part, total+r.total
	}
	if total == 0 {
		return Estimate{}
	}
	mean := float64(part) / float64(total)
	e := Estimate{mean, mean, mean}
	n := float64(len(runs))
	if len(runs) < 2 {
		return e
	}
	var squares float64
	for _, r := range runs {
		d := float64(r.part) - float64(mean*float64(r.total))
		squares += float64(d * d)
	}
	half := studentsT975(n-1) * math.Sqrt(squares/(n*(n-1))) / (float64(total) / n)
	e.Low, e.High = max(mean-half, 0), min(mean+half, 1)
	return e
}

// studentsT975 is the 97.5 % quantile of Student's t distribution with nu degrees of freedom (Abramowitz and Stegun,
// 26.7.1).
func studentsT975(nu float64) float64 {
	x := mathext.InvRegIncBeta(nu/2, 0.5, 0.05)
	return math.Sqrt(nu * (1 - x) / x)
}
