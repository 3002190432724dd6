package gate

import (
	"math"
	"slices"
)

// A Status is the outcome of a row.
type Status string

// The statuses. A row that is worse, nondeterministic, missing or broken fails the gate.
const (
	Unchanged        Status = "unchanged"
	Improved         Status = "improved"
	Worse            Status = "worse"
	Nondeterministic Status = "nondeterministic" // an exact value varies inside one side
	Missing          Status = "missing"          // only the old side has it
	FailedNow        Status = "broken"           // the benchmark panicked or failed on the new side
	Added            Status = "added"            // only the new side has it
	Ignored          Status = "ignored"          // the thresholds say so, with a reason
	NotJudged        Status = "not judged"       // of a lane that was not asked for
	Undecided        Status = "undecided"        // cannot be compared
	Inconclusive     Status = "inconclusive"     // comparable, but the samples do not suffice
)

func (s Status) fails() bool {
	return s == Worse || s == Nondeterministic || s == Missing || s == FailedNow
}

func (s Status) compared() bool {
	return s == Unchanged || s == Improved || s == Worse || s == Nondeterministic || s == Inconclusive
}

// Samples are the values of one side of a row, in run order.
type Samples struct {
	Values []float64  // in the unit of the row
	At     []Position // where each was read
	orig   []float64  // the values in the unit as written
	unit   string     // the unit as written, "" if it varies
	iters  []int
}

// A Row is one benchmark and one unit, on both sides.
type Row struct {
	Package   string // import path, "" if the files do not say
	Benchmark string // full name without the prefix Benchmark
	Unit      string // tidy in the timing lane, as written in the exact lane; "" if only one side has the benchmark
	Lane      Lane
	Better    Better
	Rule      Rule // the thresholds that apply
	Old, New  Samples

	Status Status
	Why    string  // one line for people
	Timing *Timing // in the timing lane, otherwise nil

	tidy string
	// hasCPU says that the processor time of the same benchmark is judged too, so that noise in the time need not be.
	hasCPU bool
}

func (r *Row) String() string {
	if r.Unit == "" {
		return r.Benchmark
	}
	return r.Benchmark + " " + r.Unit
}

// A Timing is the result of the test of a row in the timing lane.
type Timing struct {
	Pairs  int
	Change float64 // new/old − 1, by the Hodges–Lehmann estimate of the shift of the logarithms
	Upper  float64 // the largest change for the worse, as a factor − 1, that the samples do not exclude at 1 − alpha
	P      float64 // one-sided, that the new side is worse
	// Adjusted is P after Holm's correction over the rows that were tested together.
	Adjusted float64
	// Improved is the adjusted p-value of the opposite: that the new side is better.
	Improved float64
	// Confirmed is how many times fresh pairs have confirmed the row, or −1 if they have not.
	Confirmed int

	shift float64 // of the logarithms, positive if worse
}

// worse returns by which factor − 1 the new side is worse; it is negative if the new side is better.
func (t *Timing) worse() float64 { return math.Expm1(t.shift) }

// lowerMedian returns the lower median. It is one of the values, so exact values stay exact.
func lowerMedian(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2]
}
