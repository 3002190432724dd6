package fakeam

import "time"

// An Alertmanager decides how the requests to one Alertmanager end.
type Alertmanager struct {
	address string
	seed    uint64

	latency     Distribution
	jitter      int64
	service     Service
	stall       Stall
	latencyOnly bool // the behaviour has no jitter, service or stall

	latencyStream, jitterStream Random

	faults    []activeFault // in the order in which they started
	busyUntil int64         // when the requests that have arrived are done
}

// New returns the Alertmanager at address (host:port) with behaviour b, which must be valid. Its random streams are
// those of the seed with the address as actor. The fault of b is active from the start, under the key "".
func New(address string, b Behaviour, seed uint64) *Alertmanager {
	a := &Alertmanager{address: address, seed: seed}
	a.SetBehaviour(0, b)
	return a
}

// SetBehaviour replaces the behaviour from now on: all active faults end, the fault of b starts, and the random streams
// start anew. Decisions made before stand, and later requests wait for those that are being served.
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

// Address returns the address that was given to New.
func (a *Alertmanager) Address() string { return a.address }

// Restart discards the requests that are being served: later ones do not wait for them. Active faults stay active.
func (a *Alertmanager) Restart(now int64) { a.busyUntil = min(a.busyUntil, now) }

// Decide decides about a request with this many alerts that arrives now. Call it in the order in which requests arrive.
//
// A request that meets a fault is decided by the fault alone: it does not wait and keeps no other waiting. Any other
// request waits until those before it are done, is served for its service time, and is answered after the latency.
// A sender that gives up changes none of this.
func (a *Alertmanager) Decide(now int64, alerts int) (d Decision) {
	a.DecideTo(&d, now, alerts)
	return d
}

// DecideTo is Decide that writes to d. Copying a Decision costs about as much as making it.
func (a *Alertmanager) DecideTo(d *Decision, now int64, alerts int) {
	if len(a.faults) > 0 {
		if f := a.matchFault(now); f != nil {
			*d = a.fail(f, now, alerts)
			return
		}
	}
	*d = served(a.Serve(now, alerts))
}

// Serve is Decide for a request that meets no fault. It returns when the sender sees the response.
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

// responseDelay draws the time from the end of the service to the response: the latency and its jitter.
func (a *Alertmanager) responseDelay() int64 {
	d := a.latency.draw(&a.latencyStream)
	if a.jitter != 0 {
		d = max(0, d-a.jitter+Uniform(0, time.Duration(2*a.jitter)).Draw(&a.jitterStream))
	}
	return d
}
