package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchproc"
)

// Samples are the values of one side of a row, in run order.
type Samples struct {
	Values []float64  // in the unit of the row
	At     []Position // where each was read
	orig   []float64  // the values as written, in the unit as written
	unit   string     // that unit, "" if it varies
	iters  []int
}

// A Row is one benchmark and one unit, on both sides.
type Row struct {
	Package   string // import path, "" if the files do not say
	Benchmark string // full name without the prefix Benchmark
	Unit      string // tidy in the timing lane, as written in the exact lane; "" if the whole benchmark is on one side only
	Lane      Lane
	Better    Better
	Rule      Rule // the thresholds that apply
	Old, New  Samples

	Status Status
	Why    string  // one line for people
	Timing *Timing // what the timing lane found, or nil

	tidy string
	// guarded says that the processor time of the same benchmark is judged too: noise on the clock does no harm then.
	guarded bool
}

func (r *Row) String() string {
	if r.Unit == "" {
		return r.Benchmark
	}
	return r.Benchmark + " " + r.Unit
}

// A Table is two files matched into rows.
type Table struct {
	Rows        []*Row
	Problems    []Problem
	Notes       []string
	Interleaved bool     // both sides ran in turn
	machine     []string // what differs between the machines of both sides
}

// projections read from a result what the gate tells apart.
type projections struct {
	filter              *benchproc.Filter
	name, machine, rest *benchproc.Projection
}

// newProjections reads filter, in the language of benchstat's -filter; "" keeps everything.
func newProjections(filter string) (*projections, error) {
	if filter == "" {
		filter = "*"
	}
	f, err := benchproc.NewFilter(filter)
	if err != nil {
		return nil, fmt.Errorf("filter %q: %w", filter, err)
	}
	var p benchproc.ProjectionParser
	out := &projections{filter: f}
	for _, part := range []struct {
		to   **benchproc.Projection
		expr string
	}{{&out.name, "pkg,.fullname"}, {&out.machine, "goos,goarch,cpu"}} {
		if *part.to, err = p.Parse(part.expr, f); err != nil {
			return nil, err
		}
	}
	out.rest = p.Residue()
	return out, nil
}

type rowID struct {
	name benchproc.Key
	unit string // tidy
}

// A sideRows holds the samples of one side.
type sideRows struct {
	file    *File
	order   []benchproc.Key // of names
	units   map[benchproc.Key][]string
	samples map[rowID]*Samples
	machine []benchproc.Key
	rest    []benchproc.Key
}

// Match pairs the rows of two files. The filter is in the language of benchstat's -filter; "" keeps everything.
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
	t.broken(old, new)
	return t, nil
}

// side groups the values of f by name and unit; strip removes the GOMAXPROCS suffix from the names.
func (p *projections) side(f *File, strip bool) (*sideRows, error) {
	s := &sideRows{file: f, units: map[benchproc.Key][]string{}, samples: map[rowID]*Samples{}}
	for _, kept := range f.Results {
		res := kept.Clone()
		if ok, err := p.filter.Apply(res); err != nil {
			return nil, fmt.Errorf("filter: %w", err)
		} else if !ok {
			continue
		}
		file, line := res.Pos()
		if strip {
			res.Name = stripProcs(res.Name)
		}
		res.SetConfig(sessionKey, "")
		name := p.name.Project(res)
		if _, known := s.units[name]; !known {
			s.units[name] = nil
			s.order = append(s.order, name)
		}
		s.machine = addKey(s.machine, p.machine.Project(res))
		s.rest = addKey(s.rest, p.rest.Project(res))
		for _, v := range res.Values {
			id := rowID{name, v.Unit}
			orig, unit := v.OrigValue, v.OrigUnit
			if unit == "" {
				orig, unit = v.Value, v.Unit
			}
			sample := s.samples[id]
			if sample == nil {
				sample = &Samples{unit: unit}
				s.samples[id] = sample
				s.units[name] = append(s.units[name], v.Unit)
			} else if sample.unit != unit {
				sample.unit = ""
			}
			sample.Values = append(sample.Values, v.Value)
			sample.orig = append(sample.orig, orig)
			sample.iters = append(sample.iters, res.Iters)
			sample.At = append(sample.At, Position{File: file, Line: line})
		}
	}
	return s, nil
}

func addKey(keys []benchproc.Key, k benchproc.Key) []benchproc.Key {
	if slices.Contains(keys, k) {
		return keys
	}
	return append(keys, k)
}

// differentProcs tells, if each side ran at one GOMAXPROCS and they differ, how.
func differentProcs(old, new *File) string {
	a, b := procsOf(old), procsOf(new)
	if len(a) != 1 || len(b) != 1 || a[0] == b[0] {
		return ""
	}
	return fmt.Sprintf("GOMAXPROCS: %s and %s", cmp.Or(a[0], "1"), cmp.Or(b[0], "1"))
}

func procsOf(f *File) []string {
	var out []string
	for _, res := range f.Results {
		full, bare := string(res.Name.Full()), string(stripProcs(res.Name))
		if procs := strings.TrimPrefix(strings.TrimPrefix(full, bare), "-"); !slices.Contains(out, procs) {
			out = append(out, procs)
		}
	}
	return out
}

// stripProcs cuts the -N that testing appends at GOMAXPROCS=N above 1.
func stripProcs(n benchfmt.Name) benchfmt.Name {
	_, parts := n.Parts()
	if len(parts) == 0 || parts[len(parts)-1][0] != '-' {
		return n
	}
	return n[:len(n)-len(parts[len(parts)-1])]
}
