package notifier

import (
	"fmt"
)

// An Encoding is the format of a request body. It produces the same bytes as Prometheus compiled with Go 1.22 to 1.26.
// The zero value is API v2, Prometheus' default since v2.26.0.
//
// The bytes are those of encoding/json: no white space; '<', '>', '&', U+2028, U+2029 and control characters as escape
// sequences such as \u003c; \ufffd for each byte that is not UTF-8; labels and annotations sorted by the bytes of the
// name. Other versions of Go write equivalent JSON with other bytes. Up to Go 1.21 (binaries of Prometheus up to v2.50)
// backspace and form feed are \u0008 and \u000c instead of \b and \f (go.dev/cl/521675). From Go 1.27 on (v3.16) a byte
// that is not UTF-8 becomes the character U+FFFD instead of its escape sequence (go.dev/issue/75163).
//
// Alerts must not be nil.
type Encoding uint8

// The encodings.
const (
	EncodingV2 Encoding = iota // Alertmanager's API v2: see appendV2
	EncodingV1                 // API v1, the only one up to v2.10 and removed in v3.0.0: see appendV1
)

// String returns the encoding as api_version in prometheus.yml spells it: "v1" or "v2".
func (e Encoding) String() string {
	if e == EncodingV1 {
		return "v1"
	}
	return "v2"
}

// AppendAlert appends one alert, a JSON object, to dst.
//
// EncodingV2 never fails. EncodingV1 fails where time.Time.MarshalJSON does, and then returns dst unchanged: for a year
// outside 0..9999, or an offset from UTC of 24 hours or more (RFC 3339, section 5.6).
func (e Encoding) AppendAlert(dst []byte, a *Alert) ([]byte, error) {
	w := writer{buf: dst}
	if err := w.alert(e, a); err != nil {
		return dst, err
	}
	return w.buf, nil
}

// AppendAlerts appends the body of a request to dst: a JSON array of the alerts, "[]" for none. As in Prometheus, an
// alert that cannot be encoded (see AppendAlert) makes the whole batch fail; dst is then returned unchanged.
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

// Encoded holds alerts that are encoded once and divided into batches later. The body of a request is '[', then the
// Ranges that make up the batch, joined by ',', then ']'.
//
// The zero value holds no alert. Any number of goroutines may read an Encoded while no call of Encode is under way.
type Encoded struct {
	buf  []byte     // the encoded alerts, joined by commas
	ends []int      // the end of each alert in buf
	bad  []badAlert // the alerts that cannot be encoded, by index
}

type badAlert struct {
	index int
	err   error
}

// Encode replaces the contents of x by alerts, reusing its memory. It returns the first error of AppendAlert, if any. x
// can still be used then: the error concerns only batches with that alert, see Err.
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

// Range returns the alerts from..to-1 joined by commas, or nil if from equals to. It panics if the range is not within
// 0..Len. The caller must not change the bytes; they are valid until the next Encode. If Err is not nil for the range,
// the bytes are not valid JSON.
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

// Err returns why a batch with the alerts from..to-1 cannot be posted, or nil if it can. Prometheus logs the error and
// counts the whole batch as dropped (notifier/notifier.go at v2.5.0, sendAll).
func (x *Encoded) Err(from, to int) error {
	for _, b := range x.bad {
		if from <= b.index && b.index < to {
			return b.err
		}
	}
	return nil
}

// A writer appends encoded alerts to buf. The alerts of a send come from one rule, so most have the same times and the
// same URL. As long as these are the same as in the alert before, the writer copies their encoded bytes.
type writer struct {
	buf  []byte
	last *Alert // the alert before, nil at first; the spans below are the bytes of its fields

	startsAt, endsAt, generatorURL span
	all                            span // the encoded startsAt, endsAt and generatorURL with the keys around them
}

// A span is a range of bytes in the writer's buf.
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

// sameAsLast reports which fields of a are the same as in the alert before. Times are compared with == and so with
// their locations, since only then are they certain to be written the same.
func (w *writer) sameAsLast(a *Alert) (startsAt, endsAt, generatorURL bool) {
	l := w.last
	if l == nil {
		return false, false, false
	}
	return a.StartsAt == l.StartsAt, a.EndsAt == l.EndsAt, a.GeneratorURL == l.GeneratorURL
}

// raw writes s without quotes or escape sequences.
func (w *writer) raw(s string) { w.buf = append(w.buf, s...) }

// repeat writes the bytes of s again.
func (w *writer) repeat(s span) { w.buf = append(w.buf, w.buf[s.start:s.end]...) }

// url writes key and the URL, or nothing if the URL is empty. If same, it copies the URL of the alert before.
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
