package fakeam

import (
	"errors"
	"fmt"
	"math/bits"
	"strings"
	"time"
)

// A Behaviour says how an Alertmanager answers. The zero value answers 200 at once.
type Behaviour struct {
	// Latency is drawn anew for each request; it delays the answer and keeps nobody else waiting.
	Latency Distribution `yaml:"latency,omitempty"`
	// Service is the time that the Alertmanager works on a request, one request at a time.
	Service Service `yaml:"service,omitempty"`
	// Fault holds from the start of the run to its end.
	Fault `yaml:",inline"`
}

// Service makes an Alertmanager a server with a queue: a request waits for those before it,
// then takes PerRequest + n·PerAlert for its n alerts. The zero value takes no time. Neither is below 0.
type Service struct {
	PerRequest time.Duration `yaml:"per_request,omitempty"`
	PerAlert   time.Duration `yaml:"per_alert,omitempty"`
}

// A Fault is one way of misbehaving. Exactly one of Hang, Refuse, Reset and Status is set; the zero value is no fault.
type Fault struct {
	// Hang takes the connection and never answers.
	Hang bool `yaml:"hang,omitempty"`
	// Refuse is a port where nobody listens: the connection fails at once.
	Refuse bool `yaml:"refuse,omitempty"`
	// Reset breaks the connection after the latency, the alerts not taken.
	Reset bool `yaml:"reset,omitempty"`
	// Status answers with this HTTP status, 300 to 599, after the latency, the alerts not taken.
	Status int `yaml:"status,omitempty"`
	// Probability, in (0, 1], is the share of requests that the fault meets; 0 stands for 1.
	Probability float64 `yaml:"probability,omitempty"`
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

// kinds counts which of Hang, Refuse, Reset and Status are set.
func (f Fault) kinds() int {
	n := 0
	for _, set := range [...]bool{f.Hang, f.Refuse, f.Reset, f.Status != 0} {
		if set {
			n++
		}
	}
	return n
}

// Validate returns an error that says what is wrong and what to write, without a position, or nil.
func (f Fault) Validate() error {
	switch n := f.kinds(); {
	case n == 0:
		return errors.New("a fault needs one of hang, refuse, reset and status")
	case n > 1:
		return fmt.Errorf("a fault is only one of hang, refuse, reset and status; this one is %s", strings.Join(f.names(), " and "))
	case f.Status != 0 && (f.Status < 300 || f.Status > 599):
		return fmt.Errorf("status %d is no failure: write 300 to 599", f.Status)
	case !(0 <= f.Probability && f.Probability <= 1):
		return fmt.Errorf("probability %s is not a share: write a number above 0 and at most 1", number(f.Probability))
	case f.First < 0:
		return fmt.Errorf("first %d is below 0: write how many requests the fault meets, or leave it out for all", f.First)
	}
	return nil
}

// String describes f in a few words: "hang", "status 503 (p=0.3)", "reset (p=0.5, first 10)", "none".
func (f Fault) String() string {
	s := "none"
	if names := f.names(); len(names) > 0 {
		s = strings.Join(names, " and ")
	}
	var limits []string
	if f.Probability != 0 && f.Probability != 1 {
		limits = append(limits, "p="+number(f.Probability))
	}
	if f.First != 0 {
		limits = append(limits, fmt.Sprintf("first %d", f.First))
	}
	if len(limits) > 0 {
		s += " (" + strings.Join(limits, ", ") + ")"
	}
	return s
}

// names returns what is set of Hang, Refuse, Reset and Status.
func (f Fault) names() []string {
	var names []string
	if f.Hang {
		names = append(names, "hang")
	}
	if f.Refuse {
		names = append(names, "refuse")
	}
	if f.Reset {
		names = append(names, "reset")
	}
	if f.Status != 0 {
		names = append(names, fmt.Sprintf("status %d", f.Status))
	}
	return names
}

// Validate returns an error that says what is wrong and what to write, without a position, or nil.
// A behaviour without a fault is valid.
func (b Behaviour) Validate() error {
	if err := b.Latency.Validate(); err != nil {
		return fmt.Errorf("latency: %w", err)
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
	if b.Service != (Service{}) {
		parts = append(parts, "service "+spell(b.Service.PerRequest)+" + "+spell(b.Service.PerAlert)+" per alert")
	}
	if b.Fault != (Fault{}) {
		parts = append(parts, b.Fault.String())
	}
	if len(parts) == 0 {
		return "200 at once"
	}
	return strings.Join(parts, ", ")
}
