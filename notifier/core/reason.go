package core

import (
	"fmt"
	"slices"
)

// A Reason is why an alert was dropped: why it left a send loop without being delivered.
type Reason uint8

// The reasons, in the order in which an alert can meet them.
const (
	BatchTooLarge Reason = iota // the send was larger than the queue: its oldest alerts are dropped
	QueueFull                   // the queue was full: its oldest alerts are dropped
	SendFailed                  // the request was refused, broken, answered otherwise than 2xx, or timed out
	Removed                     // its Alertmanager left while the alert was queued
	ShutDown                    // the notifier stopped first
	numReasons
)

// Reasons lists all of them, in order.
func Reasons() []Reason {
	rs := make([]Reason, numReasons)
	for i := range rs {
		rs[i] = Reason(i)
	}
	return rs
}

var reasonNames = [numReasons]string{"batch_too_large", "queue_full", "send_failed", "removed", "shutdown"}

// String returns the reason as scenario files and reports spell it.
func (r Reason) String() string { return reasonNames[r] }

// ParseReason is the inverse of String.
func ParseReason(s string) (Reason, error) {
	if i := slices.Index(reasonNames[:], s); i >= 0 {
		return Reason(i), nil
	}
	return 0, fmt.Errorf("unknown reason %q", s)
}
