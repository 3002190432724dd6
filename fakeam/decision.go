package fakeam

// A Decision says what an Alertmanager does with a request, and when.
type Decision struct {
	// Outcome is how the request ends, provided that the sender waits long enough.
	Outcome Outcome
	// Body says what is wrong with the body of the response. A sender that reads only the status, as Prometheus'
	// notifier does, does not notice.
	Body BodyKind
	// Accepts says that the Alertmanager stores the alerts at the time At, even if the sender has given up by then.
	// It is independent of Outcome: see Fault.LoseResponse and Fault.WrongContent.
	Accepts bool
	// Status is the HTTP status of the response, or 0 if there is none.
	Status int
	// AcceptFirst is how many of the alerts are stored, counted from the first; 0 means all of them.
	AcceptFirst int
	// At is when the response or the error reaches the sender, in nanoseconds since the start of the run. It is Never
	// if the request hangs or the time is beyond the range of an int64 (292 years).
	At int64
	// BodyDuration is how long after At the whole body has arrived, in nanoseconds.
	BodyDuration int64
}

// served returns the decision about a request that meets no fault.
func served(at int64) Decision { return Decision{Outcome: OK, Status: 200, At: at, Accepts: true} }

// IsServed reports whether the request meets no fault, so that all alerts are stored and the response is 200 with an
// intact body.
func (d *Decision) IsServed() bool { return *d == served(d.At) }

// Accepted returns how many alerts of a request are stored. alerts is the number of alerts in the request.
func (d *Decision) Accepted(alerts int) int {
	switch {
	case !d.Accepts:
		return 0
	case d.AcceptFirst > 0:
		return min(d.AcceptFirst, alerts)
	}
	return alerts
}

// A BodyKind says what is wrong with the body of a response.
type BodyKind uint8

const (
	IntactBody    BodyKind = iota // nothing is wrong
	SlowBody                      // takes BodyDuration to arrive
	TruncatedBody                 // the connection is closed before the end of the body
	WrongBody                     // does not come from an Alertmanager
)

// An Outcome is how a request ends.
type Outcome uint8

const (
	OK        Outcome = iota // status 200
	BadStatus                // a response with a status from 300 to 599
	Refused                  // the connection is refused
	Reset                    // the connection is reset before any response
	Hangs                    // there is never a response
	TLSFails                 // the TLS handshake fails
)

// String returns ok, bad_status, refused, reset, hangs or tls.
func (o Outcome) String() string { return nameOf(outcomeNames[:], int(o)) }

var outcomeNames = [...]string{
	OK: "ok", BadStatus: "bad_status", Refused: "refused", Reset: "reset", Hangs: "hangs", TLSFails: "tls",
}

// nameOf returns the name at index i, or "unknown" if there is none.
func nameOf(names []string, i int) string {
	if i >= len(names) {
		return "unknown"
	}
	return names[i]
}
