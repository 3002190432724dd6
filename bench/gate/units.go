package gate

import (
	"strconv"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchmath"
	"golang.org/x/perf/benchunit"
)

// A Better is the direction in which a value gets better. The zero value is unknown; such values are not judged.
type Better string

// The directions.
const (
	Lower  Better = "lower"
	Higher Better = "higher"
	Same   Better = "same" // any change is worse: for outcomes that are neither good nor bad, such as a count of events
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

// sign returns +1 if a larger value is worse, -1 if a smaller one is.
func (b Better) sign() float64 {
	if b == Higher {
		return -1
	}
	return 1
}

// A Lane is the way in which a row is judged.
type Lane string

// The lanes.
const (
	LaneExact  Lane = "exact"
	LaneTiming Lane = "timing"
)

// cpuUnit is the processor time of a sample: what its process used, in user and kernel mode, an iteration. It hardly
// grows when other processes keep the processors busy: on a machine with six runnable processes a processor, pairs of
// runs of the same code differed by 2 % in it, and by 20 % in the time (medians).
//
// A session measures it from outside, for any benchmark that has a time, and decides by it what is slower. The time
// still shows what waits longer, but may be too noisy to tell.
const cpuUnit = "cpu-sec/op"

// direction returns the better direction of a unit: what the Unit lines of the sides say, or else what benchfmt knows.
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

// assumed returns the lane of a unit by the Unit lines of the sides. Allocations are exact.
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

// formatExact prints all digits of a value.
func formatExact(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// formatPair prints two measured values of a tidy unit at the same scale, such as 1.250ms and 1.310ms.
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
