package network

import (
	"time"

	"github.com/notifysim/notifysim/sim/internal/eventqueue"
	"github.com/notifysim/notifysim/sim/internal/world"
)

// A request times out if no response has come before its deadline. The deadline is the time of the POST plus the
// timeout of the Alertmanager's set. A response exactly at the deadline is too late, because the timers of an instant
// fire first in a real notifier.
//
// Only the status has to come in time. If the body takes longer, the sender stops reading it at the deadline, and the
// request ends with the status (see Request.Deliver).

// Timeout returns the timeout of requests to t, in nanoseconds.
func (t *Target) Timeout() int64 { return int64(time.Duration(t.AM.Set.Config.Timeout)) }

// TimesOut reports whether the response that the Alertmanager has decided on comes at the deadline or later.
func (r *Request) TimesOut() bool { return r.Decision.At >= r.Deadline }

// Ends returns when a request ends if no other event ends it before, and the class and position of its end among the
// events of that instant.
func (r *Request) Ends() (at int64, c eventqueue.Class, position int) {
	if r.TimesOut() {
		return r.Deadline, world.ClassTimeout, r.To.GiveUpPlace
	}
	return r.Decision.At, world.ClassResponse, r.To.ResponsePlace
}

// bodyEnd returns when the sender stops reading a body that it begins to read now: at the end of the body or at the
// deadline.
func (r *Request) bodyEnd() int64 {
	now := r.network.Now
	return now + min(r.Decision.BodyDuration, r.Deadline-now)
}
