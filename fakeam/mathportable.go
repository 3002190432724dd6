package fakeam

import "math"

// The functions in this file return the same bits on every processor. Package math does not promise that: some of its
// functions are written in assembly on some processors, and the compiler may fuse x*y + z into one operation that
// rounds only once, even across inlined calls. Here every product in a sum is converted by float64(…), which forbids
// fusing according to the language specification ("Floating-point operators"). Additions, divisions and square roots
// round the same way everywhere (IEEE 754).

// ln 2 as a sum of two numbers (Cody and Waite, Software Manual for the Elementary Functions, 1980, chapters 5 and 6).
// ln2Hi has 37 significant bits, so its product with the exponent of any float64 is exact.
const (
	ln2Hi = 0x1.62e42fefap-1
	ln2Lo = math.Ln2 - ln2Hi
)

// exp returns e to the power of x, within 1 ulp. It writes x as k·ln 2 + r with |r| ≤ ln 2 / 2 and adds the Taylor
// series of e^r, whose first omitted term is below 5e-18.
func exp(x float64) float64 {
	switch {
	case x != x:
		return x
	case x > 710:
		return math.Inf(1)
	case x < -746:
		return 0
	}
	k := math.Floor(float64(x*(1/math.Ln2)) + 0.5)
	r := (x - float64(k*ln2Hi)) - float64(k*ln2Lo)
	rr := float64(r * r)
	// e^r = 1 + (r + r²·(even + r·odd)). The two sums do not depend on each other, so the processor computes them in
	// parallel.
	even := sumPowers(rr, &expEven)
	odd := sumPowers(rr, &expOdd)
	e := 1 + (r + float64(rr*(even+float64(r*odd))))
	// Scale in two steps, since 2^k itself may overflow or underflow.
	half := int(k) / 2
	return float64(e * powerOfTwo(half) * powerOfTwo(int(k)-half))
}

// The coefficients 1/2!, 1/4!, … 1/12! and 1/3!, 1/5!, … 1/13!.
var (
	expEven = [...]float64{1. / 2, 1. / 24, 1. / 720, 1. / 40320, 1. / 3628800, 1. / 479001600}
	expOdd  = [...]float64{1. / 6, 1. / 120, 1. / 5040, 1. / 362880, 1. / 39916800, 1. / 6227020800}
)

// sumPowers returns c[0] + c[1]·x + … + c[5]·x⁵ by Horner's rule.
func sumPowers(x float64, c *[6]float64) float64 {
	s := c[5]
	s = c[4] + float64(x*s)
	s = c[3] + float64(x*s)
	s = c[2] + float64(x*s)
	s = c[1] + float64(x*s)
	return c[0] + float64(x*s)
}

// powerOfTwo returns 2^k for k in [-1022, 1023].
func powerOfTwo(k int) float64 { return math.Float64frombits(uint64(k+1023) << 52) }

// log returns the natural logarithm of x within 1 ulp: -Inf for 0 and NaN for negative x. It writes x as 2^k·(1+f) with
// 1+f in [√½, √2). With s = f/(2+f), log(1+f) = 2·artanh s = 2s + 2s³/3 + 2s⁵/5 + … (Abramowitz and Stegun, Handbook of
// Mathematical Functions, 4.1.27), where 2s = f - s·f. s² is below 0.0295, so the first omitted term is below 1e-19 of
// the sum.
func log(x float64) float64 {
	e := 0
	if !(0x1p-1022 <= x && x <= math.MaxFloat64) {
		switch {
		case x != x || x > math.MaxFloat64:
			return x
		case x < 0:
			return math.NaN()
		case x == 0:
			return math.Inf(-1)
		}
		x *= 0x1p54 // x is subnormal
		e = -54
	}
	// Subtracting the bits of √½ before reading the exponent makes the fraction start at √½, without a branch.
	b := math.Float64bits(x) - sqrtHalfBits
	e += int(int64(b) >> 52)
	m := math.Float64frombits(b&(1<<52-1) + sqrtHalfBits)
	k := float64(e)
	f := m - 1
	s := f / (2 + f)
	z := float64(s * s)
	zz := float64(z * z)
	// tail = 2z/3 + 2z²/5 + … + 2z¹²/25, computed as two sums of the odd and of the even powers of z.
	odd := sumPowers(zz, &logOdd)
	even := sumPowers(zz, &logEven)
	tail := float64(z*odd) + float64(zz*even)
	// log(1+f) = f - s·(f - tail). The small terms are added first.
	return float64(k*ln2Hi) - ((float64(s*(f-tail)) - float64(k*ln2Lo)) - f)
}

const sqrtHalfBits = 0x3fe6a09e667f3bcd // the bits of the float64 nearest to √½

// The coefficients 2/3, 2/7, … 2/23 and 2/5, 2/9, … 2/25.
var (
	logOdd  = [...]float64{2. / 3, 2. / 7, 2. / 11, 2. / 15, 2. / 19, 2. / 23}
	logEven = [...]float64{2. / 5, 2. / 9, 2. / 13, 2. / 17, 2. / 21, 2. / 25}
)

// normalQuantile returns the x below which a standard normal variable is with probability p, which must be in (0, 1).
// The relative error is about 1e-15. It uses rational approximations on three intervals, as routine PPND16 does
// (Wichura, Algorithm AS 241: The Percentage Points of the Normal Distribution, Applied Statistics 37 (1988), 477-484).
func normalQuantile(p float64) float64 {
	q := p - 0.5
	if -0.425 <= q && q <= 0.425 {
		return float64(q * ratio(0.180625-float64(q*q), &centre))
	}
	tail := p
	if q > 0 {
		tail = 1 - p
	}
	r := math.Sqrt(-log(tail))
	var x float64
	if r <= 5 {
		x = ratio(r-1.6, &nearTail)
	} else {
		x = ratio(r-5, &farTail)
	}
	if q < 0 {
		return -x
	}
	return x
}

// A rational is a quotient of two polynomials of degree 7, whose coefficients are listed from the lowest power on.
type rational struct{ above, below [8]float64 }

func ratio(x float64, c *rational) float64 {
	above, below := c.above[7], c.below[7]
	for i := 6; i >= 0; i-- {
		above = c.above[i] + float64(x*above)
		below = c.below[i] + float64(x*below)
	}
	return above / below
}

// The coefficients as published by Wichura.
var (
	centre = rational{
		above: [8]float64{
			3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3,
			1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
			3.3430575583588128105e+4, 2.5090809287301226727e+3,
		},
		below: [8]float64{
			1, 4.2313330701600911252e+1, 6.8718700749205790830e+2,
			5.3941960214247511077e+3, 2.1213794301586595867e+4, 3.9307895800092710610e+4,
			2.8729085735721942674e+4, 5.2264952788528545610e+3,
		},
	}
	nearTail = rational{
		above: [8]float64{
			1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
			3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
			2.27238449892691845833e-2, 7.74545014278341407640e-4,
		},
		below: [8]float64{
			1, 2.05319162663775882187e0, 1.67638483018380384940e0,
			6.89767334985100004550e-1, 1.48103976427480074590e-1, 1.51986665636164571966e-2,
			5.47593808499534494600e-4, 1.05075007164441684324e-9,
		},
	}
	farTail = rational{
		above: [8]float64{
			6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
			2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
			2.71155556874348757815e-5, 2.01033439929228813265e-7,
		},
		below: [8]float64{
			1, 5.99832206555887937690e-1, 1.36929880922735805310e-1,
			1.48753612908506148525e-2, 7.86869131145613259100e-4, 1.84631831751005468180e-5,
			1.42151175831644588870e-7, 2.04426310338993978564e-15,
		},
	}
)
