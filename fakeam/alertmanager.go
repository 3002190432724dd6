// Package fakeam is a fake Alertmanager, from a value for simulations to a server that speaks HTTP.
//
//   - Alertmanager decides what becomes of a request, and when, and counts the alerts that it took.
//   - AlertStates is what it remembers of alerts known by number: which fire, and what it gets wrong about that.
//   - Store is what it remembers of posted alerts. Both follow one rule, that of Alertmanager v0.34.
//   - Server is Store over HTTP with the API of a real Alertmanager, misbehaving as an Alertmanager decides.
//   - Host serves a Server at an address.
//
// The first three are values. They promise that the same seed, behaviour, faults and requests give the same decisions on
// every machine, and that a decision allocates nothing. They never read a clock, open a socket, start a goroutine or log.
// Nothing here knows who sends. Times of Alertmanager and AlertStates are int64 nanoseconds since the start of the run.
package fakeam

import (
	"math"
	"net/http"
	"time"
)

// Never is a time that does not come.
const Never int64 = math.MaxInt64

// A Decision is what becomes of one request.
type Decision struct {
	Outcome Outcome
	// Body is what is wrong with the body of the answer. A sender that judges by the status alone, as Prometheus' notifier
	// does, does not notice.
	Body BodyKind
	// Accepts says that the alerts are taken at At, whether or not the sender still listens then.
	// An outcome of OK does not imply it: see WrongContent.
	Accepts bool
	// Status is the HTTP status of the answer, 0 without one.
	Status int
	// AcceptFirst, if it is not 0, is how many of the alerts are taken, the first ones. With 0 it is all.
	AcceptFirst int
	// At is when the sender sees it, in nanoseconds; Never if it hangs (or would be over 292 years from the start).
	At int64
	// BodyDuration is how long the body takes to come after that, in nanoseconds.
	BodyDuration int64
}

// served is the decision of an Alertmanager that is not HasFault.
func served(at int64) Decision { return Decision{Outcome: OK, Status: 200, At: at, Accepts: true} }

// IsServed reports whether the request is answered with 200 and a whole body, and its alerts are taken then: as without a fault.
func (d *Decision) IsServed() bool { return *d == served(d.At) }

// A BodyKind is what is wrong with the body of an answer.
type BodyKind uint8

const (
	IntactBody    BodyKind = iota // nothing
	SlowBody                      // it takes BodyDuration
	TruncatedBody                 // the connection closes before its end
	WrongBody                     // it is not an Alertmanager's
)

// An Outcome is how a request ends for a sender that waits long enough.
type Outcome uint8

const (
	OK        Outcome = iota // 200
	BadStatus                // an HTTP status of 300 to 599
	Refused                  // no connection
	Reset                    // the connection breaks before an answer
	Hangs                    // no answer ever
	TLSFails                 // the TLS handshake fails
)

// String returns ok, bad_status, refused, reset, hangs or tls.
func (v Outcome) String() string {
	if int(v) < len(outcomeNames) {
		return outcomeNames[v]
	}
	return "unknown"
}

var outcomeNames = [...]string{OK: "ok", BadStatus: "bad_status", Refused: "refused", Reset: "reset", Hangs: "hangs", TLSFails: "tls"}

// An Alertmanager is one fake Alertmanager. It is not safe for use by several goroutines at once.
type Alertmanager struct {
	address string
	seed    uint64
	latency Distribution
	jitter  int64
	service Service
	stall   Stall
	delays  Random        // the stream of latency
	jitters Random        // the stream of jitter
	faults  []activeFault // in the order in which they began
	prompt  bool          // there is nothing but the latency
	busy    int64         // until when it works on requests that arrived
}

type activeFault struct {
	Fault
	key     string
	chances Random // the stream of Probability
	begun   int64
	passed  int // requests that After let pass
	met     int // requests that it decided

	second, passing int64 // requests that RateLimit let pass in this second since begun
}

// New returns the Alertmanager at address, host:port, that behaves as b says. Its random streams are those of
// this seed, with the address as actor. b's own fault is active from the start, under the key "".
func New(address string, b Behaviour, seed uint64) *Alertmanager {
	a := &Alertmanager{address: address, seed: seed}
	a.SetBehaviour(0, b)
	return a
}

// SetBehaviour replaces the behaviour from now on: every active fault ends, b's own fault starts, and the random streams
// start anew. Requests decided before keep their decisions, and new ones wait until those are served.
func (a *Alertmanager) SetBehaviour(now int64, b Behaviour) {
	a.latency, a.jitter, a.service, a.stall = b.Latency, int64(b.Jitter), b.Service, b.Stall
	a.prompt = b.Service == Service{} && b.Stall == Stall{} && b.Jitter == 0
	a.delays = NewRandom(a.seed, a.address, "latency")
	if b.Jitter != 0 {
		a.jitters = NewRandom(a.seed, a.address, "jitter")
	}
	a.faults = nil
	a.StartFault(now, b.Fault, "")
}

// Address returns the address that New was given.
func (a *Alertmanager) Address() string { return a.address }

// StartFault makes a fault active, before those that began earlier; its Ramp and Every count from now. The key names it among
// the faults of this Alertmanager and gives it its random stream; a fault that is active under the key ends.
// A fault without a kind does nothing.
func (a *Alertmanager) StartFault(now int64, f Fault, key string) {
	a.EndFault(key)
	if !f.is() {
		return
	}
	a.faults = append(a.faults, activeFault{Fault: f, key: key, begun: now, chances: NewRandom(a.seed, a.address, "fault "+key)})
}

// End ends the fault that began under the key, if it is active. Requests decided before keep their decisions.
func (a *Alertmanager) EndFault(key string) {
	for i := range a.faults {
		if a.faults[i].key == key {
			a.faults = append(a.faults[:i], a.faults[i+1:]...)
			return
		}
	}
}

// HasFault reports whether a fault is active.
func (a *Alertmanager) HasFault() bool { return len(a.faults) > 0 }

// PortClosed reports whether every request that arrives at now is refused, so that a server would close its port, and
// until when that holds, Never if until a fault starts or ends. A fault that refuses only some requests leaves the port open.
func (a *Alertmanager) PortClosed(now int64) (closed bool, until int64) {
	until = Never
	for i := len(a.faults) - 1; i >= 0; i-- { // the last to start is met first
		f := &a.faults[i]
		if f.Probability > 0 && f.Probability < 1 || f.Ramp > 0 || f.First > 0 || f.After > 0 {
			break
		}
		if f.Every > 0 {
			since := now - f.begun
			start := now - since%int64(f.Every)
			if !f.holds(since) {
				until = min(until, start+int64(f.Every))
				continue
			}
			until = min(until, start+int64(f.For))
		}
		return f.Refuse, until
	}
	return false, until
}

// Restart forgets the work that was begun.
func (a *Alertmanager) Restart(now int64) { a.busy = min(a.busy, now) }

// Decide decides what becomes of a request of this many alerts that arrives at now. Requests must be given in the
// order in which they arrive. Without a fault the request waits until those served before it are done,
// takes its service time, and is answered after the latency; that its sender gives up changes nothing of this.
func (a *Alertmanager) Decide(now int64, alerts int) (d Decision) {
	a.DecideTo(&d, now, alerts)
	return d
}

// DecideTo is Decide for callers with a place for the decision, to whom a copy of it would cost as much as the decision.
func (a *Alertmanager) DecideTo(d *Decision, now int64, alerts int) {
	if len(a.faults) > 0 {
		if f := a.meet(now); f != nil {
			*d = a.fail(f, now, alerts)
			return
		}
	}
	*d = served(a.Serve(now, alerts))
}

// Serve is Decide for an Alertmanager that is not HasFault, which serves every request: it returns At.
func (a *Alertmanager) Serve(now int64, alerts int) int64 {
	if a.prompt {
		return later(now, a.latency.draw(&a.delays))
	}
	end := now
	if a.service != (Service{}) {
		end = max(now, a.busy)
		if a.stall == (Stall{}) {
			end = later(end, a.service.of(alerts))
		} else {
			end = a.stall.ends(end, a.service.of(alerts))
		}
		a.busy = end
	} else if a.stall != (Stall{}) {
		end = a.stall.ends(now, 0)
	}
	return later(end, a.delay())
}

// delay draws the time from the end of the work to the answer.
func (a *Alertmanager) delay() int64 {
	d := a.latency.draw(&a.delays)
	if a.jitter != 0 {
		d = max(0, d-a.jitter+Uniform(0, time.Duration(2*a.jitter)).Draw(&a.jitters))
	}
	return d
}

// limits reports whether a request since the fault began is beyond its RateLimit, and counts it if it is not.
func (f *activeFault) limits(since int64) bool {
	if second := since / int64(time.Second); second != f.second {
		f.second, f.passing = second, 0
	}
	if f.passing == int64(f.RateLimit) {
		return true
	}
	f.passing++
	return false
}

// meet returns the fault that a request meets: of those whose chance hits, the one that began last; nil if none.
// Every fault that is not used up draws its chance, so that another fault beside it does not shift its stream.
func (a *Alertmanager) meet(now int64) *Fault {
	var met *activeFault
	for i := len(a.faults) - 1; i >= 0; i-- {
		f := &a.faults[i]
		since := now - f.begun
		if f.First > 0 && f.met >= f.First || f.Every > 0 && !f.holds(since) {
			continue
		}
		p := f.chance(since)
		if !(p >= 1 && f.Ramp == 0 || f.chances.Float64() < p) || met != nil {
			continue
		}
		if f.passed < f.After {
			f.passed++
			continue
		}
		if f.RateLimit > 0 && !f.limits(since) {
			continue
		}
		met = f
	}
	if met == nil {
		return nil
	}
	met.met++
	return &met.Fault
}

// fail returns the decision about a request that meets f. It is not served; hang and refuse draw no latency.
func (a *Alertmanager) fail(f *Fault, now int64, alerts int) Decision {
	switch {
	case f.Hang:
		return Decision{Outcome: Hangs, At: Never}
	case f.Refuse:
		return Decision{Outcome: Refused, At: now}
	}
	d := Decision{Outcome: OK, Status: 200, At: later(now, a.delay())}
	switch {
	case f.Reset:
		d.Outcome, d.Status = Reset, 0
	case f.TLS:
		d.Outcome, d.Status = TLSFails, 0
	case f.RateLimit != 0:
		d.Outcome, d.Status = BadStatus, http.StatusTooManyRequests
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

// later returns t + d for a d of at least 0, or Never if that is beyond what an int64 holds.
func later(t, d int64) int64 {
	if d > Never-t {
		return Never
	}
	return t + d
}
