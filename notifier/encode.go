package notifier

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/prometheus/model/labels"
)

// An Encoding is the form in which alerts are posted. It writes, byte for byte, what the real notifier posts when Go 1.22
// to 1.26 compiled it. The zero value is API v2, Prometheus' default since v2.26.0.
//
// The bytes are those of encoding/json: no white space; '<', '>', '&', U+2028 and U+2029 written as \u003c and so on, like
// control characters; \ufffd for each byte that is not UTF-8; labels and annotations sorted by the bytes of the name.
// What other versions of Go write means the same to a receiver: up to 1.21 (binaries of Prometheus up to v2.50) backspace
// and form feed are \u0008 and \u000c, not \b and \f (go.dev/cl/521675); from 1.27 on (v3.15) what is not UTF-8 becomes
// the character U+FFFD, not its escape sequence (go.dev/issue/75163).
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
// EncodingV2 never fails. EncodingV1 fails, and returns dst as it was, where time.Time.MarshalJSON does: for a year beyond
// 0..9999, or an offset from UTC of 24 hours or more (RFC 3339, section 5.6).
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

// Encoded is a send, encoded once and cut into batches later. The body of a request is '[', for each piece of a send
// in the batch its Range, joined by ',', and ']'.
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

// Encode replaces what x holds by alerts. The error is the first one of AppendAlert; x is good all the same, since an
// alert that fails only fails the batch it is in: ask Err.
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

// Range returns the alerts from..to-1 joined by commas, nil if from equals to. It panics for a range not within 0..Len.
// The bytes belong to x: they must not be written to, and are good until the next Encode.
// Where Err is not nil they are not JSON.
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

// Err returns why a batch with the alerts from..to-1 cannot be posted, nil if it can. The real notifier logs the error and
// counts the whole batch as dropped (v2.5.0 notifier/notifier.go, sendAll).
func (x *Encoded) Err(from, to int) error {
	for _, b := range x.bad {
		if from <= b.index && b.index < to {
			return b.err
		}
	}
	return nil
}

// A writer appends alerts to buf. The alerts of a send come from one rule, so they mostly share their times and their URL:
// what became of the last alert's is copied while they stay the same.
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

// alike tells what a has in common with the last alert. Times are compared as values, with their locations: equal values
// are written alike.
func (w *writer) alike(a *Alert) (startsAt, endsAt, generatorURL bool) {
	l := w.last
	if l == nil {
		return false, false, false
	}
	return a.StartsAt == l.StartsAt, a.EndsAt == l.EndsAt, a.GeneratorURL == l.GeneratorURL
}

// raw writes s as it is.
func (w *writer) raw(s string) { w.buf = append(w.buf, s...) }

// again writes what s holds once more.
func (w *writer) again(s span) { w.buf = append(w.buf, w.buf[s.start:s.end]...) }

// url writes a member of the URL unless it is empty, its value by copying the last one if it is the same.
func (w *writer) url(key, value string, same bool) {
	if value == "" {
		return
	}
	w.raw(key)
	if same {
		w.again(w.generatorURL)
		return
	}
	start := len(w.buf)
	w.buf = appendString(w.buf, value)
	w.generatorURL = span{start, len(w.buf)}
}

// labels writes an object, its members in the order of ls, which is that of their names. Labels that were made otherwise,
// unsorted, with a name twice or an empty one, go through a map as all of them do in the real notifier.
func (w *writer) labels(ls labels.Labels) {
	start := len(w.buf)
	b, last, sorted := append(w.buf, '{'), "", true
	ls.Range(func(l labels.Label) {
		sorted = sorted && before(last, l.Name)
		last = l.Name
		n := len(b)
		i := n + 1 + len(l.Name)  // behind the name
		j := i + 3 + len(l.Value) // behind the value
		m := slices.Grow(b, j+2-n)[:j+2]
		m[n] = '"'
		odd := put(m[n+1:], l.Name)
		m[i], m[i+1], m[i+2] = '"', ':', '"'
		odd |= put(m[i+3:], l.Value)
		m[j], m[j+1] = '"', ','
		if odd&highBits != 0 {
			m = appendMember(m[:n], l.Name, l.Value)
		}
		b = m
	})
	if !sorted {
		b = b[:start+1]
		values := ls.Map()
		for _, name := range slices.Sorted(maps.Keys(values)) {
			b = appendMember(b, name, values[name])
		}
	}
	if len(b) > start+1 {
		b = b[:len(b)-1] // the last comma
	}
	w.buf = append(b, '}')
}

// before is s < t, decided by the first byte where that is enough.
func before(s, t string) bool {
	if s != "" && t != "" && s[0] != t[0] {
		return s[0] < t[0]
	}
	return s < t
}

// appendMember appends a member of an object and a comma.
func appendMember(b []byte, name, value string) []byte {
	b = append(appendString(b, name), ':')
	return append(appendString(b, value), ',')
}

// appendString appends s as JSON.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	done := 0 // s[:done] is written
	for i := 0; i < len(s); {
		if i+8 <= len(s) && oddBytes(load8(s[i:]))&highBits == 0 {
			i += 8
			continue
		}
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		if !escaped(r, size) {
			i += size
			continue
		}
		b = append(b, s[done:i]...)
		b = appendEscape(b, r)
		i += size
		done = i
	}
	b = append(b, s[done:]...)
	return append(b, '"')
}

// escaped tells whether a character of size bytes is written as an escape sequence.
func escaped(r rune, size int) bool {
	switch r {
	case '"', '\\', '<', '>', '&', '\u2028', '\u2029':
		return true
	case utf8.RuneError:
		return size == 1 // not UTF-8; the character itself takes three bytes
	}
	return r < ' '
}

func appendEscape(b []byte, r rune) []byte {
	if i := strings.IndexRune("\"\\\b\f\n\r\t", r); i >= 0 {
		return append(b, '\\', `"\bfnrt`[i])
	}
	const digits = "0123456789abcdef"
	return append(b, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
}

const (
	eachByte = 0x0101010101010101
	highBits = 0x80 * eachByte
)

// put copies s to b and looks at it on the way, eight bytes at a time. Of the result, a bit of highBits is set if s may hold
// something to escape.
func put(b []byte, s string) (odd uint64) {
	n := len(s)
	b = b[:n]
	switch {
	case n >= 8:
		end := load8(s[n-8:])
		binary.LittleEndian.PutUint64(b[n-8:], end)
		odd = oddBytes(end)
		for len(s) > 8 && len(b) > 8 {
			v := load8(s)
			binary.LittleEndian.PutUint64(b, v)
			odd |= oddBytes(v)
			s, b = s[8:], b[8:]
		}
		return odd
	case n >= 4:
		v, end := load4(s), load4(s[n-4:])
		binary.LittleEndian.PutUint32(b, uint32(v))
		binary.LittleEndian.PutUint32(b[n-4:], uint32(end))
		return oddBytes(v | end<<32)
	case n == 0:
		return 0
	}
	first, mid, last := s[0], s[n/2], s[n-1]
	b[0], b[n/2], b[n-1] = first, mid, last
	return oddBytes(uint64(first) | uint64(mid)<<8 | uint64(last)<<16 | 0x2020202020<<24)
}

// oddBytes sets a bit of highBits if one of the eight bytes of v is below ' ', one of <>\ or one of "&, or not ASCII.
// With the bits of 0x62 set <>\ are '~', and with that of 0x04 "& are '&', so one test is enough for each. It also finds ^|~,
// which costs time but does no harm. Bytes that are not ASCII are left with their high bit by one of the three terms.
func oddBytes(v uint64) uint64 {
	return (v - ' '*eachByte) | ((v | 0x62*eachByte) ^ '~'*eachByte - eachByte) | ((v | 0x04*eachByte) ^ '&'*eachByte - eachByte)
}

func load8(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func load4(s string) uint64 {
	_ = s[3]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
}
