package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchproc"
)

// A Table contains the rows of two files.
type Table struct {
	Rows        []*Row
	Problems    []Problem
	Notes       []string
	Interleaved bool     // the two sides ran in turn
	machine     []string // what differs between the machines of the two sides
}

// Match pairs the rows of two files. The filter is in the language of benchstat's -filter; "" keeps every row.
func Match(old, new *File, th *Thresholds, filter string) (*Table, error) {
	p, err := newProjections(filter)
	if err != nil {
		return nil, err
	}
	t := &Table{Interleaved: old.session() != "" && old.session() == new.session()}
	t.Problems = append(append(t.Problems, old.Problems...), new.Problems...)
	t.Problems = append(t.Problems, unitConflicts(old, new)...)
	strip := differentProcs(old, new)
	if strip != "" {
		t.machine = append(t.machine, strip)
	}
	a, err := p.side(old, strip != "")
	if err != nil {
		return nil, err
	}
	b, err := p.side(new, strip != "")
	if err != nil {
		return nil, err
	}
	t.compareMachines(a, b)
	t.join(p, a, b, th)
	t.addFailed(old, new)
	return t, nil
}

// join makes the rows: first those of the old side, in its order, then those that only the new side has.
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
			row.hasCPU = unit != cpuUnit && old.samples[rowID{k, cpuUnit}] != nil && new.samples[rowID{k, cpuUnit}] != nil
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

// fill sets the lane, the rule and the samples of a row.
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
		r.Why = fmt.Sprintf("the unit %s does not say whether lower or higher is better: print \"Unit %s better=lower\" "+
			"(or higher, same) from TestMain, or set it in the thresholds", r.Unit, r.Unit)
	}
}

// asWritten sets the unit and the values as the files write them, if both files use the same unit. So 250 ns stays an
// integer.
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

// compareMachines notes in which configuration keys the two sides differ.
func (t *Table) compareMachines(old, new *sideRows) {
	for _, f := range benchproc.NonSingularFields(append(slices.Clone(old.machine), new.machine...)) {
		a, b := distinctValues(old.machine, f), distinctValues(new.machine, f)
		t.machine = append(t.machine, fmt.Sprintf("%s: %s and %s", f, a, b))
	}
	for _, f := range benchproc.NonSingularFields(append(slices.Clone(old.rest), new.rest...)) {
		a, b := distinctValues(old.rest, f), distinctValues(new.rest, f)
		t.Notes = append(t.Notes, fmt.Sprintf("the sides differ in %s: %s and %s", f, a, b))
	}
}

// distinctValues returns the distinct values of a field, joined to one text.
func distinctValues(keys []benchproc.Key, f *benchproc.Field) string {
	var out []string
	for _, k := range keys {
		if v := cmp.Or(k.Get(f), "(none)"); !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return strings.Join(out, ", ")
}

// addFailed adds the failed runs. Those of the new side become rows that fail the gate. Those of the old side become
// problems, since there is nothing to compare with.
func (t *Table) addFailed(old, new *File) {
	for _, b := range old.Failed {
		what := "a benchmark"
		if b.Name != "" {
			what = "Benchmark" + b.Name
		}
		t.Problems = append(t.Problems, Problem{b.Position, fmt.Sprintf("%s of the old side failed: %s", what, b.Message)})
	}
	for _, b := range new.Failed {
		name := string(stripProcs(benchfmt.Name(b.Name)))
		top, _, _ := strings.Cut(name, "/")
		t.Rows = slices.DeleteFunc(t.Rows, func(r *Row) bool {
			bare := string(stripProcs(benchfmt.Name(r.Benchmark)))
			of, _, _ := strings.Cut(bare, "/")
			return name != "" && (bare == name || r.Status == Missing && of == top) // the failure ended its process too
		})
		t.Rows = append(t.Rows, &Row{
			Benchmark: cmp.Or(b.Name, "(unnamed)"), Status: FailedNow, Why: b.Message, New: Samples{At: []Position{b.Position}},
		})
	}
}

// unitConflicts returns the places at which the Unit lines of the two sides contradict each other or contain unknown
// words.
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
				where := Position{File: file, Line: line}
				at(m, "unit %s: %s=%s, but %v says %s", m.OrigUnit, key.Key, m.Value, where, other.Value)
			}
		}
	}
	return out
}
