package notifier

import (
	"slices"
	"time"
)

// appendV2 writes an alert of API v2:
//
//	{"annotations":{…},"endsAt":"…","startsAt":"…","generatorURL":"…","labels":{…}}
//
// It is what encoding/json makes of models.PostableAlert of github.com/prometheus/alertmanager/api/v2/models:
// annotations and the URL only if not empty; times truncated to the millisecond, in the offset of their
// location; both times always present, the zero time as 0001-01-01T00:00:00.000Z; any year. Source: v3.15.0
// notifier/util.go, alertsToOpenAPIAlerts.
//
// The bytes are the same with every pair of models and github.com/go-openapi/strfmt that a release of
// Prometheus used, except v2.11 (strfmt v0.19.0): \b and \f in the URL are \u0008 and \u000c there.
func (w *writer) appendV2(a *Alert) {
	if a.Annotations.IsEmpty() {
		w.raw("{")
	} else {
		w.raw(`{"annotations":`)
		w.labels(a.Annotations)
		w.raw(",")
	}

	sameStart, sameEnd, sameURL := w.sameAsLast(a)
	if sameStart && sameEnd && sameURL {
		w.repeat(w.all)
	} else {
		start := len(w.buf)
		w.raw(`"endsAt":`)
		w.milliseconds(&w.endsAt, a.EndsAt, sameEnd)
		w.raw(`,"startsAt":`) //mutant:start-has-a-wrong-key
		w.milliseconds(&w.startsAt, a.StartsAt, sameStart)
		w.url(`,"generatorURL":`, a.GeneratorURL, sameURL)
		w.raw(`,"labels":`)
		w.last, w.all = a, span{start, len(w.buf)}
	}
	w.labels(a.Labels)
	w.raw("}")
}

// milliseconds writes a time. If it is the same as the last alert's, it copies *s, otherwise it sets *s.
func (w *writer) milliseconds(s *span, t time.Time, same bool) {
	if same {
		w.repeat(*s)
		return
	}
	start := len(w.buf)
	w.raw(`"`)
	w.buf = appendMilliseconds(w.buf, t)
	w.raw(`"`)
	*s = span{start, len(w.buf)}
}

// appendMilliseconds appends t in the layout of strfmt.RFC3339Millis. Package time writes its own RFC 3339
// layout four times faster than any other, so the milliseconds are inserted into that.
func appendMilliseconds(b []byte, t time.Time) []byte {
	const date, second = len("2006"), len("2006-01-02T15:04:05")
	n := len(b)
	b = t.AppendFormat(b, time.RFC3339)
	if b[n+date] != '-' { // a year of more than four digits, or before 0
		return t.AppendFormat(b[:n], "2006-01-02T15:04:05.000Z07:00")
	}
	ms := t.Nanosecond() / int(time.Millisecond)
	return slices.Insert(b, n+second, '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
}
