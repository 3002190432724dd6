package core

import (
	"fmt"
	"slices"
)

// A Reason is why an alert was dropped, that is, lost on its way through a send loop.
type Reason uint8

// The reasons, in the order in which they may apply to an alert.
const (
	BatchTooLarge Reason = iota // the send was larger than the queue; its oldest alerts are dropped
	QueueFull                   // the queue was full; its oldest alerts are dropped
	SendFailed                  // the connection failed, the response was not 2xx, or the request timed out
	Removed                     // the Alertmanager left its set while the alert was queued for it
	ShutDown                    // the notifier stopped before the alert was delivered
	numReasons
)

// Reasons returns all reasons, in order.
func Reasons() []Reason {
	rs := make([]Reason, numReasons)
	for i := range rs {
		rs[i] = Reason(i)
	}
	return rs
}

var reasonNames = [numReasons]string{"batch_too_large", "queue_full", "send_failed", "removed", "shutdown"}

// String returns the reason as it is spelled in scenario files and reports.
func (r Reason) String() string { return reasonNames[r] }

// ParseReason returns the reason that String spells s.
func ParseReason(s string) (Reason, error) {
	if i := slices.Index(reasonNames[:], s); i >= 0 {
		return Reason(i), nil
	}
	return 0, fmt.Errorf("unknown reason %q", s)
}
