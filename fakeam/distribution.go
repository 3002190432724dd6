package fakeam

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"
)

// MaxDelay is the longest time that a Distribution yields.
const MaxDelay = 24 * time.Hour

// A Distribution is a random time, or the times of a file. The zero value is always 0. Distributions are comparable with ==.
type Distribution struct {
	kind  kind
	a, b  time.Duration // constant: a; uniform: from a to b; exponential: mean a; lognormal: median a; normal: mean a, deviation b; pareto: least a
	sigma float64       // lognormal: standard deviation of the logarithm; pareto: the exponent; replayed: so many times as long
	file  *TraceFile    // replayed: what
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

// Constant is always d.
func Constant(d time.Duration) Distribution { return Distribution{a: d} }

// Uniform is any whole number of nanoseconds from least to most, both included, each as likely.
func Uniform(least, most time.Duration) Distribution {
	return Distribution{kind: uniform, a: least, b: most}
}

// Exponential has the density e^(-t/mean)/mean.
func Exponential(mean time.Duration) Distribution { return Distribution{kind: exponential, a: mean} }

// Lognormal is median·e^(sigma·N) for a standard normal N; its mean is median·e^(sigma²/2).
func Lognormal(median time.Duration, sigma float64) Distribution {
	return Distribution{kind: lognormal, a: median, sigma: sigma}
}

// Normal is mean + stddev·N for a standard normal N, and 0 where that is below 0.
func Normal(mean, stddev time.Duration) Distribution {
	return Distribution{kind: normal, a: mean, b: stddev}
}

// Pareto is at least min, and above t with the probability (min/t)^alpha; its mean is min·alpha/(alpha-1),
// without bound for an alpha of 1 or less.
func Pareto(min time.Duration, alpha float64) Distribution {
	return Distribution{kind: pareto, a: min, sigma: alpha}
}

// Draw draws a time from the stream r, in nanoseconds, at least 0 and at most MaxDelay, where a tail beyond is cut.
// A constant draws nothing, a trace file takes a turn of the stream, any other distribution draws one number.
func (d Distribution) Draw(r *Random) int64 { return d.draw(r) }

// draw is Draw without a copy of the distribution.
func (d *Distribution) draw(r *Random) int64 {
	switch d.kind {
	case uniform:
		from, to := limit(d.a), limit(d.b)
		if to < from {
			to = from
		}
		// The high word of the product is uniform in [0, to-from], but for a bias below 2^-17 of the smallest probability.
		above, _ := bits.Mul64(r.Uint64(), uint64(to-from)+1)
		return from + int64(above)
	case exponential:
		return nanoseconds(float64(float64(limit(d.a)) * r.Exp()))
	case lognormal:
		return nanoseconds(float64(float64(limit(d.a)) * exp(float64(d.sigma*r.Norm()))))
	case normal:
		return nanoseconds(float64(limit(d.a)) + float64(float64(limit(d.b))*r.Norm()))
	case pareto:
		return nanoseconds(float64(float64(limit(d.a)) * exp(r.Exp()/d.sigma)))
	case replayed:
		return nanoseconds(float64(float64(d.file.next(r)) * d.sigma))
	default:
		return limit(d.a)
	}
}

func limit(d time.Duration) int64 { return int64(min(max(d, 0), MaxDelay)) }

// nanoseconds rounds x to a whole number of at least 0 and at most MaxDelay.
func nanoseconds(x float64) int64 {
	if x <= 0 {
		return 0
	}
	if !(x < float64(MaxDelay)) {
		return int64(MaxDelay)
	}
	return int64(x + 0.5)
}

// Validate returns an error that says what is wrong and what to write, or nil.
func (d Distribution) Validate() error {
	if d.kind == uniform && d.b < d.a {
		return fmt.Errorf("max %s is less than min %s: exchange them", spell(d.b), spell(d.a))
	}
	if d.kind == lognormal && !(0 <= d.sigma && d.sigma <= maxSigma) {
		return fmt.Errorf("sigma %s is outside 0 to %d", number(d.sigma), maxSigma)
	}
	if d.kind == pareto && !(minAlpha <= d.sigma && d.sigma <= maxAlpha) {
		return fmt.Errorf("alpha %s is outside %s to %d", number(d.sigma), number(minAlpha), maxAlpha)
	}
	if d.kind == replayed && len(d.file.times) == 0 {
		return fmt.Errorf("trace %q is read for scenario and behaviour files only: write another distribution, such as {lognormal: {median: 80ms, sigma: 0.4}}", d.file.name)
	}
	if d.a < 0 || d.b < 0 {
		return errors.New("a time below 0: write 0s or more")
	}
	if longest := max(d.a, d.b); longest > MaxDelay {
		return fmt.Errorf("%s is longer than the limit of %s", spell(longest), spell(MaxDelay))
	}
	return nil
}

// With an alpha of 0.1, half of all times are over 1000 times the least one; with 100, they are all alike.
const (
	minAlpha = 0.1
	maxAlpha = 100
)

// maxSigma is far beyond any service: with it, one request in six takes over 20 000 times the median.
const maxSigma = 10

// String spells d as a scenario file does: "20ms", "{lognormal: {median: 80ms, sigma: 0.4}}".
func (d Distribution) String() string {
	switch d.kind {
	case uniform:
		return "{uniform: {min: " + spell(d.a) + ", max: " + spell(d.b) + "}}"
	case exponential:
		return "{exponential: {mean: " + spell(d.a) + "}}"
	case lognormal:
		return "{lognormal: {median: " + spell(d.a) + ", sigma: " + number(d.sigma) + "}}"
	case normal:
		return "{normal: {mean: " + spell(d.a) + ", stddev: " + spell(d.b) + "}}"
	case pareto:
		return "{pareto: {min: " + spell(d.a) + ", alpha: " + number(d.sigma) + "}}"
	case replayed:
		return "{trace: " + strconv.Quote(d.file.name) + "}"
	default:
		return spell(d.a)
	}
}

// IsZero reports whether d is always 0.
func (d Distribution) IsZero() bool { return d == Distribution{} }

// Equal reports whether d and other are the same distribution, written the same way.
func (d Distribution) Equal(other Distribution) bool {
	if d.file != nil && other.file != nil && d.file.name == other.file.name && slices.Equal(d.file.times, other.file.times) {
		d.file = other.file
	}
	return d == other
}

// number spells x in digits, without an exponent.
func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// spell spells d in whole numbers of units, "1h30m", "1s500ms", "40us", which both Go and Prometheus read
// (Prometheus down to milliseconds).
func spell(d time.Duration) string {
	if d == 0 {
		return "0s"
	}
	var s strings.Builder
	left := uint64(d)
	if d < 0 {
		s.WriteByte('-')
		left = -left
	}
	for _, unit := range units {
		if n := left / unit.size; n > 0 {
			s.WriteString(strconv.FormatUint(n, 10))
			s.WriteString(unit.name)
			left %= unit.size
		}
	}
	return s.String()
}

var units = [...]struct {
	size uint64
	name string
}{
	{uint64(time.Hour), "h"}, {uint64(time.Minute), "m"}, {uint64(time.Second), "s"},
	{uint64(time.Millisecond), "ms"}, {uint64(time.Microsecond), "us"}, {1, "ns"},
}
