package fakeam

import "time"

// Scale returns the distribution of by times what d draws, up to MaxDelay; by is at least 0. The same stream gives the same draws,
// by times as long.
func (d Distribution) Scale(by float64) Distribution {
	d.a, d.b = scaled(d.a, by), scaled(d.b, by)
	return d
}

func scaled(t time.Duration, by float64) time.Duration {
	return time.Duration(nanoseconds(float64(float64(t) * by)))
}

// IsRandom reports whether d draws anything but one time.
func (d Distribution) IsRandom() bool { return d.kind != constant && (d.kind != uniform || d.a < d.b) }

// Scale returns a service by times as slow.
func (s Service) Scale(by float64) Service {
	return Service{PerRequest: scaled(s.PerRequest, by), PerAlert: scaled(s.PerAlert, by)}
}
