package gate

import (
	"strconv"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchmath"
	"golang.org/x/perf/benchunit"
)

// A Better is the direction in which a value gets better. The zero value means that it is not known; such values are
// not judged.
type Better string

// The directions in which a value gets better.
const (
	Lower  Better = "lower"
	Higher Better = "higher"
	Same   Better = "same" // any change is worse, as in a count of events, which is neither good nor bad
)

// worse reports whether new is worse than old.
func (b Better) worse(old, new float64) bool {
	switch b {
	case Lower:
		return new > old
	case Higher:
		return new < old
	}
	return new != old
}

// sign returns +1 if a larger value is worse, and -1 if a smaller value is worse.
func (b Better) sign() float64 {
	if b == Higher {
		return -1
	}
	return 1
}

// A Lane is one of the two ways to judge a row.
type Lane string

// The lanes.
const (
	LaneExact  Lane = "exact"
	LaneTiming Lane = "timing"
)

// cpuUnit is the unit of the processor time of a sample: what its process used in user and kernel mode, divided by the
// iterations. It hardly grows when other processes keep the processors busy: on a machine with six runnable processes
// per processor, pairs of runs of the same code differed by 2 % in it, and by 20 % in the time (medians).
//
// A session measures it from outside the process, for every benchmark that has a time, and decides by it which
// benchmarks are slower. The time also shows longer waits, but may be too noisy to be judged.
const cpuUnit = "cpu-sec/op"

// direction returns in which direction a unit gets better: as the Unit lines of the sides say, or else as benchfmt
// knows.
func direction(unit string, sides ...benchfmt.UnitMetadataMap) Better {
	for _, units := range sides {
		if m := units.Get(unit, "better"); m != nil {
			return Better(m.Value)
		}
	}
	switch (benchfmt.UnitMetadataMap)(nil).GetBetter(unit) {
	case -1:
		return Lower
	case 1:
		return Higher
	}
	return ""
}

// assumed returns the lane of a unit, as the Unit lines of the sides say. Allocations are always exact.
func assumed(unit string, sides ...benchfmt.UnitMetadataMap) Lane {
	for _, units := range sides {
		if units.GetAssumption(unit) == benchmath.AssumeExact {
			return LaneExact
		}
	}
	if unit == "allocs/op" || unit == "B/op" {
		return LaneExact
	}
	return LaneTiming
}

// formatExact formats a value with all its digits.
func formatExact(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// formatPair formats two measured values of a tidy unit at the same scale, such as 1.250ms and 1.310ms.
func formatPair(old, new float64, unit string) (string, string) {
	scale := benchunit.CommonScale([]float64{old, new}, benchunit.ClassOf(unit))
	suffix := ""
	head, _, _ := strings.Cut(unit, "/")
	switch head[strings.LastIndexByte(head, '-')+1:] {
	case "sec":
		suffix = "s"
	case "B":
		suffix = "B"
	}
	return scale.Format(old) + suffix, scale.Format(new) + suffix
}
