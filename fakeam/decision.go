package fakeam

// A Decision says what an Alertmanager does with one request, and when.
type Decision struct {
	// Outcome is how the request ends for a sender that waits long enough.
	Outcome Outcome
	// Body is what is wrong with the body of the response. A sender that looks at the status alone, as Prometheus'
	// notifier does, does not notice it.
	Body BodyKind
	// Accepts says that the Alertmanager stores the alerts at the time At, even if the sender has given up by then.
	// It is independent of Outcome: see Fault.LoseResponse and Fault.WrongContent.
	Accepts bool
	// Status is the HTTP status of the response; 0 if there is none.
	Status int
	// AcceptFirst is how many of the alerts are stored, counted from the first; 0 stands for all.
	AcceptFirst int
	// At is when the response or the error reaches the sender, in nanoseconds since the start of the run. It is Never for
	// a request that hangs, and for a time beyond the range of an int64 (292 years).
	At int64
	// BodyDuration is how long the body takes to arrive after At, in nanoseconds.
	BodyDuration int64
}

// served is the decision about a request that meets no fault.
func served(at int64) Decision { return Decision{Outcome: OK, Status: 200, At: at, Accepts: true} }

// IsServed reports whether the request meets no fault: all alerts are stored, and the response is 200 with an intact
// body.
func (d *Decision) IsServed() bool { return *d == served(d.At) }

// Accepted returns how many alerts are stored of a request with this many.
func (d *Decision) Accepted(alerts int) int {
	switch {
	case !d.Accepts:
		return 0
	case d.AcceptFirst > 0:
		return min(d.AcceptFirst, alerts)
	}
	return alerts
}

// A BodyKind is what is wrong with the body of a response.
type BodyKind uint8

const (
	IntactBody    BodyKind = iota // nothing is wrong
	SlowBody                      // it takes BodyDuration to arrive
	TruncatedBody                 // the connection closes before its end
	WrongBody                     // it is not from an Alertmanager
)

// An Outcome is how a request ends.
type Outcome uint8

const (
	OK        Outcome = iota // status 200
	BadStatus                // a status of 300 to 599
	Refused                  // the connection is refused
	Reset                    // the connection is reset before a response
	Hangs                    // there is never a response
	TLSFails                 // the TLS handshake fails
)

// String returns ok, bad_status, refused, reset, hangs or tls.
func (o Outcome) String() string { return nameOf(outcomeNames[:], int(o)) }

var outcomeNames = [...]string{
	OK: "ok", BadStatus: "bad_status", Refused: "refused", Reset: "reset", Hangs: "hangs", TLSFails: "tls",
}

// nameOf returns the name of value i of an enumeration, "unknown" if it has none.
func nameOf(names []string, i int) string {
	if i >= len(names) {
		return "unknown"
	}
	return names[i]
}
