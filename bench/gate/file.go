package gate

import (
	"fmt"
	"time"

	"golang.org/x/perf/benchfmt"
)

// A FailedRun is a benchmark that panicked, failed or did not end. Name is without the prefix Benchmark, and empty if
// it is not known.
type FailedRun struct {
	Position
	Name    string
	Message string
}

const noResults = "no benchmark results: no line begins with Benchmark"

// sessionKey is the configuration key that identifies the session in which both sides ran in turn.
const sessionKey = "interleaved"

// A File contains the results of one side of a comparison. The zero value is a side without results.
type File struct {
	Name     string
	Results  []*benchfmt.Result // in run order, all values finite
	Units    benchfmt.UnitMetadataMap
	Problems []Problem
	Failed   []FailedRun

	cpu time.Duration // processor time of the process that wrote the results; 0 if it is not known
}

// session returns the session that all results of f name, or "" if they do not name the same one.
func (f *File) session() string {
	if len(f.Results) == 0 {
		return ""
	}
	id := f.Results[0].GetConfig(sessionKey)
	for _, res := range f.Results {
		if res.GetConfig(sessionKey) != id {
			return ""
		}
	}
	return id
}

// add appends the contents of g, which was recorded after f.
func (f *File) add(g *File) {
	f.Results = append(f.Results, g.Results...)
	f.Problems = append(f.Problems, g.Problems...)
	f.Failed = append(f.Failed, g.Failed...)
	if f.Units == nil {
		f.Units = benchfmt.UnitMetadataMap{}
	}
	for key, unit := range g.Units {
		have, ok := f.Units[key]
		if ok && have.Value != unit.Value {
			msg := fmt.Sprintf("unit %s: %s=%s, but earlier %s", unit.OrigUnit, key.Key, unit.Value, have.Value)
			f.Problems = append(f.Problems, Problem{Position{File: g.Name}, msg})
			continue
		}
		f.Units[key] = unit
	}
}

// declare adds a Unit line.
func (f *File) declare(unit, key, value string) {
	if f.Units == nil {
		f.Units = benchfmt.UnitMetadataMap{}
	}
	k := benchfmt.UnitMetadataKey{Unit: unit, Key: key}
	f.Units[k] = &benchfmt.UnitMetadata{UnitMetadataKey: k, OrigUnit: unit, Value: value}
}
