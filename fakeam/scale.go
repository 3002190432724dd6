package fakeam

import "time"

// Scale returns the distribution of by times what d draws, up to MaxDelay; by is at least 0. The same stream gives the same draws,
// by times as long.
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

// Median returns the time below which half of what d draws lies.
func (d Distribution) Median() time.Duration {
	switch d.kind {
	case uniform:
		return d.a + (d.b-d.a)/2
	case exponential:
		return scaled(d.a, ln2)
	case pareto:
		return time.Duration(nanoseconds(float64(float64(limit(d.a)) * exp(ln2/d.sigma))))
	case replayed:
		return scaled(d.file.median, d.sigma)
	default:
		return d.a
	}
}

const ln2 = 0.693147180559945309417232121458

// IsRandom reports whether streams of random numbers differ in what d draws from them.
func (d Distribution) IsRandom() bool {
	return d.kind != constant && d.kind != replayed && (d.kind != uniform || d.a < d.b)
}

// Scale returns a service by times as slow.
func (s Service) Scale(by float64) Service {
	return Service{PerRequest: scaled(s.PerRequest, by), PerAlert: scaled(s.PerAlert, by)}
}
