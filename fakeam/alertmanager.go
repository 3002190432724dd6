package fakeam

import "time"

// An Alertmanager decides how each request to one Alertmanager ends.
type Alertmanager struct {
	address string
	seed    uint64

	latency     Distribution
	jitter      int64
	service     Service
	stall       Stall
	latencyOnly bool // the behaviour has no jitter, service or stall

	latencyStream, jitterStream Random

	faults    []activeFault // sorted by start
	busyUntil int64         // when the last request that has arrived will have been served
}

// New returns the Alertmanager at address (host:port) with behaviour b, which must be valid. Its random streams are
// those of the seed with address as the actor. The fault of b is active from the start, with the key "".
func New(address string, b Behaviour, seed uint64) *Alertmanager {
	a := &Alertmanager{address: address, seed: seed}
	a.SetBehaviour(0, b)
	return a
}

// SetBehaviour replaces the behaviour from now on. All active faults end, the fault of b starts, and the random streams
// restart. Earlier decisions are not affected, and later requests wait for the requests that are being served.
func (a *Alertmanager) SetBehaviour(now int64, b Behaviour) {
	a.latency, a.jitter, a.service, a.stall = b.Latency, int64(b.Jitter), b.Service, b.Stall
	a.latencyOnly = b.Service == Service{} && b.Stall == Stall{} && b.Jitter == 0
	a.latencyStream = NewRandom(a.seed, a.address, "latency")
	if b.Jitter != 0 {
		a.jitterStream = NewRandom(a.seed, a.address, "jitter")
	}
	a.faults = nil
	a.StartFault(now, b.Fault, "")
}

// Address returns the address passed to New.
func (a *Alertmanager) Address() string { return a.address }

// Restart discards the requests that are being served, so that later requests do not wait for them. Active faults
// remain active.
func (a *Alertmanager) Restart(now int64) { a.busyUntil = min(a.busyUntil, now) }

// Decide returns the decision about a request with this many alerts that arrives now. Call it in the order in which
// requests arrive.
//
// If the request meets a fault, only the fault matters: the request neither waits nor makes others wait. Otherwise the
// request waits until all earlier ones have been served, is served for its service time, and is answered after the
// latency. It does not matter whether the sender gives up before.
func (a *Alertmanager) Decide(now int64, alerts int) (d Decision) {
	a.DecideTo(&d, now, alerts)
	return d
}

// DecideTo is Decide with the result written to d, since copying a Decision costs about as much as making it.
func (a *Alertmanager) DecideTo(d *Decision, now int64, alerts int) {
	if len(a.faults) > 0 {
		if f := a.matchFault(now); f != nil {
			*d = a.fail(f, now, alerts)
			return
		}
	}
	*d = served(a.Serve(now, alerts))
}

// Serve is Decide for a request that meets no fault. It returns the time at which the response reaches the sender.
func (a *Alertmanager) Serve(now int64, alerts int) int64 {
	if a.latencyOnly {
		return later(now, a.latency.draw(&a.latencyStream))
	}
	done := now
	if a.service != (Service{}) {
		done = max(now, a.busyUntil)
		if a.stall == (Stall{}) {
			done = later(done, a.service.duration(alerts))
		} else {
			done = a.stall.finish(done, a.service.duration(alerts))
		}
		a.busyUntil = done
	} else if a.stall != (Stall{}) {
		done = a.stall.finish(now, 0)
	}
	return later(done, a.responseDelay())
}

// responseDelay draws the time from the end of the service to the response, which is the latency plus the jitter.
func (a *Alertmanager) responseDelay() int64 {
	d := a.latency.draw(&a.latencyStream)
	if a.jitter != 0 {
		d = max(0, d-a.jitter+Uniform(0, time.Duration(2*a.jitter)).Draw(&a.jitterStream))
	}
	return d
}
