package gate

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchunit"
)

// Thresholds are how much change a project tolerates. [ReadThresholds] reads them from a file. Both the zero value and
// nil mean the defaults.
type Thresholds struct {
	Alpha    float64 // the probability of a false alarm in any of the timing rows; 0 means 0.01
	MinPairs int     // a timing with fewer pairs is inconclusive; 0 means 10
	// Drift is the change that the machine alone may cause between runs that were not in turn; 0 means 0.15.
	Drift float64
	// Resolve is the smallest change that a session must be able to detect. A session measures a row again if noise
	// might hide a change larger than that; 0 means 0.10.
	Resolve float64
	// MaxHidden is the largest change for the worse that noise may hide. If a row might hide a larger one, it is
	// inconclusive; 0 means 0.25.
	MaxHidden float64

	rules []*unitRule // a later rule overrides an earlier one
}

// DefaultMinEffect is the smallest change for the worse of a timing that counts.
const DefaultMinEffect = 0.03

// A Rule contains the thresholds that apply to one row.
type Rule struct {
	Better    Better // "" if the Unit lines of the files decide
	Lane      Lane   // "" if the Unit lines of the files decide
	MinEffect float64
	Tolerance Tolerance
	Ignore    string // why the row is not judged, or "" if it is judged
}

// A Tolerance is how much an exact value may vary: by the larger of its two fields. The zero value allows no variation.
type Tolerance struct {
	Absolute float64 // in the tidy unit
	Relative float64
	text     string
}

func (t Tolerance) String() string { return t.text }

// around returns how much a value in this unit may vary.
func (t Tolerance) around(value float64, unit string) float64 {
	factor, _ := benchunit.Tidy(1, unit)
	return max(t.Absolute/factor, t.Relative*math.Abs(value))
}

// A unitRule is an entry in the file of thresholds: settings for a unit, in all benchmarks or in some of them.
type unitRule struct {
	at    Position
	match *regexp.Regexp // nil for all benchmarks
	unit  string         // the tidy unit
	set   []func(*Rule)
	used  bool
}

// withDefaults returns a copy of t in which the defaults replace zeros.
func (t *Thresholds) withDefaults() Thresholds {
	if t == nil {
		t = &Thresholds{}
	}
	out := *t
	out.Alpha = cmp.Or(out.Alpha, 0.01)
	out.MinPairs = cmp.Or(out.MinPairs, 10)
	out.Drift = cmp.Or(out.Drift, 0.15)
	out.Resolve = cmp.Or(out.Resolve, 0.10)
	out.MaxHidden = cmp.Or(out.MaxHidden, 0.25)
	return out
}

// For returns the rule for a unit of a benchmark. The name of the benchmark has no prefix Benchmark. Rules for sec/op
// also apply to the processor time.
func (t *Thresholds) For(benchmark, unit string) Rule {
	rule := Rule{MinEffect: DefaultMinEffect}
	if t == nil {
		return rule
	}
	_, tidy := benchunit.Tidy(1, unit)
	bare := string(stripProcs(benchfmt.Name(benchmark)))
	for _, r := range t.rules {
		rightUnit := r.unit == tidy || tidy == cpuUnit && r.unit == "sec/op"
		rightName := r.match == nil || r.match.MatchString(benchmark) || r.match.MatchString(bare)
		if !rightUnit || !rightName {
			continue
		}
		r.used = true
		for _, set := range r.set {
			set(&rule)
		}
	}
	return rule
}

// unused returns a message for each rule that applied to no row.
func (t *Thresholds) unused() []string {
	var out []string
	if t == nil {
		return nil
	}
	for _, r := range t.rules {
		if !r.used {
			out = append(out, fmt.Sprintf("%v: this rule for %s applied to no row", r.at, r.unit))
		}
	}
	return out
}

// A FileError lists all errors in a file of thresholds.
type FileError []Problem

func (e FileError) Error() string {
	var lines []string
	for _, p := range e {
		lines = append(lines, p.Error())
	}
	return strings.Join(lines, "\n")
}
