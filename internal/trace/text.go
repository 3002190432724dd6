package trace

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/notifier/core"
)

// String returns the event as a line of text for people.
func (e *Event) String() string {
	var b strings.Builder
	b.WriteString(pad(text.Duration(e.At), 10, true))
	b.WriteString("  ")
	b.WriteString(pad("#"+strconv.FormatInt(e.Seq, 10), 5, false))
	b.WriteString(" ")
	b.WriteString(pad(e.Who(), 14, false))
	b.WriteString(" ")
	b.WriteString(pad(e.Kind.String(), 9, false))
	for _, part := range e.facts() {
		b.WriteString(" ")
		b.WriteString(part)
	}
	return strings.TrimRight(b.String(), " ")
}

// Who returns the text of the column for the Alertmanagers.
func (e *Event) Who() string {
	if len(e.Alertmanagers) > 1 {
		return "shared queue"
	}
	return strings.Join(e.Alertmanagers, "")
}

// QueueState describes how full the queue was when alerts were dropped, with a space in front, or returns "".
func (e *Event) QueueState() string {
	switch {
	case e.Arriving == 0:
		return ""
	case e.Reason == core.BatchTooLarge:
		return fmt.Sprintf(" (%d arriving at a queue of %d)", e.Arriving, e.Capacity)
	}
	return fmt.Sprintf(" (%d of %d queued, %d arriving)", e.Queued, e.Capacity, e.Arriving)
}

// facts returns what String writes after the kind of the event.
func (e *Event) facts() []string {
	var parts []string
	if e.Kind.counts() {
		parts = append(parts, pad("n="+strconv.Itoa(e.N), 6, false), text.Shorten(e.Alerts, 60))
	}
	switch e.Kind {
	case KindQueue:
		parts = append(parts, "behind "+strconv.Itoa(e.Queued))
	case KindDrop:
		parts = append(parts, e.Reason.String()+e.QueueState())
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
