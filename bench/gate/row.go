package gate

import (
	"math"
	"slices"
)

// A Status is the outcome of judging a row.
type Status string

// The statuses. A row that is worse, nondeterministic, missing or broken fails the gate.
const (
	Unchanged        Status = "unchanged"
	Improved         Status = "improved"
	Worse            Status = "worse"
	Nondeterministic Status = "nondeterministic" // an exact value differs between runs of one side
	Missing          Status = "missing"          // only the old side has the row
	FailedNow        Status = "broken"           // the benchmark panicked or failed on the new side
	Added            Status = "added"            // only the new side has the row
	Ignored          Status = "ignored"          // the thresholds exclude the row, and give a reason
	NotJudged        Status = "not judged"       // the options exclude the lane of the row
	Undecided        Status = "undecided"        // the values cannot be compared
	Inconclusive     Status = "inconclusive"     // the values can be compared, but there are too few or they are too noisy
)

func (s Status) fails() bool {
	return s == Worse || s == Nondeterministic || s == Missing || s == FailedNow
}

func (s Status) compared() bool {
	return s == Unchanged || s == Improved || s == Worse || s == Nondeterministic || s == Inconclusive
}

// Samples are the values of one side of a row, in run order.
type Samples struct {
	Values []float64  // in the unit of Row.Unit
	At     []Position // where each value was read
	orig   []float64  // the values in the unit that the file uses
	unit   string     // the unit that the file uses, "" if it differs between lines
	iters  []int
}

// A Row is one unit of one benchmark, on both sides.
type Row struct {
	Package   string // the import path, "" if the files do not contain it
	Benchmark string // the full name without the prefix Benchmark
	Unit      string // tidy for timings, as written for exact values; "" if one side lacks the benchmark
	Lane      Lane
	Better    Better
	Rule      Rule // the thresholds that apply to the row
	Old, New  Samples

	Status Status
	Why    string  // the reason for the status, one line
	Timing *Timing // for the timing lane; nil in the exact lane

	tidy string
	// hasCPU says that the processor time of the same benchmark is judged too, so that noise in the time does not
	// matter.
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
	Change float64 // new/old − 1, from the Hodges–Lehmann estimate of the shift of the logarithms
	Upper  float64 // the largest change for the worse (as a factor − 1) that the samples cannot exclude at 1 − alpha
	P      float64 // the one-sided p-value for the new side being worse
	// Adjusted is P after Holm's correction over the rows that were tested together.
	Adjusted float64
	// Improved is the adjusted one-sided p-value for the new side being better.
	Improved float64
	// Confirmed is how many rounds of fresh pairs have confirmed that the row is worse, or −1 if one has refuted it.
	Confirmed int

	shift float64 // the estimated shift of the logarithms, positive if the new side is worse
}

// worse returns the factor by which the new side is worse, minus 1. It is negative if the new side is better.
func (t *Timing) worse() float64 { return math.Expm1(t.shift) }

// lowerMedian returns the lower median, which is one of the values, so that exact values stay exact.
func lowerMedian(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2]
}
