package fakeam

import "time"

// An activeFault is a Fault from its start to its end, with the counters that its limits need.
type activeFault struct {
	Fault
	key     string
	chances Random // the stream of Probability
	start   int64
	passed  int // requests let pass because of After
	met     int // requests that met the fault

	second, passedInSecond int64 // for RateLimit: the current second since start, and the requests let pass in it
}

// StartFault makes a fault active from now on. Its Ramp, Every and RateLimit count from now. The key names the fault
// among those of this Alertmanager and selects its random stream. If a fault with this key is active, it ends. A
// request meets at most one fault: if several apply, the one that started last. The zero Fault has no effect.
func (a *Alertmanager) StartFault(now int64, f Fault, key string) {
	a.EndFault(key)
	if !f.hasKind() {
		return
	}
	chances := NewRandom(a.seed, a.address, "fault "+key)
	a.faults = append(a.faults, activeFault{Fault: f, key: key, start: now, chances: chances})
}

// EndFault ends the active fault with this key, if any. It does not affect decisions that were made before.
func (a *Alertmanager) EndFault(key string) {
	for i := range a.faults {
		if a.faults[i].key == key {
			a.faults = append(a.faults[:i], a.faults[i+1:]...)
			return
		}
	}
}

// HasFault reports whether any fault is active.
func (a *Alertmanager) HasFault() bool { return len(a.faults) > 0 }

// PortClosed reports whether every request that arrives now would be refused, so that a server can close its port. It
// also returns until when the answer is valid, provided that no fault starts or ends before. A fault that refuses only
// some requests does not close the port.
func (a *Alertmanager) PortClosed(now int64) (closed bool, until int64) {
	until = Never
	for i := len(a.faults) - 1; i >= 0; i-- {
		f := &a.faults[i]
		if f.Probability > 0 && f.Probability < 1 || f.Ramp > 0 || f.First > 0 || f.After > 0 {
			break
		}
		if f.Every > 0 {
			elapsed := now - f.start
			period := now - elapsed%int64(f.Every)
			if !f.inPeriod(elapsed) {
				until = min(until, period+int64(f.Every))
				continue
			}
			until = min(until, period+int64(f.For))
		}
		return f.Refuse, until
	}
	return false, until
}

// matchFault returns the fault that a request meets, or nil. Every fault that is active and not exhausted draws its
// random number even after a match, so that the stream of one fault does not depend on the others.
func (a *Alertmanager) matchFault(now int64) *Fault {
	var match *activeFault
	for i := len(a.faults) - 1; i >= 0; i-- {
		f := &a.faults[i]
		elapsed := now - f.start
		if f.First > 0 && f.met >= f.First || f.Every > 0 && !f.inPeriod(elapsed) {
			continue
		}
		p := f.chance(elapsed)
		if !(p >= 1 && f.Ramp == 0 || f.chances.Float64() < p) || match != nil {
			continue
		}
		if f.passed < f.After {
			f.passed++
			continue
		}
		if f.RateLimit > 0 && !f.exceedsRate(elapsed) {
			continue
		}
		match = f
	}
	if match == nil {
		return nil
	}
	match.met++
	return &match.Fault
}

// inPeriod reports whether Every and For let the fault act at this time, in nanoseconds since its start.
func (f *activeFault) inPeriod(elapsed int64) bool {
	return f.Every <= 0 || elapsed%int64(f.Every) < int64(f.For)
}

// chance returns the probability that a request meets the fault at this time, in nanoseconds since its start.
func (f *activeFault) chance(elapsed int64) float64 {
	p := f.Probability
	if p <= 0 || p > 1 {
		p = 1
	}
	if elapsed < int64(f.Ramp) {
		p = float64(p * (float64(elapsed) / float64(f.Ramp)))
	}
	return p
}

// exceedsRate reports whether a request at this time, in nanoseconds since the start of the fault, is over RateLimit.
// If it is not, exceedsRate counts it.
func (f *activeFault) exceedsRate(elapsed int64) bool {
	if second := elapsed / int64(time.Second); second != f.second {
		f.second, f.passedInSecond = second, 0
	}
	if f.passedInSecond == int64(f.RateLimit) {
		return true
	}
	f.passedInSecond++
	return false
}

// fail returns the decision about a request that meets f. For Hang and Refuse it draws no latency.
func (a *Alertmanager) fail(f *Fault, now int64, alerts int) Decision {
	switch {
	case f.Hang:
		return Decision{Outcome: Hangs, At: Never}
	case f.Refuse:
		return Decision{Outcome: Refused, At: now}
	}
	d := Decision{Outcome: OK, Status: 200, At: later(now, a.responseDelay())}
	switch {
	case f.Reset:
		d.Outcome, d.Status = Reset, 0
	case f.TLS:
		d.Outcome, d.Status = TLSFails, 0
	case f.RateLimit != 0:
		d.Outcome, d.Status = BadStatus, 429
	case f.LoseResponse:
		d.Outcome, d.Status, d.Accepts = Reset, 0, true
	case f.Truncate:
		d.Body, d.Accepts = TruncatedBody, true
	case f.SlowBody != 0:
		d.Body, d.Accepts, d.BodyDuration = SlowBody, true, max(int64(f.SlowBody), 0)
	case f.Partial != 0:
		d.Outcome, d.Status = BadStatus, 400
		d.AcceptFirst = int(float64(f.Partial * float64(alerts)))
		d.Accepts = d.AcceptFirst > 0
	case f.WrongContent:
		d.Body = WrongBody
	default:
		d.Outcome, d.Status = BadStatus, f.Status
	}
	return d
}
