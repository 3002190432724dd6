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

// Thresholds are what a project tolerates, as [ReadThresholds] reads them from a file. The zero value and nil are the
// defaults.
type Thresholds struct {
	Alpha    float64 // the probability of a false alarm, over all timing rows together; 0 stands for 0.01
	MinPairs int     // fewer pairs of timings are inconclusive; 0 stands for 10
	// Drift is the change that a machine may show by itself between runs that were not in turn; 0 stands for 0.15.
	Drift float64
	// Resolve is the change that a session must be able to see: it measures a row again whose noise might hide a larger
	// one. 0 stands for 0.10.
	Resolve float64
	// MaxHidden is the largest change for the worse that noise may hide. A row that might hide a larger one is
	// inconclusive. 0 stands for 0.25.
	MaxHidden float64

	rules []*unitRule // later ones win
}

// DefaultMinEffect is the change for the worse from which a timing counts.
const DefaultMinEffect = 0.03

// A Rule has the thresholds of one row.
type Rule struct {
	Better    Better // "" if the Unit lines of the files decide
	Lane      Lane   // "" likewise
	MinEffect float64
	Tolerance Tolerance
	Ignore    string // why the row is not judged, "" if it is
}

// A Tolerance is by how much an exact value may vary: the larger of both. The zero value allows no variation.
type Tolerance struct {
	Absolute float64 // in the tidy unit
	Relative float64
	text     string
}

func (t Tolerance) String() string { return t.text }

// around returns by how much a value of a unit may vary.
func (t Tolerance) around(value float64, unit string) float64 {
	factor, _ := benchunit.Tidy(1, unit)
	return max(t.Absolute/factor, t.Relative*math.Abs(value))
}

// A unitRule is an entry of the file: settings for a unit, in all benchmarks or in some.
type unitRule struct {
	at    Position
	match *regexp.Regexp // nil: all benchmarks
	unit  string         // tidy
	set   []func(*Rule)
	used  bool
}

// withDefaults returns t with defaults in place of zeros.
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

// For returns the rule for a unit of a benchmark, named without the prefix Benchmark. Rules for sec/op apply to the
// processor time too.
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

// unused describes the rules that applied to no row.
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

// A FileError has all errors in a file of thresholds.
type FileError []Problem

func (e FileError) Error() string {
	var lines []string
	for _, p := range e {
		lines = append(lines, p.Error())
	}
	return strings.Join(lines, "\n")
}
