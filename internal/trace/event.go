// Package trace defines the record of a run: its events, as NDJSON for programs and as text for people. Outside this
// module an event is known as sim.Event.
//
// Field names and kinds of events are a contract: they may be added, but not renamed or removed. A trace holds what
// happened and in which order. It decides nothing and does not depend on the engine.
package trace

import (
	"slices"
	"strconv"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
)

// A Kind says what happened in an Event.
type Kind uint8

// The kinds of events.
const (
	KindSend            Kind = iota // Send was called; N counts the alerts that relabelling did not drop
	KindBlocked                     // Send, or the call named by Note, waits for the manager's lock
	KindQueue                       // N alerts enter the queue of a send loop; Queued alerts were in it before
	KindDrop                        // N alerts are dropped from a send loop because of Reason
	KindPost                        // a request with N alerts is sent
	KindAnswer                      // a request ends with Outcome
	KindLate                        // an Alertmanager stores the alerts of a request that has timed out
	KindExpired                     // alerts arrive as firing after their EndsAt, and are stored as resolved
	KindFalselyResolved             // an Alertmanager resolves alerts that still fire at their source
	KindRefired                     // alerts fire again at an Alertmanager after they were falsely resolved
	KindResurrected                 // alerts fire again at an Alertmanager although they have ended at their source
	KindLost                        // the release counts a batch of N alerts as lost
	KindTargets                     // the notifier accepted a target update
	KindMissed                      // the notifier was busy and did not accept a target update
	KindReload                      // a new configuration applies
	KindJoin                        // an Alertmanager became active
	KindLeave                       // an Alertmanager is no longer active, and its queue was removed
	KindFaultBegin                  // a fault of an Alertmanager begins
	KindFaultEnd                    // a fault of an Alertmanager ends
	KindStop                        // Stop was called
	KindStopped                     // Run has returned
	KindStarted                     // the server is running again after a restart
)

var kindNames = [...]string{
	"send", "blocked", "queue", "drop", "post", "answer", "late",
	"expired", "falsely_resolved", "refired", "resurrected", "lost", "targets", "missed", "reload", "join", "leave",
	"fault", "fault_end", "stop", "stopped", "started",
}

// String returns the kind as it is spelled in the trace.
func (k Kind) String() string { return kindNames[k] }

// An Event is something that happened in a run. Fields that do not apply to its Kind are zero.
type Event struct {
	// Seq numbers the events from 1. Cause is the Seq of the event that caused this one, or 0 if the scenario file did.
	Seq, Cause int64
	// At is the virtual time since the start of the run.
	At   time.Duration
	Kind Kind
	// Line is the line of the scenario file that caused the event, or 0.
	Line int
	// Replica is the number of the sender, from 1 on. It is 0 if there is only one sender, or for events at an
	// Alertmanager.
	Replica int
	// Alertmanagers are the addresses of the Alertmanagers that the event concerns.
	Alertmanagers []string
	// Alerts are the names of the alerts, with ranges: "a1..a5 a9". N is their number.
	Alerts string
	N      int
	// These fields are set for queue and drop events. Queued is the number of alerts in the queue when the alerts of a
	// send arrived, Arriving the number of those alerts, and Capacity the capacity of the queue.
	Queued, Arriving, Capacity int
	Reason                     core.Reason
	// Outcome is how a request ended: "200", "503", "timeout", "refused", "reset" or "cut".
	Outcome string
	// Note is text for people, such as the description of a fault or what was wrong with a target update.
	Note string

	// Spans are the alerts as ranges of their numbers in the run. They are not written to the trace.
	Spans []Span
	// Youngest and Oldest are set for answers: the shortest and the longest time since Send was called with one of the
	// alerts.
	Youngest, Oldest time.Duration
	// Stored and StoredAt are set for answers: how many of the alerts, counted from the first, the Alertmanager has
	// stored, and when. With other outcomes than 200 it may have stored some too. They are not written to the trace.
	Stored   int
	StoredAt time.Duration
}

// A Span is N alerts with consecutive numbers, beginning with First. The number of an alert is its index in
// sim.Result.Alerts.
type Span struct{ First, N int }

// About reports whether the event concerns the Alertmanager at an address. The address "" matches every event.
func (e *Event) About(address string) bool {
	return address == "" || slices.Contains(e.Alertmanagers, address)
}

// IsLoss reports whether the event means that alerts are lost to the Alertmanagers that it concerns.
func (e *Event) IsLoss() bool {
	return e.Kind == KindDrop || e.Kind == KindAnswer && e.Outcome != "200"
}

// LostFor reports whether alerts were lost for this reason. The event must be one for which IsLoss is true.
func (e *Event) LostFor(why core.Reason) bool {
	switch {
	case e.Kind == KindDrop:
		return e.Reason == why
	case e.Outcome == "cut":
		return why == core.ShutDown
	}
	return why == core.SendFailed
}

// AppendJSON appends the event as a line of NDJSON. Times are in nanoseconds since the start of the run.
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

// counts reports whether events of this kind have a number of alerts.
func (k Kind) counts() bool { return k <= KindLost }

func appendNumber(b []byte, key string, n int64) []byte {
	return strconv.AppendInt(append(b, key...), n, 10)
}

// appendString appends key, then s as a JSON string. It need not be fast for characters that must be escaped, which are
// rare.
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
