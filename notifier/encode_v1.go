package notifier

import (
	"fmt"
	"time"
)

// appendV1 writes an alert of API v1:
//
//	{"labels":{…},"annotations":{…},"startsAt":"…","endsAt":"…","generatorURL":"…"}
//
// It is what encoding/json produces for an Alert. Times have nanoseconds without trailing zeros and the UTC offset of
// their location. Both times and the annotations are always present; the zero time is 0001-01-01T00:00:00Z. An empty
// URL is left out. Source: type Alert and sendAll in notifier/notifier.go at v2.5.0. Binaries built with Go up to 1.19
// (Prometheus up to v2.43) also wrote offsets from UTC of 24 hours and more, which are an error here.
func (w *writer) appendV1(a *Alert) error {
	w.raw(`{"labels":`)
	w.labels(a.Labels)
	w.raw(`,"annotations":`)
	w.labels(a.Annotations)

	sameStart, sameEnd, sameURL := w.sameAsLast(a)
	if sameStart && sameEnd && sameURL {
		w.repeat(w.all)
		return nil
	}
	start := len(w.buf)
	w.raw(`,"startsAt":`)
	if err := w.nanoseconds(&w.startsAt, a.StartsAt, sameStart); err != nil {
		return fmt.Errorf("startsAt: %w", err)
	}
	w.raw(`,"endsAt":`)
	if err := w.nanoseconds(&w.endsAt, a.EndsAt, sameEnd); err != nil {
		return fmt.Errorf("endsAt: %w", err)
	}
	w.url(`,"generatorURL":`, a.GeneratorURL, sameURL)
	w.raw("}")
	w.last, w.all = a, span{start, len(w.buf)}
	return nil
}

// nanoseconds writes a time. If same, it copies the span s of the alert before. Otherwise it writes t and sets *s.
func (w *writer) nanoseconds(s *span, t time.Time, same bool) error {
	if same {
		w.repeat(*s)
		return nil
	}
	start := len(w.buf)
	w.raw(`"`)
	b, err := t.AppendText(w.buf)
	if err != nil {
		return err
	}
	w.buf = append(b, '"')
	*s = span{start, len(w.buf)}
	return nil
}
