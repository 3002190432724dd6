package fakeam

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// A Fault is a kind of failure together with limits on which requests meet it. Exactly one of the kinds, which are the
// fields Hang to RateLimit, is set. The zero value is no fault.
//
// Hang and Refuse take effect at once, every other kind after the latency of the Behaviour. The alerts of a request
// that meets a fault are stored only if the kind says so.
type Fault struct {
	// Hang accepts the connection but never responds.
	Hang bool `yaml:"hang,omitempty"`
	// Refuse refuses the connection, like a closed port.
	Refuse bool `yaml:"refuse,omitempty"`
	// Reset resets the connection.
	Reset bool `yaml:"reset,omitempty"`
	// Status responds with this HTTP status, from 300 to 599.
	Status int `yaml:"status,omitempty"`
	// LoseResponse stores the alerts but resets the connection before the response.
	LoseResponse bool `yaml:"lose_response,omitempty"`
	// Truncate stores the alerts and responds 200, but closes the connection in the middle of the body.
	Truncate bool `yaml:"truncate,omitempty"`
	// SlowBody stores the alerts and responds 200, but the body takes this long to arrive.
	SlowBody time.Duration `yaml:"slow_body,omitempty"`
	// Partial, in (0, 1), stores only the first alerts, this fraction of them rounded down, and responds 400. A real
	// Alertmanager does so if the other alerts are invalid.
	Partial float64 `yaml:"partial,omitempty"`
	// WrongContent responds 200 with a web page, like the login page of a proxy or another service at the address.
	WrongContent bool `yaml:"wrong_content,omitempty"`
	// TLS fails the TLS handshake, as if only one side spoke TLS.
	TLS bool `yaml:"tls,omitempty"`
	// RateLimit is how many requests are served in each second since the start of the fault; others are answered 429.
	// Prometheus does not retry them.
	RateLimit int `yaml:"rate_limit,omitempty"`

	// Probability, in (0, 1], is the probability that a request meets the fault; 0 means 1.
	Probability float64 `yaml:"probability,omitempty"`
	// Ramp is how long the probability rises linearly, from 0 at the start of the fault to Probability.
	Ramp time.Duration `yaml:"ramp,omitempty"`
	// Every and For make the fault periodic: in each period of length Every since its start it is active for the first
	// For.
	Every time.Duration `yaml:"every,omitempty"`
	For   time.Duration `yaml:"for,omitempty"`
	// After is how many requests that would meet the fault are served first.
	After int `yaml:"after,omitempty"`
	// First is how many requests meet the fault; 0 means no limit.
	First int `yaml:"first,omitempty"`
}

// kindNames lists the kinds of faults as they are spelled in scenario files.
const kindNames = "hang, refuse, reset, status, lose_response, truncate, slow_body, partial, wrong_content, tls " +
	"and rate_limit"

// maxRate is the upper limit of RateLimit.
const maxRate = 1_000_000

// Kinds returns the kinds that are set, each with its value if it has one, such as "hang", "status 503" or "slow_body
// 5s".
func (f Fault) Kinds() []string {
	var kinds phrases
	add := kinds.add
	add(f.Hang, "hang")
	add(f.Refuse, "refuse")
	add(f.Reset, "reset")
	add(f.Status != 0, "status %d", f.Status)
	add(f.LoseResponse, "lose_response")
	add(f.Truncate, "truncate")
	add(f.SlowBody != 0, "slow_body %s", formatDuration(f.SlowBody))
	add(f.Partial != 0, "partial %s", formatNumber(f.Partial))
	add(f.WrongContent, "wrong_content")
	add(f.TLS, "tls")
	add(f.RateLimit != 0, "rate_limit %d", f.RateLimit)
	return kinds
}

// hasKind reports whether any kind is set.
func (f Fault) hasKind() bool {
	f.Probability, f.Ramp, f.Every, f.For, f.After, f.First = 0, 0, 0, 0, 0, 0
	return f != Fault{}
}

// Validate returns an error that says what is wrong and what to write, or nil. The zero Fault is an error.
func (f Fault) Validate() error {
	kinds := f.Kinds()
	switch {
	case len(kinds) == 0:
		return errors.New("a fault has no kind; write one of " + kindNames)
	case len(kinds) > 1:
		return fmt.Errorf("a fault has the kinds %s; write only one of them", strings.Join(kinds, " and "))
	case f.Status != 0 && (f.Status < 300 || f.Status > 599):
		return fmt.Errorf("`status` is %d, which is not an error status; write 300 to 599", f.Status)
	case f.Partial != 0 && !(0 < f.Partial && f.Partial < 1):
		return fmt.Errorf("`partial` is %s; write the fraction of the alerts that is stored, between 0 and 1",
			formatNumber(f.Partial))
	case f.RateLimit < 0:
		return fmt.Errorf("`rate_limit` is %d; write how many requests are served in a second", f.RateLimit)
	case f.RateLimit > maxRate:
		return fmt.Errorf("`rate_limit` is %d; write at most %d requests a second", f.RateLimit, maxRate)
	case !(0 <= f.Probability && f.Probability <= 1):
		return fmt.Errorf("`probability` is %s; write how likely a request meets the fault, above 0 and at most 1",
			formatNumber(f.Probability))
	case f.First < 0:
		return fmt.Errorf("`first` is %d; write how many requests meet the fault, or omit it for all", f.First)
	case f.After < 0:
		return fmt.Errorf("`after` is %d; write how many requests are served before the fault, or omit it", f.After)
	case f.Ramp < 0:
		return fmt.Errorf("`ramp` is %s; write how long the probability rises, or omit it", formatDuration(f.Ramp))
	case f.SlowBody < 0:
		return fmt.Errorf("`slow_body` is %s; write how long the body takes to arrive", formatDuration(f.SlowBody))
	case f.SlowBody > MaxDelay:
		return fmt.Errorf("`slow_body` is %s; write at most %s", formatDuration(f.SlowBody), formatDuration(MaxDelay))
	}
	return validatePeriod(f.Every, f.For)
}

// validatePeriod checks the fields every and for: both are set or neither is.
func validatePeriod(every, part time.Duration) error {
	switch {
	case every == 0 && part == 0:
		return nil
	case every <= 0:
		return errors.New("`every` is missing; write the length of a period, such as every: 30s")
	case part <= 0:
		return errors.New("`for` is missing; write how long it lasts in each period, such as for: 2s")
	case part >= every:
		return fmt.Errorf("`for` is %s and `every` is %s; write a `for` that is shorter than `every`",
			formatDuration(part), formatDuration(every))
	}
	return nil
}

// String describes f in a few words, such as "hang", "status 503 (p=0.3)" or "reset (p=0.5, first 10)"; "none" if f is
// zero.
func (f Fault) String() string {
	s := "none"
	if kinds := f.Kinds(); len(kinds) > 0 {
		s = strings.Join(kinds, " and ")
	}
	var limits phrases
	limits.add(f.Probability != 0 && f.Probability != 1, "p=%s", formatNumber(f.Probability))
	limits.add(f.Ramp != 0, "ramp %s", formatDuration(f.Ramp))
	limits.add(f.Every != 0 || f.For != 0, "every %s for %s", formatDuration(f.Every), formatDuration(f.For))
	limits.add(f.After != 0, "after %d", f.After)
	limits.add(f.First != 0, "first %d", f.First)
	if len(limits) > 0 {
		s += " (" + strings.Join(limits, ", ") + ")"
	}
	return s
}
