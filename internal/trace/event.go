// Package trace is the record of a run: its events, as NDJSON and as text for people. Programs outside this module know
// an event as sim.Event.
//
// Field names and kinds of events are a contract: they are added, never renamed or removed. A trace holds what happened
// and in which order; it decides nothing, and nothing in it depends on which engine ran.
package trace

import (
	"slices"
	"strconv"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
)

// A Kind is what happened in an Event.
type Kind uint8

// The kinds of events.
const (
	KindSend            Kind = iota // Send was called with N alerts; what relabelling dropped is not among them
	KindBlocked                     // Send, or what Note names, has to wait for the manager's lock
	KindQueue                       // N alerts enter a send loop's queue; Queued waited before
	KindDrop                        // N alerts are dropped from a send loop, for Reason
	KindPost                        // a request with N alerts goes out
	KindAnswer                      // a request ends: Outcome
	KindLate                        // an Alertmanager stores the alerts of a request that has timed out
	KindExpired                     // an Alertmanager takes alerts after their end, sent as firing, for resolved
	KindFalselyResolved             // alerts resolve at an Alertmanager that fire at the source
	KindRefired                     // alerts fire again that had resolved though they fired at the source
	KindResurrected                 // alerts fire again that had resolved and are over at the source
	KindLost                        // the release counts a batch of N alerts as lost
	KindTargets                     // a target update was taken
	KindMissed                      // a target update was offered, and the notifier was busy
	KindReload                      // a new configuration holds
	KindJoin                        // an Alertmanager became active
	KindLeave                       // an Alertmanager is no longer active, and its queue is gone
	KindFaultBegin                  // a fault begins
	KindFaultEnd                    // a fault ends
	KindStop                        // Stop was called
	KindStopped                     // Run has returned
	KindStarted                     // the server is there again
)

var kindNames = [...]string{
	"send", "blocked", "queue", "drop", "post", "answer", "late",
	"expired", "falsely_resolved", "refired", "resurrected", "lost", "targets", "missed", "reload", "join", "leave",
	"fault", "fault_end", "stop", "stopped", "started",
}

// String returns the kind as the trace spells it.
func (k Kind) String() string { return kindNames[k] }

// An Event is one thing that happened in a run. The zero fields of an Event do not apply to its kind.
type Event struct {
	// Seq numbers the events from 1; Cause is the Seq of the event that led to this one, 0 if the scenario did.
	Seq, Cause int64
	// At is the virtual time.
	At   time.Duration
	Kind Kind
	// Line is the line of the scenario file that led to the event, if the scenario did.
	Line int
	// Replica is the sender that it is of, from 1 on; 0 if there is one, or if it is of an Alertmanager.
	Replica int
	// Alertmanagers are the addresses of those that the event is about.
	Alertmanagers []string
	// Alerts are the alerts, as names with ranges: "a1..a5 a9"; N is their number.
	Alerts string
	N      int
	// Queued is the length of the queue when the alerts of a send arrived there, Arriving their number, Capacity the
	// most that it holds (of queue and drop events).
	Queued, Arriving, Capacity int
	Reason                     core.Reason
	// Outcome is how a request ended: "200", "503", "timeout", "refused", "reset", "cut".
	Outcome string
	// Note is for people: the fault, what was wrong with a target update.
	Note string

	// Spans are the alerts by their numbers in the run. They are not written to the trace.
	Spans []Span
	// Youngest and Oldest are, for an answer, the shortest and the longest time since Send was called with its alerts.
	Youngest, Oldest time.Duration
}

// A Span is N alerts with consecutive numbers from First on. The number of an alert is its index in sim.Result.Alerts.
type Span struct{ First, N int }

// About reports whether an event concerns the Alertmanager at an address; "" is all of them.
func (e *Event) About(address string) bool {
	return address == "" || slices.Contains(e.Alertmanagers, address)
}

// IsLoss reports whether an event is a loss to the Alertmanagers that it is about.
func (e *Event) IsLoss() bool {
	return e.Kind == KindDrop || e.Kind == KindAnswer && e.Outcome != "200"
}

// LostFor reports whether an event that IsLoss is one for the reason.
func (e *Event) LostFor(why core.Reason) bool {
	switch {
	case e.Kind == KindDrop:
		return e.Reason == why
	case e.Outcome == "cut":
		return why == core.ShutDown
	}
	return why == core.SendFailed
}

// AppendJSON appends the event as one line of NDJSON. Times are nanoseconds from the start of the run.
func (e *Event) AppendJSON(b []byte) []byte {
	b = appendNumber(b, `{"seq":`, e.Seq)
	b = appendNumber(b, `,"at_ns":`, int64(e.At))
	b = appendString(b, `,"event":`, e.Kind.String())
	if e.Cause != 0 {
		b = appendNumber(b, `,"cause":`, e.Cause)
	}
	if e.Line != 0 {
		b = appendNumber(b, `,"line":`, int64(e.Line))
	}
	if e.Replica != 0 {
		b = appendNumber(b, `,"replica":`, int64(e.Replica))
	}
	for i, address := range e.Alertmanagers {
		key := ","
		if i == 0 {
			key = `,"alertmanagers":[`
		}
		b = appendString(b, key, address)
	}
	if len(e.Alertmanagers) > 0 {
		b = append(b, ']')
	}
	if e.Kind.counts() {
		b = appendNumber(b, `,"n":`, int64(e.N))
		b = appendString(b, `,"alerts":`, e.Alerts)
	}
	if e.Arriving > 0 {
		b = appendNumber(b, `,"queued":`, int64(e.Queued))
		b = appendNumber(b, `,"arriving":`, int64(e.Arriving))
	}
	if e.Kind == KindDrop {
		b = appendString(b, `,"reason":`, e.Reason.String())
	}
	if e.Outcome != "" {
		b = appendString(b, `,"outcome":`, e.Outcome)
	}
	if e.Note != "" {
		b = appendString(b, `,"note":`, e.Note)
	}
	return append(b, '}', '\n')
}

// counts reports whether events of the kind are about alerts.
func (k Kind) counts() bool { return k <= KindLost }

func appendNumber(b []byte, key string, n int64) []byte {
	return strconv.AppendInt(append(b, key...), n, 10)
}

// appendString appends a key, and s as a JSON string. Names are mostly plain.
func appendString(b []byte, key, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(append(b, key...), '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < 0x20:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
