package network

import "time"

// A request times out if its response comes after its deadline, which is the timeout of the Alertmanager's set after
// the POST. A response at the deadline is in time.
//
// Only the status has to come in time. If the body comes later, the sender stops reading it at the deadline, and the
// status counts (see Request.Deliver).

// Timeout is the timeout of requests to t, in nanoseconds.
func (t *Target) Timeout() int64 { return int64(time.Duration(t.AM.Set.Config.Timeout)) }

// TimesOut reports whether the response that the Alertmanager has decided on comes too late.
func (r *Request) TimesOut() bool { return r.Decision.At > r.Deadline }

// Ends returns when a request ends if nothing else happens, and the place of that among the events of the instant.
func (r *Request) Ends() (at int64, place int) {
	if r.TimesOut() {
		return r.Deadline, r.To.GiveUpPlace
	}
	return r.Decision.At, r.To.ResponsePlace
}

// bodyEnd returns when the sender stops reading a body that begins now: at its end or at the deadline.
func (r *Request) bodyEnd() int64 {
	now := r.network.Now
	return now + min(r.Decision.BodyDuration, r.Deadline-now)
}
