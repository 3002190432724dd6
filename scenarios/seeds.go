package scenarios

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
)

var seedRange = regexp.MustCompile(`^([0-9]{1,19})(?:-([0-9]{1,19}))?$`)

// ParseSeeds reads a seed or a range of seeds, such as "7" or "1-20".
func ParseSeeds(s string) (Seeds, error) {
	m := seedRange.FindStringSubmatch(s)
	if m == nil {
		return Seeds{1, 1}, fmt.Errorf("%q; write a number or a range such as 1-20", shorten(s))
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
