// Package fakeam is a fake Alertmanager as a value: it decides what becomes of a request, and when,
// and counts the alerts that it took.
//
// It promises that the same seed, behaviour, faults and requests give the same decisions on every machine,
// and that a decision allocates nothing. It never reads a clock, opens a socket, starts a goroutine or logs,
// and knows nothing of who sends. Times are int64 nanoseconds since the start of the run.
package fakeam

import "math"

// Never is a time that does not come.
const Never int64 = math.MaxInt64

// A Decision is what becomes of one request.
type Decision struct {
	Verdict Verdict
	// Status is the HTTP status of the answer, 0 without one.
	Status int
	// At is when the sender sees it, in nanoseconds; Never if it hangs (or would be over 292 years from the start).
	At int64
	// Takes says that the alerts are taken at At, whether or not the sender still listens then.
	Takes bool
}

// A Verdict is how a request ends for a sender that waits long enough.
type Verdict uint8

const (
	OK        Verdict = iota // 200, the alerts are taken
	BadStatus                // an HTTP status of 300 to 599
	Refused                  // no connection
	Reset                    // the connection breaks before an answer
	Hangs                    // no answer ever
)

// String returns ok, bad_status, refused, reset or hangs.
func (v Verdict) String() string {
	if int(v) < len(verdicts) {
		return verdicts[v]
	}
	return "unknown"
}

var verdicts = [...]string{OK: "ok", BadStatus: "bad_status", Refused: "refused", Reset: "reset", Hangs: "hangs"}

// An Alertmanager is one fake Alertmanager. It is not safe for use by several goroutines at once.
type Alertmanager struct {
	address  string
	seed     uint64
	latency  Distribution
	service  Service
	delays   Random        // the stream of latency
	faults   []activeFault // in the order in which they began
	busy     int64         // until when it works on requests that arrived
	received Tally
}

type activeFault struct {
	Fault
	key     string
	chances Random // the stream of Probability
	met     int    // requests that it decided
}

// New returns the Alertmanager at address, host:port, that behaves as b says. Its random streams are those of
// this seed, with the address as actor. b's own fault is active from the start, under the key "".
func New(address string, b Behaviour, seed uint64) *Alertmanager {
	a := &Alertmanager{
		address: address,
		seed:    seed,
		latency: b.Latency,
		service: b.Service,
		delays:  NewRandom(seed, address, "latency"),
	}
	a.Begin(b.Fault, "")
	return a
}

// Address returns the address that New was given.
func (a *Alertmanager) Address() string { return a.address }

// Received returns the tally of what was taken, kept up to date.
func (a *Alertmanager) Received() *Tally { return &a.received }

// Take records that the label sets numbered first, …, first+n-1 are taken.
func (a *Alertmanager) Take(first, n int) { a.received.Add(first, n) }

// Begin makes a fault active, before those that began earlier. The key names it among the faults of this
// Alertmanager and gives it its random stream; a fault that is active under the key ends.
// A fault that sets none of Hang, Refuse, Reset and Status does nothing.
func (a *Alertmanager) Begin(f Fault, key string) {
	a.End(key)
	if f.kinds() == 0 {
		return
	}
	a.faults = append(a.faults, activeFault{Fault: f, key: key, chances: NewRandom(a.seed, a.address, "fault "+key)})
}

// End ends the fault that began under the key, if it is active. Requests decided before keep their decisions.
func (a *Alertmanager) End(key string) {
	for i := range a.faults {
		if a.faults[i].key == key {
			a.faults = append(a.faults[:i], a.faults[i+1:]...)
			return
		}
	}
}

// Decide decides what becomes of a request of this many alerts that arrives at now. Requests must be given in the
// order in which they arrive. Without a fault the request waits until those served before it are done,
// takes its service time, and is answered after the latency; that its sender gives up changes nothing of this.
func (a *Alertmanager) Decide(now int64, alerts int) Decision {
	if len(a.faults) > 0 {
		if f := a.meet(); f != nil {
			return a.fail(f, now)
		}
	}
	end := now
	if a.service != (Service{}) {
		end = later(max(now, a.busy), a.service.of(alerts))
		a.busy = end
	}
	return Decision{Verdict: OK, Status: 200, At: later(end, a.latency.Draw(&a.delays)), Takes: true}
}

// meet returns the fault that a request meets: of those whose chance hits, the one that began last; nil if none.
// Every fault that is not used up draws its chance, so that another fault beside it does not shift its stream.
func (a *Alertmanager) meet() *Fault {
	var met *activeFault
	for i := len(a.faults) - 1; i >= 0; i-- {
		f := &a.faults[i]
		if f.First > 0 && f.met >= f.First {
			continue
		}
		hit := f.Probability == 0 || f.Probability >= 1 || f.chances.Float64() < f.Probability
		if hit && met == nil {
			met = f
		}
	}
	if met == nil {
		return nil
	}
	met.met++
	return &met.Fault
}

// fail returns the decision about a request that meets f. It is not served; hang and refuse draw no latency.
func (a *Alertmanager) fail(f *Fault, now int64) Decision {
	switch {
	case f.Hang:
		return Decision{Verdict: Hangs, At: Never}
	case f.Refuse:
		return Decision{Verdict: Refused, At: now}
	case f.Reset:
		return Decision{Verdict: Reset, At: later(now, a.latency.Draw(&a.delays))}
	default:
		return Decision{Verdict: BadStatus, Status: f.Status, At: later(now, a.latency.Draw(&a.delays))}
	}
}

// later returns t + d for a d of at least 0, or Never if that is beyond what an int64 holds.
func later(t, d int64) int64 {
	if d > Never-t {
		return Never
	}
	return t + d
}
