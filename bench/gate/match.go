package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchproc"
)

// join makes the rows, in the order of the old side, then what only the new side has.
func (t *Table) join(p *projections, old, new *sideRows, th *Thresholds) {
	name := func(k benchproc.Key) *Row {
		fields := p.name.Fields()
		return &Row{Package: k.Get(fields[0]), Benchmark: k.Get(fields[1])}
	}
	for _, k := range old.order {
		if new.units[k] == nil {
			row := name(k)
			row.Status, row.Why = Missing, "the new side does not have it"
			row.Old.At = old.samples[rowID{k, old.units[k][0]}].At
			t.Rows = append(t.Rows, row)
			continue
		}
		units := slices.Clone(old.units[k])
		for _, unit := range new.units[k] {
			if !slices.Contains(units, unit) {
				units = append(units, unit)
			}
		}
		for _, unit := range units {
			row := name(k)
			row.tidy = unit
			row.fill(old, new, k, th)
			row.guarded = unit != cpuUnit && old.samples[rowID{k, cpuUnit}] != nil && new.samples[rowID{k, cpuUnit}] != nil
			t.Rows = append(t.Rows, row)
		}
	}
	for _, k := range new.order {
		if old.units[k] == nil {
			row := name(k)
			row.Status, row.Why = Added, "the old side does not have it"
			row.New.At = new.samples[rowID{k, new.units[k][0]}].At
			t.Rows = append(t.Rows, row)
		}
	}
}

// fill gives a row its lane, its rule and its samples.
func (r *Row) fill(old, new *sideRows, k benchproc.Key, th *Thresholds) {
	r.Rule = th.For(r.Benchmark, r.tidy)
	r.Better = cmp.Or(r.Rule.Better, direction(r.tidy, new.file.Units, old.file.Units))
	r.Lane = cmp.Or(r.Rule.Lane, assumed(r.tidy, new.file.Units, old.file.Units))
	id := rowID{k, r.tidy}
	a, b := old.samples[id], new.samples[id]
	r.Unit = r.tidy
	if r.Lane == LaneExact {
		r.asWritten(a, b)
	}
	if a != nil {
		r.Old = *a
	}
	if b != nil {
		r.New = *b
	}
	switch {
	case r.Rule.Ignore != "":
		r.Status, r.Why = Ignored, r.Rule.Ignore
	case b == nil:
		r.Status, r.Why = Missing, "the new side has no "+r.Unit
	case a == nil:
		r.Status, r.Why = Added, "the old side has no "+r.Unit
	case r.Better == "":
		r.Status = Undecided
		r.Why = fmt.Sprintf("nobody says which direction of %s is better: print \"Unit %s better=lower\" (or higher, same) from TestMain, or give it in the thresholds", r.Unit, r.Unit)
	}
}

// asWritten takes the unit and the values as the files write them, where both agree: 250 ns stays an integer.
func (r *Row) asWritten(old, new *Samples) {
	unit := ""
	for _, s := range []*Samples{old, new} {
		switch {
		case s == nil:
		case s.unit == "" || unit != "" && s.unit != unit:
			return
		default:
			unit = s.unit
		}
	}
	r.Unit = unit
	for _, s := range []*Samples{old, new} {
		if s != nil {
			s.Values = s.orig
		}
	}
}

// compareMachines notes in what the two sides differ besides the code.
func (t *Table) compareMachines(old, new *sideRows) {
	for _, f := range benchproc.NonSingularFields(append(slices.Clone(old.machine), new.machine...)) {
		t.machine = append(t.machine, fmt.Sprintf("%s: %s and %s", f, values(old.machine, f), values(new.machine, f)))
	}
	for _, f := range benchproc.NonSingularFields(append(slices.Clone(old.rest), new.rest...)) {
		t.Notes = append(t.Notes, fmt.Sprintf("the sides differ in %s: %s and %s", f, values(old.rest, f), values(new.rest, f)))
	}
}

func values(keys []benchproc.Key, f *benchproc.Field) string {
	var out []string
	for _, k := range keys {
		if v := cmp.Or(k.Get(f), "(none)"); !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return strings.Join(out, ", ")
}

// broken turns benchmarks that did not end into rows: on the new side a failure, on the old side no ground to judge on.
func (t *Table) broken(old, new *File) {
	for _, b := range old.Broken {
		what := "a benchmark"
		if b.Name != "" {
			what = "Benchmark" + b.Name
		}
		t.Problems = append(t.Problems, Problem{b.Position, fmt.Sprintf("%s of the old side broke: %s", what, b.Message)})
	}
	for _, b := range new.Broken {
		name := string(stripProcs(benchfmt.Name(b.Name)))
		top, _, _ := strings.Cut(name, "/")
		t.Rows = slices.DeleteFunc(t.Rows, func(r *Row) bool {
			bare := string(stripProcs(benchfmt.Name(r.Benchmark)))
			of, _, _ := strings.Cut(bare, "/")
			return name != "" && (bare == name || r.Status == Missing && of == top) // one process, one end
		})
		t.Rows = append(t.Rows, &Row{
			Benchmark: cmp.Or(b.Name, "(unnamed)"), Status: BrokenNow, Why: b.Message, New: Samples{At: []Position{b.Position}},
		})
	}
}
