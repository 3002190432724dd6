package fakeam

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"time"
)

// MaxDelay is the longest time that a Distribution yields.
const MaxDelay = 24 * time.Hour

// A Distribution yields random times, or the times of a trace file in turn. The zero value always yields 0.
// Distributions are comparable with ==.
type Distribution struct {
	kind kind
	// constant: a. uniform: from a to b. exponential: mean a. lognormal: median a. normal: mean a, standard deviation b.
	// pareto: minimum a.
	a, b time.Duration
	// lognormal: standard deviation of the logarithm. pareto: exponent. replayed: factor of the times in trace.
	sigma float64
	trace *TraceFile // replayed
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

// Constant always yields d.
func Constant(d time.Duration) Distribution { return Distribution{a: d} }

// Uniform yields whole nanoseconds from least to most, both included, with equal probability.
func Uniform(least, most time.Duration) Distribution {
	return Distribution{kind: uniform, a: least, b: most}
}

// Exponential has the density e^(-t/mean)/mean.
func Exponential(mean time.Duration) Distribution { return Distribution{kind: exponential, a: mean} }

// Lognormal is median·e^(sigma·N) for a standard normal N; its mean is median·e^(sigma²/2).
func Lognormal(median time.Duration, sigma float64) Distribution {
	return Distribution{kind: lognormal, a: median, sigma: sigma}
}

// Normal is mean + stddev·N for a standard normal N, with 0 in place of negative times.
func Normal(mean, stddev time.Duration) Distribution {
	return Distribution{kind: normal, a: mean, b: stddev}
}

// Pareto is at least min, and above t with the probability (min/t)^alpha; its mean is min·alpha/(alpha-1) for an alpha
// above 1, otherwise infinite.
func Pareto(min time.Duration, alpha float64) Distribution {
	return Distribution{kind: pareto, a: min, sigma: alpha}
}

// Replay yields the times of a trace file in order and then from the first again. Each stream of random numbers starts
// with the first.
func Replay(f *TraceFile) Distribution { return Distribution{kind: replayed, trace: f, sigma: 1} }

// Draw draws a time from the stream r: nanoseconds from 0 to MaxDelay, where longer ones are cut. A constant and a
// trace file draw no random number, every other distribution draws one.
func (d Distribution) Draw(r *Random) int64 { return d.draw(r) }

// draw is Draw without a copy of the distribution.
func (d *Distribution) draw(r *Random) int64 {
	switch d.kind {
	case uniform:
		from, to := clamp(d.a), clamp(d.b)
		if to < from {
			to = from
		}
		// The high word of the product is uniform in [0, to-from], but for a bias below 2^-17 of the smallest probability.
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

// clamp returns d in nanoseconds, limited to 0 to MaxDelay.
func clamp(d time.Duration) int64 { return int64(min(max(d, 0), MaxDelay)) }

// nanoseconds rounds x to a whole number, limited to 0 to MaxDelay.
func nanoseconds(x float64) int64 {
	if x <= 0 {
		return 0
	}
	if !(x < float64(MaxDelay)) {
		return int64(MaxDelay)
	}
	return int64(x + 0.5)
}

// The limits of Pareto's alpha. At 0.1, half of all times are over 1000 times the minimum; at 100, nearly all are
// equal.
const (
	minAlpha = 0.1
	maxAlpha = 100
)

// maxSigma is the limit of Lognormal's sigma, far beyond any service: at 10, one time in six is over 20 000 times the
// median.
const maxSigma = 10

// Validate returns an error that says what is wrong and what to write, or nil.
func (d Distribution) Validate() error {
	if d.kind == uniform && d.b < d.a {
		return fmt.Errorf("max %s is less than min %s: swap them", formatDuration(d.b), formatDuration(d.a))
	}
	if d.kind == lognormal && !(0 <= d.sigma && d.sigma <= maxSigma) {
		return fmt.Errorf("sigma %s is outside 0 to %d", formatNumber(d.sigma), maxSigma)
	}
	if d.kind == pareto && !(minAlpha <= d.sigma && d.sigma <= maxAlpha) {
		return fmt.Errorf("alpha %s is outside %s to %d", formatNumber(d.sigma), formatNumber(minAlpha), maxAlpha)
	}
	if d.kind == replayed && len(d.trace.times) == 0 {
		return fmt.Errorf("trace %q: only scenario and behaviour files can name a trace file; write another distribution, "+
			"such as {lognormal: {median: 80ms, sigma: 0.4}}", d.trace.name)
	}
	if d.a < 0 || d.b < 0 {
		return errors.New("negative time: write 0s or more")
	}
	if longest := max(d.a, d.b); longest > MaxDelay {
		return fmt.Errorf("%s is longer than the limit of %s", formatDuration(longest), formatDuration(MaxDelay))
	}
	return nil
}

// String writes d as a scenario file does: "20ms", "{lognormal: {median: 80ms, sigma: 0.4}}".
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

// IsRandom reports whether d depends on the stream that it draws from.
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

// Scale returns the distribution of by times what d yields, up to MaxDelay; by is at least 0. From the same stream,
// each time is by times as long.
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

// Median returns the time that half of what d yields is below.
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
