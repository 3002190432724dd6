package fakeam

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"time"
)

// MaxDelay is the upper limit of the times that a Distribution yields.
const MaxDelay = 24 * time.Hour

// A Distribution yields random times, or the times of a trace file one after the other. The zero value always yields 0.
// Distributions can be compared with ==.
type Distribution struct {
	kind kind
	// The parameters by kind. constant: a. uniform: from a to b. exponential: mean a. lognormal: median a. normal: mean
	// a, standard deviation b. pareto: minimum a.
	a, b time.Duration
	// lognormal: standard deviation of the logarithm. pareto: exponent. replayed: factor by which the times are
	// multiplied.
	sigma float64
	trace *TraceFile // replayed: the times
}

type kind uint8

const (
	constant kind = iota
	uniform
	exponential
	lognormal
	normal
	pareto
	replayed
)

// Constant returns the distribution that always yields d.
func Constant(d time.Duration) Distribution { return Distribution{a: d} }

// Uniform returns the uniform distribution over the whole nanoseconds from least to most, both included.
func Uniform(least, most time.Duration) Distribution {
	return Distribution{kind: uniform, a: least, b: most}
}

// Exponential returns the distribution with the density e^(-t/mean)/mean.
func Exponential(mean time.Duration) Distribution { return Distribution{kind: exponential, a: mean} }

// Lognormal returns the distribution of median·e^(sigma·N) for a standard normal N. Its mean is median·e^(sigma²/2).
func Lognormal(median time.Duration, sigma float64) Distribution {
	return Distribution{kind: lognormal, a: median, sigma: sigma}
}

// Normal returns the distribution of mean + stddev·N for a standard normal N, with negative times replaced by 0.
func Normal(mean, stddev time.Duration) Distribution {
	return Distribution{kind: normal, a: mean, b: stddev}
}

// Pareto returns the distribution whose times are at least min, and above t with the probability (min/t)^alpha. Its
// mean is min·alpha/(alpha-1) if alpha is above 1, otherwise infinite.
func Pareto(min time.Duration, alpha float64) Distribution {
	return Distribution{kind: pareto, a: min, sigma: alpha}
}

// Replay yields the times of a trace file in order, and starts again after the last. Each Random stream starts with the
// first time.
func Replay(f *TraceFile) Distribution { return Distribution{kind: replayed, trace: f, sigma: 1} }

// Draw draws a time from the stream r, in nanoseconds. Times above MaxDelay are replaced by MaxDelay. Constants and
// trace files draw no random number; every other distribution draws exactly one.
func (d Distribution) Draw(r *Random) int64 { return d.draw(r) }

// draw is Draw with a pointer receiver, which avoids copying the distribution.
func (d *Distribution) draw(r *Random) int64 {
	switch d.kind {
	case uniform:
		from, to := clamp(d.a), clamp(d.b)
		if to < from {
			to = from
		}
		// The high word of the product is uniform in [0, to-from] except for a relative bias below 2^-17.
		above, _ := bits.Mul64(r.Uint64(), uint64(to-from)+1)
		return from + int64(above)
	case exponential:
		return nanoseconds(float64(float64(clamp(d.a)) * r.Exp()))
	case lognormal:
		return nanoseconds(float64(float64(clamp(d.a)) * exp(float64(d.sigma*r.Norm()))))
	case normal:
		return nanoseconds(float64(clamp(d.a)) + float64(float64(clamp(d.b))*r.Norm()))
	case pareto:
		return nanoseconds(float64(float64(clamp(d.a)) * exp(r.Exp()/d.sigma)))
	case replayed:
		return nanoseconds(float64(float64(d.trace.next(r)) * d.sigma))
	default:
		return clamp(d.a)
	}
}

// clamp returns d in nanoseconds, limited to the range from 0 to MaxDelay.
func clamp(d time.Duration) int64 { return int64(min(max(d, 0), MaxDelay)) }

// nanoseconds rounds x to a whole number, limited to the range from 0 to MaxDelay.
func nanoseconds(x float64) int64 {
	if x <= 0 {
		return 0
	}
	if !(x < float64(MaxDelay)) {
		return int64(MaxDelay)
	}
	return int64(x + 0.5)
}

// The limits of Pareto's alpha. With 0.1, half of all times are over 1000 times the minimum; with 100, nearly all times
// are equal.
const (
	minAlpha = 0.1
	maxAlpha = 100
)

// maxSigma is the upper limit of Lognormal's sigma. It is far above that of any service: with 10, one time in six is
// over 20,000 times the median.
const maxSigma = 10

// Validate returns an error that says what is wrong and what to write, or nil.
func (d Distribution) Validate() error {
	if d.kind == uniform && d.b < d.a {
		return fmt.Errorf("`max` %s is less than `min` %s; swap them", formatDuration(d.b), formatDuration(d.a))
	}
	if d.kind == lognormal && !(0 <= d.sigma && d.sigma <= maxSigma) {
		return fmt.Errorf("`sigma` is %s; write a number from 0 to %d", formatNumber(d.sigma), maxSigma)
	}
	if d.kind == pareto && !(minAlpha <= d.sigma && d.sigma <= maxAlpha) {
		return fmt.Errorf("`alpha` is %s; write a number from %s to %d",
			formatNumber(d.sigma), formatNumber(minAlpha), maxAlpha)
	}
	if d.kind == replayed && len(d.trace.times) == 0 {
		return fmt.Errorf("`trace` is %q, but only scenario and behaviour files can name a trace file; write another "+
			"distribution, such as {lognormal: {median: 80ms, sigma: 0.4}}", d.trace.name)
	}
	if d.a < 0 || d.b < 0 {
		return errors.New("a time is negative; write 0s or more")
	}
	if longest := max(d.a, d.b); longest > MaxDelay {
		return fmt.Errorf("a time is %s; write at most %s", formatDuration(longest), formatDuration(MaxDelay))
	}
	return nil
}

// String returns d as it is written in a scenario file: "20ms" or "{lognormal: {median: 80ms, sigma: 0.4}}".
func (d Distribution) String() string {
	a, b, sigma := formatDuration(d.a), formatDuration(d.b), formatNumber(d.sigma)
	switch d.kind {
	case uniform:
		return "{uniform: {min: " + a + ", max: " + b + "}}"
	case exponential:
		return "{exponential: {mean: " + a + "}}"
	case lognormal:
		return "{lognormal: {median: " + a + ", sigma: " + sigma + "}}"
	case normal:
		return "{normal: {mean: " + a + ", stddev: " + b + "}}"
	case pareto:
		return "{pareto: {min: " + a + ", alpha: " + sigma + "}}"
	case replayed:
		return "{trace: " + strconv.Quote(d.trace.name) + "}"
	default:
		return a
	}
}

// IsZero reports whether d always yields 0.
func (d Distribution) IsZero() bool { return d == Distribution{} }

// IsRandom reports whether d draws random numbers.
func (d Distribution) IsRandom() bool {
	return d.kind != constant && d.kind != replayed && (d.kind != uniform || d.a < d.b)
}

// Equal reports whether d and other yield the same times and have the same String.
func (d Distribution) Equal(other Distribution) bool {
	if d.trace != nil && other.trace != nil && d.trace.name == other.trace.name &&
		slices.Equal(d.trace.times, other.trace.times) {
		d.trace = other.trace
	}
	return d == other
}

// Scale returns a distribution whose times are those of d multiplied by the factor by, which must be at least 0. Times
// above MaxDelay are replaced by MaxDelay.
func (d Distribution) Scale(by float64) Distribution {
	d.a, d.b = scaled(d.a, by), scaled(d.b, by)
	if d.kind == replayed {
		d.sigma *= by
	}
	return d
}

func scaled(t time.Duration, by float64) time.Duration {
	return time.Duration(nanoseconds(float64(float64(t) * by)))
}

// Median returns the time below which half of the drawn times are.
func (d Distribution) Median() time.Duration {
	switch d.kind {
	case uniform:
		return d.a + (d.b-d.a)/2
	case exponential:
		return scaled(d.a, ln2)
	case pareto:
		return time.Duration(nanoseconds(float64(float64(clamp(d.a)) * exp(ln2/d.sigma))))
	case replayed:
		return scaled(d.trace.median, d.sigma)
	default:
		return d.a
	}
}

const ln2 = 0.693147180559945309417232121458
