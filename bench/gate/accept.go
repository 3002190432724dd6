package gate

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"

	"golang.org/x/perf/benchfmt"
)

// acceptedHead is the comment at the top of a file of accepted values.
const acceptedHead = "# Exact values, accepted by committing them. Written by notifysim gate --accept; " +
	"benchstat reads it too.\n"

// Accept writes the exact values of f to the file at path, as the old side of later comparisons. It leaves out timings
// and the values that the thresholds ignore. It refuses a file that has problems, a failed benchmark or no exact
// values, or whose exact values differ between runs.
func (f *File) Accept(path string, th *Thresholds) error {
	exact, err := f.exact(th)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString(acceptedHead)
	exact.encode(&b)
	return os.WriteFile(path, b.Bytes(), 0o666)
}

// exact returns a file with the results of f that belong to the exact lane.
func (f *File) exact(th *Thresholds) (*File, error) {
	var errs []error
	for _, p := range f.Problems {
		errs = append(errs, p)
	}
	for _, b := range f.Failed {
		errs = append(errs, Problem{b.Position, fmt.Sprintf("Benchmark%s failed: %s", b.Name, b.Message)})
	}
	out := &File{Name: f.Name, Units: benchfmt.UnitMetadataMap{}}
	first := map[string]*benchfmt.Result{}
	for _, res := range f.Results {
		kept := res.Clone()
		kept.SetConfig(sessionKey, "")
		kept.Values = slices.DeleteFunc(kept.Values, func(v benchfmt.Value) bool {
			rule := th.For(string(res.Name), v.Unit)
			lane := rule.Lane
			if lane == "" {
				lane = assumed(v.Unit, f.Units)
			}
			return lane != LaneExact || rule.Ignore != ""
		})
		if len(kept.Values) == 0 {
			continue
		}
		id := res.GetConfig("pkg") + " " + string(res.Name)
		if before := first[id]; before != nil {
			errs = append(errs, varies(before, kept, th)...)
			continue
		}
		first[id] = kept
		out.Results = append(out.Results, kept)
		for key, unit := range f.Units {
			if _, ok := kept.Value(key.Unit); ok {
				out.Units[key] = unit
			}
		}
	}
	for _, unit := range []string{"B/op", "allocs/op"} { // benchstat treats them as exact only if a Unit line says so
		has := func(r *benchfmt.Result) bool { _, ok := r.Value(unit); return ok }
		if slices.ContainsFunc(out.Results, has) {
			out.declare(unit, "assume", "exact")
		}
	}
	if len(out.Results) == 0 && len(errs) == 0 {
		errs = append(errs, Problem{Position{File: f.Name}, "there are no exact values to accept"})
	}
	return out, errors.Join(errs...)
}

// varies returns an error for each exact value that differs between two results of one benchmark.
func varies(a, b *benchfmt.Result, th *Thresholds) (errs []error) {
	file, line := b.Pos()
	for _, v := range b.Values {
		before, ok := a.Value(v.Unit)
		tolerance := th.For(string(b.Name), v.Unit).Tolerance
		if !ok || math.Abs(v.Value-before) > tolerance.around(before, v.Unit) {
			errs = append(errs, Problem{Position{File: file, Line: line}, fmt.Sprintf("Benchmark%s: %s varies: %s, then %s",
				b.Name, v.Unit, formatExact(before), formatExact(v.Value))})
		}
	}
	return errs
}
