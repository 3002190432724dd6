package trace

import (
	"fmt"
	"slices"
	"strings"
)

// Canonical returns the events of a trace that every engine reports, in an order that does not depend on the scheduling
// of goroutines: sorted by time, kind, Alertmanager and alerts. Seq and Cause are set to 0.
func Canonical(events []Event) []Event {
	var list []Event
	for _, e := range events {
		switch e.Kind {
		case KindSend, KindBlocked, KindPost, KindAnswer, KindLate,
			KindExpired, KindFalselyResolved, KindRefired, KindResurrected, KindTargets,
			KindMissed, KindReload, KindStop, KindStopped, KindStarted:
			e.Seq, e.Cause, e.Line, e.Spans, e.Youngest, e.Oldest, e.Stored, e.StoredAt = 0, 0, 0, nil, 0, 0, 0, 0
			list = append(list, e)
		}
	}
	slices.SortStableFunc(list, func(a, b Event) int { return strings.Compare(a.sortKey(), b.sortKey()) })
	return list
}

func (e *Event) sortKey() string {
	return fmt.Sprintf("%020d %02d %s %s %s %d", e.At, e.Kind, strings.Join(e.Alertmanagers, ","), e.Alerts, e.Outcome,
		e.Replica)
}
