package scenarios

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"

	"github.com/notifysim/notifysim/scenarios/internal/document"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

var seedsPattern = regexp.MustCompile(document.SeedsPattern)

// ParseSeeds parses a seed or a range of seeds, such as "7" or "1-20". The error says what to write; the range is then
// 1-1.
func ParseSeeds(s string) (Seeds, error) {
	m := seedsPattern.FindStringSubmatch(s)
	if m == nil {
		return Seeds{1, 1}, fmt.Errorf("%q; write a number or a range such as 1-20", strictyaml.Shorten(s))
	}
	from, err1 := strconv.ParseUint(m[1], 10, 64)
	to, err2 := strconv.ParseUint(cmp.Or(m[2], m[1]), 10, 64)
	switch {
	case err1 != nil || err2 != nil:
		return Seeds{1, 1}, fmt.Errorf("%q; write numbers below 10^19", s)
	case from > to:
		return Seeds{1, 1}, fmt.Errorf("%q, which goes down; write %d-%d", s, to, from)
	case to-from >= maxSeeds:
		return Seeds{1, 1}, fmt.Errorf("%q, more than the limit of %d; write %d-%d", s, maxSeeds, from, from+maxSeeds-1)
	}
	return Seeds{from, to}, nil
}
