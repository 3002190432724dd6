package fakeam

import (
	"fmt"
	"math/bits"
	"strings"
	"time"
)

// A Behaviour is how an Alertmanager answers requests. The zero value answers 200 at once.
type Behaviour struct {
	// Latency delays each response by a random time. It does not delay other requests.
	Latency Distribution `yaml:"latency,omitempty"`
	// Jitter adds to each latency a random time, evenly distributed over [-Jitter, Jitter]. The sum is at least 0.
	Jitter time.Duration `yaml:"jitter,omitempty"`
	// Service is how long the Alertmanager works on a request. It works on one request at a time.
	Service Service `yaml:"service,omitempty"`
	// Stall interrupts this work periodically.
	Stall Stall `yaml:"stall,omitempty"`
	// Fault is active for the whole run.
	Fault `yaml:",inline"`
}

// Service makes an Alertmanager a server with a queue. A request with n alerts waits until all requests before it have
// been served, and then takes PerRequest + n·PerAlert. Neither may be negative. The zero value takes no time.
type Service struct {
	PerRequest time.Duration `yaml:"per_request,omitempty"`
	PerAlert   time.Duration `yaml:"per_alert,omitempty"`
}

// Stall stops all work for the duration For at the times Every, 2·Every, 3·Every, … after the start of the run, as
// garbage collection or a busy host would. A request that arrives during a stall waits, and a request that is being
// served is interrupted. The zero value never stalls.
type Stall struct {
	Every time.Duration `yaml:"every,omitempty"`
	For   time.Duration `yaml:"for,omitempty"`
}

// duration returns the service time of a request with this many alerts, in nanoseconds and at most Never.
func (s Service) duration(alerts int) int64 {
	high, low := bits.Mul64(uint64(max(s.PerAlert, 0)), uint64(max(alerts, 0)))
	if high > 0 || low > uint64(Never) {
		return Never
	}
	return later(int64(max(s.PerRequest, 0)), int64(low))
}

// Scale returns s with its times multiplied by the factor by, which must be at least 0.
func (s Service) Scale(by float64) Service {
	return Service{PerRequest: scaled(s.PerRequest, by), PerAlert: scaled(s.PerAlert, by)}
}

// finish returns when d nanoseconds of work will be done. The work begins at start or, if that is during a stall, after
// the stall.
func (s Stall) finish(start, d int64) int64 {
	every, stop := int64(s.Every), int64(s.For)
	if every <= 0 || stop <= 0 || stop >= every {
		return later(start, d)
	}
	if phase := start % every; start >= every && phase < stop {
		start += stop - phase
	}
	left := every - start%every // time to work in before the next stall
	if d <= left {
		return later(start, d)
	}
	stalls := (d-left-1)/(every-stop) + 1
	if stalls > (Never-start)/stop {
		return Never
	}
	return later(later(start, d), stalls*stop)
}

// Validate returns an error that says what is wrong and what to write, or nil. A behaviour need not have a fault.
func (b Behaviour) Validate() error {
	if err := b.Latency.Validate(); err != nil {
		return fmt.Errorf("latency: %w", err)
	}
	if b.Jitter < 0 || b.Jitter > MaxDelay {
		return fmt.Errorf("`jitter` is %s; write 0s to %s", formatDuration(b.Jitter), formatDuration(MaxDelay))
	}
	for _, t := range [...]struct {
		name string
		d    time.Duration
	}{{"per_request", b.Service.PerRequest}, {"per_alert", b.Service.PerAlert}} {
		if t.d < 0 || t.d > MaxDelay {
			return fmt.Errorf("service: `%s` is %s; write 0s to %s", t.name, formatDuration(t.d), formatDuration(MaxDelay))
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

// String describes b in one line, such as "latency 20ms, service 3ms + 40us per alert, status 503 (p=0.3)" or "200 at
// once".
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
