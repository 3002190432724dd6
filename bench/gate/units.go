package gate

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchmath"
	"golang.org/x/perf/benchunit"
)

// A Better says which change of a value is for the better. The zero value is unknown, and never judged.
type Better string

// The directions.
const (
	Lower  Better = "lower"
	Higher Better = "higher"
	Same   Better = "same" // any change is for the worse: for outcomes that are neither good nor bad, such as a count of events
)

// worse reports whether going from old to new is for the worse.
func (b Better) worse(old, new float64) bool {
	switch b {
	case Lower:
		return new > old
	case Higher:
		return new < old
	}
	return new != old
}

// sign is +1 if a larger value is worse, -1 if a smaller one is.
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

// direction is what the Unit lines of both sides say of a unit, or else what the testing package means by it.
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

// assumed is the lane of a unit by the Unit lines of both sides. Allocations are exact.
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

// unitConflicts tells where the Unit lines of both sides contradict each other, or use words nobody knows.
func unitConflicts(old, new *File) []Problem {
	var out []Problem
	at := func(m *benchfmt.UnitMetadata, format string, args ...any) {
		file, line := m.Pos()
		out = append(out, Problem{Position{File: file, Line: line}, fmt.Sprintf(format, args...)})
	}
	for _, side := range []*File{old, new} {
		for _, key := range sortedUnits(side.Units) {
			m := side.Units[key]
			switch {
			case key.Key == "better" && m.Value != "lower" && m.Value != "higher" && m.Value != "same":
				at(m, "unit %s: better=%s; write better=lower, better=higher or better=same", m.OrigUnit, m.Value)
			case key.Key == "assume" && m.Value != "exact" && m.Value != "nothing":
				at(m, "unit %s: assume=%s; write assume=exact or assume=nothing", m.OrigUnit, m.Value)
			}
			if other, ok := old.Units[key]; ok && side == new && other.Value != m.Value {
				file, line := other.Pos()
				at(m, "unit %s: %s=%s, but %v says %s", m.OrigUnit, key.Key, m.Value, Position{File: file, Line: line}, other.Value)
			}
		}
	}
	return out
}

// formatExact prints a value in full.
func formatExact(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// formatPair prints two measured values of a tidy unit at one scale, such as 1.250ms and 1.310ms.
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
