package fakeam

import (
	"math/bits"
	"time"
)

// A Behaviour says how an Alertmanager answers. The zero value answers 200 at once.
type Behaviour struct {
	// Latency is drawn anew for each request; it delays the answer and keeps nobody else waiting.
	Latency Distribution `yaml:"latency,omitempty"`
	// Jitter makes the latency longer or shorter by up to this time, each as likely; it never gets below 0.
	Jitter time.Duration `yaml:"jitter,omitempty"`
	// Service is the time that the Alertmanager works on a request, one request at a time.
	Service Service `yaml:"service,omitempty"`
	// Stall stops its work now and then.
	Stall Stall `yaml:"stall,omitempty"`
	// Fault holds from the start of the run to its end.
	Fault `yaml:",inline"`
}

// Service makes an Alertmanager a server with a queue: a request waits for those before it,
// then takes PerRequest + n·PerAlert for its n alerts. The zero value takes no time. Neither is below 0.
type Service struct {
	PerRequest time.Duration `yaml:"per_request,omitempty"`
	PerAlert   time.Duration `yaml:"per_alert,omitempty"`
}

// Stall stops all work from Every, 2·Every, 3·Every, … after the start of the run, each time for the time For:
// a request that arrives then waits, and one that is worked on is interrupted. The zero value never stalls.
type Stall struct {
	Every time.Duration `yaml:"every,omitempty"`
	For   time.Duration `yaml:"for,omitempty"`
}

// A Fault is one way of misbehaving: a kind, and which requests it meets. Exactly one of the kinds, from Hang to
// RateLimit, is set; the zero value is no fault. A fault acts on the request alone: it is not served and does not wait.
type Fault struct {
	// Hang takes the connection and never answers.
	Hang bool `yaml:"hang,omitempty"`
	// Refuse is a port where nobody listens: the connection fails at once.
	Refuse bool `yaml:"refuse,omitempty"`
	// Reset breaks the connection after the latency, the alerts not taken.
	Reset bool `yaml:"reset,omitempty"`
	// Status answers with this HTTP status, 300 to 599, after the latency, the alerts not taken.
	Status int `yaml:"status,omitempty"`
	// LoseResponse takes the alerts after the latency, then breaks the connection without an answer.
	LoseResponse bool `yaml:"lose_response,omitempty"`
	// Truncate takes the alerts and answers 200 after the latency, but the connection closes within the body.
	Truncate bool `yaml:"truncate,omitempty"`
	// SlowBody takes the alerts and answers 200 after the latency, but the body takes this long to come.
	SlowBody time.Duration `yaml:"slow_body,omitempty"`
	// Partial takes the first alerts, this share of them rounded down, and answers 400 after the latency,
	// as an Alertmanager does when the others are invalid. In (0, 1).
	Partial float64 `yaml:"partial,omitempty"`
	// WrongContent answers 200 after the latency with a web page that is not an Alertmanager's, the alerts not taken:
	// a proxy's login page, or an address that somebody else has now.
	WrongContent bool `yaml:"wrong_content,omitempty"`
	// TLS is a port where TLS is spoken and something else was expected, or the other way round: after the latency, the
	// connection fails before an answer.
	TLS bool `yaml:"tls,omitempty"`
	// RateLimit lets so many requests pass in each second, counted from when the fault begins, and answers the others 429
	// after the latency, the alerts not taken. A sender like Prometheus does not try again.
	RateLimit int `yaml:"rate_limit,omitempty"`

	// Probability, in (0, 1], is the share of requests that the fault meets; 0 stands for 1.
	Probability float64 `yaml:"probability,omitempty"`
	// Ramp raises that share from 0 when the fault begins, evenly, to Probability after this time.
	Ramp time.Duration `yaml:"ramp,omitempty"`
	// Every limits the fault to the first For of each period of this length, counted from when it begins.
	Every time.Duration `yaml:"every,omitempty"`
	For   time.Duration `yaml:"for,omitempty"`
	// After lets so many requests pass that the fault would meet.
	After int `yaml:"after,omitempty"`
	// First limits the fault to the first requests that it meets; 0 is no limit.
	// A request that meets a fault that began later does not meet this one.
	First int `yaml:"first,omitempty"`
}

// of returns the time in nanoseconds that a request of this many alerts takes, at most Never.
func (s Service) of(alerts int) int64 {
	high, low := bits.Mul64(uint64(max(s.PerAlert, 0)), uint64(max(alerts, 0)))
	if high > 0 || low > uint64(Never) {
		return Never
	}
	return later(int64(max(s.PerRequest, 0)), int64(low))
}

// ends returns when a work of d nanoseconds that may begin at start is done.
func (s Stall) ends(start, d int64) int64 {
	every, stop := int64(s.Every), int64(s.For)
	if every <= 0 || stop <= 0 || stop >= every {
		return later(start, d)
	}
	// Where does it begin? At start, or when the stall is over in which it comes.
	if phase := start % every; start >= every && phase < stop {
		start += stop - phase
	}
	// How many stalls will interrupt it? left is the time of work until the next one.
	left := every - start%every
	if d <= left {
		return later(start, d)
	}
	stalls := (d-left-1)/(every-stop) + 1
	if stalls > (Never-start)/stop {
		return Never
	}
	return later(later(start, d), stalls*stop)
}

// holds reports whether the fault acts at the time since it began, by Every and For.
func (f *Fault) holds(since int64) bool {
	return f.Every <= 0 || since%int64(f.Every) < int64(f.For)
}

// chance returns the probability that the fault meets a request at the time since it began.
func (f *Fault) chance(since int64) float64 {
	p := f.Probability
	if p <= 0 || p > 1 {
		p = 1
	}
	if since < int64(f.Ramp) {
		p = float64(p * (float64(since) / float64(f.Ramp)))
	}
	return p
}
