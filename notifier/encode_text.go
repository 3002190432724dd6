package notifier

import (
	"encoding/binary"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/prometheus/model/labels"
)

// labels writes an object with the members in the order of ls, which is normally that of their names. Labels that
// are unsorted, or have a name twice or an empty one, are put into a map first, as Prometheus does with all.
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
		b = b[:len(b)-1] // the last comma
	}
	w.buf = append(b, '}')
}

// before reports s < t. It compares the first bytes where they differ.
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

// appendString appends s as a JSON string.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	done := 0 // s[:done] is written
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

// copyAndScan copies s to b, eight bytes at a time, and combines their escapeBits.
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

// escapeBits has a bit of highBits set if any of the eight bytes of v may have to be escaped: if it is below ' ',
// one of <>\ or one of "&, or not ASCII. With the bits of 0x62 set, each of <>\ is '~', and with that of 0x04 set,
// each of "& is '&', so that one test is enough for each group. It also finds ^|~, which costs time but does no
// harm. A byte that is not ASCII keeps its high bit in one of the three terms.
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
