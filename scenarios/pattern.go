package scenarios

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// A pattern is text with ranges of numbers: a[1-8] stands for a1 to a8, and [0001-2000] keeps the leading zeros. The
// last range varies fastest.
type pattern struct {
	texts  []string // the texts around the ranges, one more than there are ranges
	ranges []numbers
}

type numbers struct {
	from, to uint64
	width    int // the minimum number of digits
}

var numberRange = regexp.MustCompile(`^([0-9]{1,18})-([0-9]{1,18})$`)

const maxPattern = 1024 // bytes

// parsePattern parses a pattern. Its error says what is wrong and what to write.
func parsePattern(s string) (pattern, error) {
	var p pattern
	if s == "" {
		return p, errors.New("an empty pattern names nothing; write a name such as a1, or a range such as a[1-8]")
	}
	if len(s) > maxPattern {
		return p, fmt.Errorf("a pattern of %d bytes is above the limit of %d; write a shorter one", len(s), maxPattern)
	}
	for {
		before, rest, found := strings.Cut(s, "[")
		p.texts = append(p.texts, before)
		if !found {
			return p, nil
		}
		inside, after, _ := strings.Cut(rest, "]")
		m := numberRange.FindStringSubmatch(inside)
		if m == nil || len(inside) == len(rest) {
			return p, fmt.Errorf("[%s is not a range of numbers; write one such as [1-8] or [0001-2000]",
				strictyaml.Shorten(rest))
		}
		from, _ := strconv.ParseUint(m[1], 10, 64) // 18 digits always fit
		to, _ := strconv.ParseUint(m[2], 10, 64)
		if from > to {
			return p, fmt.Errorf("the range [%s] goes down; write [%s-%s]", inside, m[2], m[1])
		}
		p.ranges = append(p.ranges, numbers{from, to, len(m[1])})
		s = after
	}
}

// count returns the number of names, or math.MaxInt64 if there are more.
func (p pattern) count() int64 {
	n := int64(1)
	for _, r := range p.ranges {
		n = multiply(n, int64(r.to-r.from)+1)
	}
	return n
}

// names returns all names of the pattern.
func (p pattern) names() []string {
	names := []string{p.texts[0]}
	for i, r := range p.ranges {
		longer := make([]string, 0, len(names)*int(r.to-r.from+1))
		for _, name := range names {
			for n := r.from; n <= r.to; n++ {
				longer = append(longer, fmt.Sprintf("%s%0*d%s", name, r.width, n, p.texts[i+1]))
			}
		}
		names = longer
	}
	return names
}
