package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/perf/benchproc"
)

// projections are the parts of a result that identify its row and its machine.
type projections struct {
	filter              *benchproc.Filter
	name, machine, rest *benchproc.Projection
}

// newProjections parses a filter in the language of benchstat's -filter; "" keeps every result.
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
	unit string // the tidy unit
}

// A sideRows contains the samples of one side, by row.
type sideRows struct {
	file    *File
	order   []benchproc.Key // the order of the names in the file
	units   map[benchproc.Key][]string
	samples map[rowID]*Samples
	machine []benchproc.Key
	rest    []benchproc.Key
}

// side groups the values of f by name and unit. If strip is true it removes the GOMAXPROCS suffix from the names.
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

// differentProcs returns a text if each side ran at a single GOMAXPROCS and the two values differ, and otherwise "".
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
