package sim

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
)

// A Kind is what happened in an Event.
type Kind uint8

// The kinds of events.
const (
	KindSend            Kind = iota // Send was called with N alerts; what relabelling dropped is not among them
	KindBlocked                     // Send has to wait for the manager's lock, or says Note, a reload
	KindQueue                       // N alerts enter a send loop's queue; Queued waited before
	KindDrop                        // N alerts are dropped from a send loop, for Reason
	KindPost                        // a request with N alerts goes out
	KindAnswer                      // a request ends: Outcome
	KindLate                        // an Alertmanager takes the alerts of a request that its sender gave up
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
	// Queued is the length of the queue when the alerts of a send arrived there, Arriving their number, Capacity the most that it
	// holds (of queue and drop events).
	Queued, Arriving, Capacity int
	Reason                     core.Reason
	// Outcome is how a request ended: "200", "503", "timeout", "refused", "reset", "cut".
	Outcome string
	// Note is for people: the fault, what was wrong with a target update.
	Note string

	spans []span
	segs  []segment // where they belong, if the run keeps its sends
}

// AppendJSON appends the event as one line of NDJSON. Times are nanoseconds from the start of the run.
func (e *Event) AppendJSON(b []byte) []byte {
	b = append(b, `{"seq":`...)
	b = strconv.AppendInt(b, e.Seq, 10)
	b = append(b, `,"at_ns":`...)
	b = strconv.AppendInt(b, int64(e.At), 10)
	b = append(b, `,"event":"`...)
	b = append(b, e.Kind.String()...)
	b = append(b, '"')
	if e.Cause != 0 {
		b = append(b, `,"cause":`...)
		b = strconv.AppendInt(b, e.Cause, 10)
	}
	if e.Line != 0 {
		b = append(b, `,"line":`...)
		b = strconv.AppendInt(b, int64(e.Line), 10)
	}
	if e.Replica != 0 {
		b = append(b, `,"replica":`...)
		b = strconv.AppendInt(b, int64(e.Replica), 10)
	}
	if len(e.Alertmanagers) > 0 {
		b = append(b, `,"alertmanagers":[`...)
		for i, address := range e.Alertmanagers {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendString(b, address)
		}
		b = append(b, ']')
	}
	if e.Kind.counts() {
		b = append(b, `,"n":`...)
		b = strconv.AppendInt(b, int64(e.N), 10)
		b = append(b, `,"alerts":`...)
		b = appendString(b, e.Alerts)
	}
	if e.Arriving > 0 {
		b = append(b, `,"queued":`...)
		b = strconv.AppendInt(b, int64(e.Queued), 10)
		b = append(b, `,"arriving":`...)
		b = strconv.AppendInt(b, int64(e.Arriving), 10)
	}
	if e.Kind == KindDrop {
		b = append(b, `,"reason":"`...)
		b = append(b, e.Reason.String()...)
		b = append(b, '"')
	}
	if e.Outcome != "" {
		b = append(b, `,"outcome":"`...)
		b = append(b, e.Outcome...)
		b = append(b, '"')
	}
	if e.Note != "" {
		b = append(b, `,"note":`...)
		b = appendString(b, e.Note)
	}
	return append(b, '}', '\n')
}

// counts reports whether events of the kind are about alerts.
func (k Kind) counts() bool { return k <= KindLost }

// appendString appends s as a JSON string. Names are mostly plain.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
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

// String returns the event as one line for people.
func (e *Event) String() string {
	var b strings.Builder
	b.WriteString(pad(Short(e.At), 10, true))
	b.WriteString("  ")
	b.WriteString(pad("#"+strconv.FormatInt(e.Seq, 10), 5, false))
	b.WriteString(" ")
	b.WriteString(pad(e.who(), 14, false))
	b.WriteString(" ")
	b.WriteString(pad(e.Kind.String(), 9, false))
	for _, part := range e.facts() {
		b.WriteString(" ")
		b.WriteString(part)
	}
	return strings.TrimRight(b.String(), " ")
}

// who names the Alertmanagers in a column.
func (e *Event) who() string {
	if len(e.Alertmanagers) > 1 {
		return "shared queue"
	}
	return strings.Join(e.Alertmanagers, "")
}

// crowd says how full the queue was when alerts were dropped.
func (e *Event) crowd() string {
	switch {
	case e.Arriving == 0:
		return ""
	case e.Reason == core.BatchTooLarge:
		return fmt.Sprintf(" (%d arriving at a queue of %d)", e.Arriving, e.Capacity)
	}
	return fmt.Sprintf(" (%d of %d queued, %d arriving)", e.Queued, e.Capacity, e.Arriving)
}

// facts are what String says behind the kind.
func (e *Event) facts() []string {
	var parts []string
	if e.Kind.counts() {
		parts = append(parts, pad("n="+strconv.Itoa(e.N), 6, false), shorten(e.Alerts, 60))
	}
	switch e.Kind {
	case KindQueue:
		parts = append(parts, "behind "+strconv.Itoa(e.Queued))
	case KindDrop:
		parts = append(parts, e.Reason.String()+e.crowd())
	}
	if e.Outcome != "" {
		parts = append(parts, e.Outcome)
	}
	if e.Note != "" {
		parts = append(parts, e.Note)
	}
	if e.Replica != 0 {
		parts = append(parts, "(replica "+strconv.Itoa(e.Replica)+")")
	}
	if e.Cause != 0 {
		parts = append(parts, "<- #"+strconv.FormatInt(e.Cause, 10))
	}
	return parts
}

func pad(s string, n int, left bool) string {
	if len(s) >= n {
		return s
	}
	if left {
		return strings.Repeat(" ", n-len(s)) + s
	}
	return s + strings.Repeat(" ", n-len(s))
}

// shorten cuts a list of alerts in the middle.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return s[:n/2-2] + " … " + s[len(s)-n/2+2:]
}
