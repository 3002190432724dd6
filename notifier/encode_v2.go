package notifier

import (
	"slices"
	"time"
)

// appendV2 writes an alert of API v2:
//
//	{"annotations":{…},"endsAt":"…","startsAt":"…","generatorURL":"…","labels":{…}}
//
// It is what encoding/json produces for models.PostableAlert of github.com/prometheus/alertmanager/api/v2/models.
// Annotations and the URL are left out if empty. Times are truncated to milliseconds and have the UTC offset of their
// location. Both times are always present; the zero time is 0001-01-01T00:00:00.000Z. Any year is valid. Source:
// alertsToOpenAPIAlerts in notifier/util.go at v3.16.0.
//
// Every release with API v2 produces the same bytes, whichever versions of models and of github.com/go-openapi/strfmt
// it was built with. The exception is v2.11 (strfmt v0.19.0), where \b and \f in the URL are \u0008 and \u000c.
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

// milliseconds writes the time t with millisecond precision. s is where the text of this field is in the output. If
// same, t equals the time of the previous alert, and the text at s is copied. Otherwise t is formatted, and s is set to
// its place.
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

// appendMilliseconds appends t in the layout of strfmt.RFC3339Millis. Package time formats its own RFC3339 layout four
// times faster than any other, so the milliseconds are inserted into the result of that.
func appendMilliseconds(b []byte, t time.Time) []byte {
	const date, second = len("2006"), len("2006-01-02T15:04:05")
	n := len(b)
	b = t.AppendFormat(b, time.RFC3339)
	if b[n+date] != '-' { // a year of more than four digits, or a negative year
		return t.AppendFormat(b[:n], "2006-01-02T15:04:05.000Z07:00")
	}
	ms := t.Nanosecond() / int(time.Millisecond)
	return slices.Insert(b, n+second, '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
}
