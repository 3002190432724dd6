package notifier

import (
	"encoding/binary"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/prometheus/model/labels"
)

// labels writes ls as a JSON object in the order of ls, which is normally the order of the names. Labels that are
// unsorted, or have an empty or repeated name, are first put into a map, as Prometheus does with all labels.
func (w *writer) labels(ls labels.Labels) {
	start := len(w.buf)
	b, last, sorted := append(w.buf, '{'), "", true
	ls.Range(func(l labels.Label) {
		sorted = sorted && before(last, l.Name)
		last = l.Name
		n := len(b)
		i := n + 1 + len(l.Name)  // index after the name
		j := i + 3 + len(l.Value) // index after the value
		m := slices.Grow(b, j+2-n)[:j+2]
		m[n] = '"'
		odd := copyAndScan(m[n+1:], l.Name)
		m[i], m[i+1], m[i+2] = '"', ':', '"'
		odd |= copyAndScan(m[i+3:], l.Value)
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
		b = b[:len(b)-1] // remove the last comma
	}
	w.buf = append(b, '}')
}

// before reports whether s < t. It compares the first bytes inline, since these usually differ.
func before(s, t string) bool {
	if s != "" && t != "" && s[0] != t[0] {
		return s[0] < t[0]
	}
	return s < t
}

// appendMember appends one member of a JSON object and a comma.
func appendMember(b []byte, name, value string) []byte {
	b = append(appendString(b, name), ':')
	return append(appendString(b, value), ',')
}

// appendString appends s as a JSON string.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	done := 0 // s[:done] has been appended
	for i := 0; i < len(s); {
		if i+8 <= len(s) && escapeBits(load8(s[i:]))&highBits == 0 {
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

// escaped reports whether r, encoded in size bytes, is written as an escape sequence.
func escaped(r rune, size int) bool {
	switch r {
	case '"', '\\', '<', '>', '&', '\u2028', '\u2029':
		return true
	case utf8.RuneError:
		return size == 1 // a byte that is not UTF-8; U+FFFD itself takes three bytes
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

// copyAndScan copies s to b, eight bytes at a time. It returns the bitwise or of escapeBits for all these bytes.
func copyAndScan(b []byte, s string) (odd uint64) {
	n := len(s)
	b = b[:n]
	switch {
	case n >= 8:
		end := load8(s[n-8:])
		binary.LittleEndian.PutUint64(b[n-8:], end)
		odd = escapeBits(end)
		for len(s) > 8 && len(b) > 8 {
			v := load8(s)
			binary.LittleEndian.PutUint64(b, v)
			odd |= escapeBits(v)
			s, b = s[8:], b[8:]
		}
		return odd
	case n >= 4:
		v, end := load4(s), load4(s[n-4:])
		binary.LittleEndian.PutUint32(b, uint32(v))
		binary.LittleEndian.PutUint32(b[n-4:], uint32(end))
		return escapeBits(v | end<<32)
	case n == 0:
		return 0
	}
	first, mid, last := s[0], s[n/2], s[n-1]
	b[0], b[n/2], b[n-1] = first, mid, last
	return escapeBits(uint64(first) | uint64(mid)<<8 | uint64(last)<<16 | 0x2020202020<<24)
}

// escapeBits returns a value with bits of highBits set if any of the eight bytes of v may have to be escaped: if it is
// below ' ', is one of <>\"&, or is not ASCII. Three tests are enough. The first finds control characters. The second
// sets the bits 0x62, which turns each of <>\ into '~'. The third sets the bit 0x04, which turns each of "& into '&'.
// The tests also find ^|~, which costs time but does no harm. A byte that is not ASCII keeps its high bit in at least
// one of the three terms.
func escapeBits(v uint64) uint64 {
	control := v - ' '*eachByte
	angle := (v | 0x62*eachByte) ^ '~'*eachByte - eachByte
	quote := (v | 0x04*eachByte) ^ '&'*eachByte - eachByte
	return control | angle | quote
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
