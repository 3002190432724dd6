package notifier

import (
	"fmt"
)

// An Encoding is the form in which alerts are posted. It writes the same bytes as Prometheus does when compiled
// with Go 1.22 to 1.26. The zero value is API v2, Prometheus' default since v2.26.0.
//
// The bytes are those of encoding/json: no white space; '<', '>', '&', U+2028 and U+2029 written as \u003c and
// so on, like control characters; \ufffd for each byte that is not UTF-8; labels and annotations sorted by the
// bytes of the name. Other versions of Go write other bytes of the same meaning: up to 1.21 (binaries of
// Prometheus up to v2.50) backspace and form feed are \u0008 and \u000c instead of \b and \f (go.dev/cl/521675);
// from 1.27 on (v3.15) a byte that is not UTF-8 becomes the character U+FFFD instead of its escape sequence
// (go.dev/issue/75163).
//
// Alerts must not be nil.
type Encoding uint8

// The encodings.
const (
	EncodingV2 Encoding = iota // Alertmanager's API v2: see appendV2
	EncodingV1                 // API v1, the only one up to v2.10 and gone in v3.0.0: see appendV1
)

// String returns the encoding as api_version spells it: "v1" or "v2".
func (e Encoding) String() string {
	if e == EncodingV1 {
		return "v1"
	}
	return "v2"
}

// AppendAlert appends one alert, an object, to dst.
//
// EncodingV2 never fails. EncodingV1 fails, and returns dst as it was, where time.Time.MarshalJSON does: for a
// year beyond 0..9999, or an offset from UTC of 24 hours or more (RFC 3339, section 5.6).
func (e Encoding) AppendAlert(dst []byte, a *Alert) ([]byte, error) {
	w := writer{buf: dst}
	if err := w.alert(e, a); err != nil {
		return dst, err
	}
	return w.buf, nil
}

// AppendAlerts appends the body of a request: an array of the alerts, "[]" for none.
// As in the real notifier, one alert that fails (see AppendAlert) fails the whole batch; dst then returns as it was.
func (e Encoding) AppendAlerts(dst []byte, alerts []*Alert) ([]byte, error) {
	w := writer{buf: append(dst, '[')}
	for i, a := range alerts {
		if i > 0 {
			w.raw(",")
		}
		if err := w.alert(e, a); err != nil {
			return dst, err
		}
	}
	return append(w.buf, ']'), nil
}

// Encoded is alerts that are encoded once and divided into batches later. The body of a request is '[', the
// Ranges of which the batch consists, joined by ',', and ']'.
//
// The zero value holds no alert. Encode reuses the memory. Any number of goroutines may read while none encodes.
type Encoded struct {
	buf  []byte     // the alerts, joined by commas
	ends []int      // where each ends in buf
	bad  []badAlert // those that cannot be encoded, in order
}

type badAlert struct {
	index int
	err   error
}

// Encode replaces the contents of x by alerts. The error is the first one of AppendAlert. It concerns only the
// batches that the alert is in, see Err: x can still be used.
func (x *Encoded) Encode(e Encoding, alerts []*Alert) error {
	w := writer{buf: x.buf[:0]}
	x.ends, x.bad = x.ends[:0], x.bad[:0]
	for i, a := range alerts {
		if i > 0 {
			w.raw(",")
		}
		if err := w.alert(e, a); err != nil {
			x.bad = append(x.bad, badAlert{i, err})
		}
		x.ends = append(x.ends, len(w.buf))
	}
	x.buf = w.buf
	return x.Err(0, len(alerts))
}

// Len returns the number of alerts.
func (x *Encoded) Len() int { return len(x.ends) }

// Range returns the alerts from..to-1 joined by commas, nil if from equals to. It panics if the range is
// not within 0..Len. The caller must not write to the bytes, which are valid until the next Encode. Where Err
// is not nil they are not JSON.
func (x *Encoded) Range(from, to int) []byte {
	if from == to {
		return nil
	}
	start, end := 0, x.ends[to-1]
	if from != 0 {
		start = x.ends[from-1] + len(",")
	}
	return x.buf[start:end:end]
}

// Err returns why a batch with the alerts from..to-1 cannot be posted, nil if it can. Prometheus logs the
// error and counts the whole batch as dropped (v2.5.0 notifier/notifier.go, sendAll).
func (x *Encoded) Err(from, to int) error {
	for _, b := range x.bad {
		if from <= b.index && b.index < to {
			return b.err
		}
	}
	return nil
}

// A writer appends alerts to buf. The alerts of a send come from one rule, so most share their times and their
// URL: these are copied from the last alert while they stay the same.
type writer struct {
	buf  []byte
	last *Alert // whose startsAt, endsAt and generatorURL are at the spans; nil at first

	startsAt, endsAt, generatorURL span
	all                            span // the three, with what is around them
}

// A span is a range of the writer's buf.
type span struct{ start, end int }

// alert writes one alert, or nothing if it returns an error.
func (w *writer) alert(e Encoding, a *Alert) error {
	if e != EncodingV1 {
		w.appendV2(a)
		return nil
	}
	start := len(w.buf)
	if err := w.appendV1(a); err != nil {
		w.buf, w.last = w.buf[:start], nil
		return fmt.Errorf("alert %q: %w", a.Name(), err)
	}
	return nil
}

// sameAsLast reports what a has in common with the last alert. Times are compared as values, with their
// locations, since equal values are written the same.
func (w *writer) sameAsLast(a *Alert) (startsAt, endsAt, generatorURL bool) {
	l := w.last
	if l == nil {
		return false, false, false
	}
	return a.StartsAt == l.StartsAt, a.EndsAt == l.EndsAt, a.GeneratorURL == l.GeneratorURL
}

// raw writes s as it is.
func (w *writer) raw(s string) { w.buf = append(w.buf, s...) }

// repeat writes the bytes of s once more.
func (w *writer) repeat(s span) { w.buf = append(w.buf, w.buf[s.start:s.end]...) }

// url writes the member key with the URL, unless that is empty. If same, it copies the value of the last alert.
func (w *writer) url(key, value string, same bool) {
	if value == "" {
		return
	}
	w.raw(key)
	if same {
		w.repeat(w.generatorURL)
		return
	}
	start := len(w.buf)
	w.buf = appendString(w.buf, value)
	w.generatorURL = span{start, len(w.buf)}
}
