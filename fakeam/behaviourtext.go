package fakeam

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// kindNames are the kinds of faults as a scenario file spells them.
const kindNames = "hang, refuse, reset, status, lose_response, truncate, slow_body, partial, wrong_content, tls and rate_limit"

// maxRate is the highest RateLimit.
const maxRate = 1_000_000

// Kinds returns what is set of the kinds of a fault, each with its value if it has one: "hang", "status 503", "slow_body 5s".
func (f Fault) Kinds() []string {
	var kinds []string
	add := func(set bool, format string, args ...any) {
		if set {
			kinds = append(kinds, fmt.Sprintf(format, args...))
		}
	}
	add(f.Hang, "hang")
	add(f.Refuse, "refuse")
	add(f.Reset, "reset")
	add(f.Status != 0, "status %d", f.Status)
	add(f.LoseResponse, "lose_response")
	add(f.Truncate, "truncate")
	add(f.SlowBody != 0, "slow_body %s", spell(f.SlowBody))
	add(f.Partial != 0, "partial %s", number(f.Partial))
	add(f.WrongContent, "wrong_content")
	add(f.TLS, "tls")
	add(f.RateLimit != 0, "rate_limit %d", f.RateLimit)
	return kinds
}

// is reports whether a kind is set.
func (f *Fault) is() bool {
	return f.Hang || f.Refuse || f.Reset || f.Status != 0 || f.LoseResponse || f.Truncate || f.SlowBody != 0 ||
		f.Partial != 0 || f.WrongContent || f.TLS || f.RateLimit != 0
}

// Validate returns an error that says what is wrong and what to write, without a position, or nil.
func (f Fault) Validate() error {
	kinds := f.Kinds()
	switch {
	case len(kinds) == 0:
		return errors.New("a fault needs one of " + kindNames)
	case len(kinds) > 1:
		return fmt.Errorf("a fault is only one of %s; this one is %s", kindNames, strings.Join(kinds, " and "))
	case f.Status != 0 && (f.Status < 300 || f.Status > 599):
		return fmt.Errorf("status %d is no failure: write 300 to 599", f.Status)
	case f.Partial != 0 && !(0 < f.Partial && f.Partial < 1):
		return fmt.Errorf("partial %s is no part: write a number above 0 and below 1", number(f.Partial))
	case f.RateLimit < 0:
		return fmt.Errorf("rate_limit %d is below 0: write how many requests pass in a second", f.RateLimit)
	case f.RateLimit > maxRate:
		return fmt.Errorf("rate_limit %d is above the limit of %d requests a second", f.RateLimit, maxRate)
	case !(0 <= f.Probability && f.Probability <= 1):
		return fmt.Errorf("probability %s is not a share: write a number above 0 and at most 1", number(f.Probability))
	case f.First < 0:
		return fmt.Errorf("first %d is below 0: write how many requests the fault meets, or leave it out for all", f.First)
	case f.After < 0:
		return fmt.Errorf("after %d is below 0: write how many requests pass first, or leave it out", f.After)
	case f.Ramp < 0:
		return fmt.Errorf("ramp %s is below 0: write how long the probability rises, or leave it out", spell(f.Ramp))
	case f.SlowBody < 0:
		return fmt.Errorf("slow_body %s is below 0: write how long the body takes", spell(f.SlowBody))
	case f.SlowBody > MaxDelay:
		return fmt.Errorf("slow_body %s is longer than the limit of %s", spell(f.SlowBody), spell(MaxDelay))
	}
	return validatePeriod(f.Every, f.For)
}

// validatePeriod checks that a period and the part of it are both there or both not.
func validatePeriod(every, part time.Duration) error {
	switch {
	case every == 0 && part == 0:
		return nil
	case every <= 0:
		return errors.New("every is missing: write the length of a period, such as every: 30s")
	case part <= 0:
		return errors.New("for is missing: write how long it lasts in each period, such as for: 2s")
	case part >= every:
		return fmt.Errorf("for %s is not less than every %s: write a shorter time", spell(part), spell(every))
	}
	return nil
}

// String describes f in a few words: "hang", "status 503 (p=0.3)", "reset (p=0.5, first 10)", "none".
func (f Fault) String() string {
	s := "none"
	if kinds := f.Kinds(); len(kinds) > 0 {
		s = strings.Join(kinds, " and ")
	}
	var limits []string
	if f.Probability != 0 && f.Probability != 1 {
		limits = append(limits, "p="+number(f.Probability))
	}
	if f.Ramp != 0 {
		limits = append(limits, "ramp "+spell(f.Ramp))
	}
	if f.Every != 0 || f.For != 0 {
		limits = append(limits, "every "+spell(f.Every)+" for "+spell(f.For))
	}
	if f.After != 0 {
		limits = append(limits, fmt.Sprintf("after %d", f.After))
	}
	if f.First != 0 {
		limits = append(limits, fmt.Sprintf("first %d", f.First))
	}
	if len(limits) > 0 {
		s += " (" + strings.Join(limits, ", ") + ")"
	}
	return s
}

// Validate returns an error that says what is wrong and what to write, without a position, or nil.
// A behaviour without a fault is valid.
func (b Behaviour) Validate() error {
	if err := b.Latency.Validate(); err != nil {
		return fmt.Errorf("latency: %w", err)
	}
	if b.Jitter < 0 || b.Jitter > MaxDelay {
		return fmt.Errorf("jitter: %s is outside 0s to %s", spell(b.Jitter), spell(MaxDelay))
	}
	for _, t := range [...]struct {
		name string
		d    time.Duration
	}{{"per_request", b.Service.PerRequest}, {"per_alert", b.Service.PerAlert}} {
		if t.d < 0 {
			return fmt.Errorf("service: %s %s is below 0: write 0s or more", t.name, spell(t.d))
		}
		if t.d > MaxDelay {
			return fmt.Errorf("service: %s %s is longer than the limit of %s", t.name, spell(t.d), spell(MaxDelay))
		}
	}
	if err := validatePeriod(b.Stall.Every, b.Stall.For); err != nil {
		return fmt.Errorf("stall: %w", err)
	}
	if b.Fault == (Fault{}) {
		return nil
	}
	return b.Fault.Validate()
}

// String describes b in a few words: "latency 20ms, service 3ms + 40us per alert, hang"; "200 at once" for the zero value.
func (b Behaviour) String() string {
	var parts []string
	if !b.Latency.IsZero() {
		parts = append(parts, "latency "+b.Latency.String())
	}
	if b.Jitter != 0 {
		parts = append(parts, "jitter "+spell(b.Jitter))
	}
	if b.Service != (Service{}) {
		parts = append(parts, "service "+spell(b.Service.PerRequest)+" + "+spell(b.Service.PerAlert)+" per alert")
	}
	if b.Stall != (Stall{}) {
		parts = append(parts, "stall every "+spell(b.Stall.Every)+" for "+spell(b.Stall.For))
	}
	if b.Fault != (Fault{}) {
		parts = append(parts, b.Fault.String())
	}
	if len(parts) == 0 {
		return "200 at once"
	}
	return strings.Join(parts, ", ")
}
