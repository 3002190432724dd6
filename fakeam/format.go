package fakeam

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// phrases collects the parts of the text that describes a behaviour or a fault, such as "latency 2s".
type phrases []string

func (p *phrases) add(applies bool, format string, args ...any) {
	if applies {
		*p = append(*p, fmt.Sprintf(format, args...))
	}
}

// formatNumber formats x without an exponent.
func formatNumber(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// formatDuration formats d in whole numbers of units, such as "1h30m", "1s500ms" or "40us". Go can parse the result,
// and Prometheus can if it has no unit below the millisecond.
func formatDuration(d time.Duration) string {
	if d == 0 {
		return "0s"
	}
	var s strings.Builder
	left := uint64(d)
	if d < 0 {
		s.WriteByte('-')
		left = -left
	}
	for _, unit := range units {
		if n := left / unit.size; n > 0 {
			s.WriteString(strconv.FormatUint(n, 10))
			s.WriteString(unit.name)
			left %= unit.size
		}
	}
	return s.String()
}

var units = [...]struct {
	size uint64
	name string
}{
	{uint64(time.Hour), "h"}, {uint64(time.Minute), "m"}, {uint64(time.Second), "s"},
	{uint64(time.Millisecond), "ms"}, {uint64(time.Microsecond), "us"}, {1, "ns"},
}

// printable returns text for an error message: at most 40 characters, the last being an ellipsis if text is longer.
// Characters that are not printable are replaced by U+FFFD.
func printable(text string) string {
	const most = 40
	runes := []rune(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text))
	if len(runes) > most {
		runes = append(runes[:most-1], '…')
	}
	return string(runes)
}
