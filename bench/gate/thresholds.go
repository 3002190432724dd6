package gate

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchunit"
)

// Thresholds are what a project tolerates, read from a file by [ReadThresholds]. The zero value and nil are the defaults.
type Thresholds struct {
	Alpha     float64 // the probability of crying wolf over all timing rows together; 0 stands for 0.01
	MinPairs  int     // fewer pairs of timings are inconclusive; 0 stands for 10
	Drift     float64 // how far a machine drifts between runs that were not in turn; 0 stands for 0.15
	Resolve   float64 // a session measures again what noise might hide above this; 0 stands for 0.10
	MaxHidden float64 // a change for the worse that noise may hide; above it a row is inconclusive; 0 stands for 0.25

	rules []*unitRule // later ones win
}

// DefaultMinEffect is the change for the worse from which a timing counts.
const DefaultMinEffect = 0.03

// A Rule is what holds for one row.
type Rule struct {
	Better    Better // "" if the files' own Unit lines decide
	Lane      Lane   // "" likewise
	MinEffect float64
	Tolerance Tolerance
	Ignore    string // why the row is not judged, "" if it is
}

// A Tolerance is by how much an exact value may vary. The zero value is not at all.
type Tolerance struct {
	Absolute float64 // in the tidy unit
	Relative float64
	text     string
}

func (t Tolerance) String() string { return t.text }

// A unitRule is an entry of the file: settings for a unit, in all benchmarks or in some.
type unitRule struct {
	at    Position
	match *regexp.Regexp // nil: all benchmarks
	unit  string         // tidy
	set   []func(*Rule)
	used  bool
}

// settled returns t with defaults in place of zeros.
func (t *Thresholds) settled() Thresholds {
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

// For returns what holds for a benchmark, named without the prefix Benchmark, and a unit. What holds for sec/op holds for the
// processor time too.
func (t *Thresholds) For(benchmark, unit string) Rule {
	rule := Rule{MinEffect: DefaultMinEffect}
	if t == nil {
		return rule
	}
	_, tidy := benchunit.Tidy(1, unit)
	bare := string(stripProcs(benchfmt.Name(benchmark)))
	for _, r := range t.rules {
		if r.unit != tidy && !(tidy == cpuUnit && r.unit == "sec/op") || r.match != nil && !r.match.MatchString(benchmark) && !r.match.MatchString(bare) {
			continue
		}
		r.used = true
		for _, set := range r.set {
			set(&rule)
		}
	}
	return rule
}

// unused lists the rules that no row has met.
func (t *Thresholds) unused() []string {
	var out []string
	if t == nil {
		return nil
	}
	for _, r := range t.rules {
		if !r.used {
			out = append(out, fmt.Sprintf("%v: no row met this rule for %s", r.at, r.unit))
		}
	}
	return out
}

// A FileError is everything that is wrong with a file of thresholds.
type FileError []Problem

func (e FileError) Error() string {
	var lines []string
	for _, p := range e {
		lines = append(lines, p.Error())
	}
	return strings.Join(lines, "\n")
}
