package scenarios

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"regexp"
	"strconv"
	"strings"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// A pattern is text with ranges: a[1-8] are a1 to a8, [0001-2000] keeps the zeros. The last range turns fastest.
type pattern struct {
	texts  []string // around the ranges, one more than these
	ranges []numbers
}

type numbers struct {
	from, to uint64
	width    int // digits at least
}

var numberRange = regexp.MustCompile(`^([0-9]{1,18})-([0-9]{1,18})$`)

const maxPattern = 1024 // bytes

// parsePattern returns an error that says what is wrong and what to write.
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
			return p, fmt.Errorf("[%s is not a range of numbers; write one such as [1-8] or [0001-2000]", strictyaml.Shorten(rest))
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

// count is the number of names, at most math.MaxInt64.
func (p pattern) count() int64 {
	n := int64(1)
	for _, r := range p.ranges {
		n = multiply(n, int64(r.to-r.from)+1)
	}
	return n
}

// names writes the pattern out.
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

// multiply is a·b, at most math.MaxInt64; neither is negative.
func multiply(a, b int64) int64 {
	high, low := bits.Mul64(uint64(a), uint64(b))
	if high > 0 || low > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(low)
}

// spend takes count alerts of at most size bytes of labels each from the file's budget and says whether it sufficed.
func (c *checker) spend(pos Pos, count, size int64) bool {
	switch {
	case count > c.left.alerts:
		c.Errorf(pos, "here the file passes the limit of %d alerts; write fewer", maxAlerts)
		return false
	case multiply(count, size) > c.left.labelBytes:
		c.Errorf(pos, "here the labels of the file's alerts pass the limit of %d MiB; write fewer alerts or shorter labels", maxLabelBytes>>20)
		return false
	}
	c.left.alerts -= count
	c.left.labelBytes -= count * size
	return true
}

// expand writes the patterns of a list out, within the budget; extra is the bytes of what each name comes with.
func (c *checker) expand(patterns strictyaml.List[string], extra int64) []string {
	names := make([]string, 0, len(patterns.Items))
	for _, v := range patterns.Items {
		if !v.OK() {
			continue
		}
		p, err := parsePattern(v.V)
		if err != nil {
			c.Errorf(v.Pos, "%s", err)
			continue
		}
		if c.spend(v.Pos, p.count(), extra+int64(len(v.V))) {
			names = append(names, p.names()...)
		}
	}
	return names
}
