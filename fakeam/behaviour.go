package fakeam

import (
	"fmt"
	"math/bits"
	"strings"
	"time"
)

// A Behaviour is how an Alertmanager responds. The zero value responds 200 at once.
type Behaviour struct {
	// Latency delays each response by a time drawn for it, and delays no other request.
	Latency Distribution `yaml:"latency,omitempty"`
	// Jitter adds to each latency a time drawn evenly from [-Jitter, Jitter]. The sum is at least 0.
	Jitter time.Duration `yaml:"jitter,omitempty"`
	// Service is the time that the Alertmanager works on a request, one request at a time.
	Service Service `yaml:"service,omitempty"`
	// Stall interrupts its work periodically.
	Stall Stall `yaml:"stall,omitempty"`
	// Fault is active from the start of the run to its end.
	Fault `yaml:",inline"`
}

// Service makes an Alertmanager a server with a queue: a request with n alerts waits for those before it and then takes
// PerRequest + n·PerAlert. Neither is negative. The zero value takes no time.
type Service struct {
	PerRequest time.Duration `yaml:"per_request,omitempty"`
	PerAlert   time.Duration `yaml:"per_alert,omitempty"`
}

// Stall stops all work for the time For at Every, 2·Every, 3·Every, … after the start of the run, as garbage
// collection or a busy host does: a request that arrives during a stall waits, and the one that is being served is
// interrupted. The zero value never stalls.
type Stall struct {
	Every time.Duration `yaml:"every,omitempty"`
	For   time.Duration `yaml:"for,omitempty"`
}

// duration returns the service time of a request with this many alerts in nanoseconds, at most Never.
func (s Service) duration(alerts int) int64 {
	high, low := bits.Mul64(uint64(max(s.PerAlert, 0)), uint64(max(alerts, 0)))
	if high > 0 || low > uint64(Never) {
		return Never
	}
	return later(int64(max(s.PerRequest, 0)), int64(low))
}

// Scale returns a service that takes by times as long; by is at least 0.
func (s Service) Scale(by float64) Service {
	return Service{PerRequest: scaled(s.PerRequest, by), PerAlert: scaled(s.PerAlert, by)}
}

// finish returns when d nanoseconds of work are done that start at start, or after the stall that start is in.
func (s Stall) finish(start, d int64) int64 {
	every, stop := int64(s.Every), int64(s.For)
	if every <= 0 || stop <= 0 || stop >= every {
		return later(start, d)
	}
	if phase := start % every; start >= every && phase < stop {
		start += stop - phase
	}
	left := every - start%every // of the period, to work in before the next stall
	if d <= left {
		return later(start, d)
	}
	stalls := (d-left-1)/(every-stop) + 1
	if stalls > (Never-start)/stop {
		return Never
	}
	return later(later(start, d), stalls*stop)
}

// Validate returns an error that says what is wrong and what to write, or nil. A behaviour without a fault is valid.
func (b Behaviour) Validate() error {
	if err := b.Latency.Validate(); err != nil {
		return fmt.Errorf("latency: %w", err)
	}
	if b.Jitter < 0 || b.Jitter > MaxDelay {
		return fmt.Errorf("jitter: %s is outside 0s to %s", formatDuration(b.Jitter), formatDuration(MaxDelay))
	}
	for _, t := range [...]struct {
		name string
		d    time.Duration
	}{{"per_request", b.Service.PerRequest}, {"per_alert", b.Service.PerAlert}} {
		if t.d < 0 || t.d > MaxDelay {
			return fmt.Errorf("service: %s %s is outside 0s to %s", t.name, formatDuration(t.d), formatDuration(MaxDelay))
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

// String describes b in one line: "latency 20ms, service 3ms + 40us per alert, status 503 (p=0.3)", "200 at once".
func (b Behaviour) String() string {
	var parts phrases
	parts.add(!b.Latency.IsZero(), "latency %s", b.Latency)
	parts.add(b.Jitter != 0, "jitter %s", formatDuration(b.Jitter))
	parts.add(b.Service != Service{}, "service %s + %s per alert",
		formatDuration(b.Service.PerRequest), formatDuration(b.Service.PerAlert))
	parts.add(b.Stall != Stall{}, "stall every %s for %s", formatDuration(b.Stall.Every), formatDuration(b.Stall.For))
	parts.add(b.Fault != Fault{}, "%s", b.Fault)
	if len(parts) == 0 {
		return "200 at once"
	}
	return strings.Join(parts, ", ")
}
