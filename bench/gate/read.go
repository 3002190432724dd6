package gate

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"time"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchunit"
)

// A Position is a place in a file. Line 0 is the whole file, column 0 the whole line.
type Position struct {
	File string `json:"file"`
	Line int    `json:"line,omitempty"`
	Col  int    `json:"column,omitempty"`
}

func (p Position) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Col == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// A Problem is a reason why no verdict can be trusted.
type Problem struct {
	Position
	Message string `json:"message"`
}

func (p Problem) Error() string {
	if p.File == "" {
		return p.Message
	}
	return p.Position.String() + ": " + p.Message
}

// A Broken is a benchmark that panicked, failed or did not end. Name lacks the prefix Benchmark; it is empty if unknown.
type Broken struct {
	Position
	Name    string
	Message string
}

const noResults = "no benchmark results: no line begins with Benchmark"

// sessionKey is the configuration key that names the session in which both sides ran in turn.
const sessionKey = "interleaved"

// A File is one side of a comparison. The zero value is an empty side.
type File struct {
	Name     string
	Results  []*benchfmt.Result // in run order, all values finite
	Units    benchfmt.UnitMetadataMap
	Problems []Problem
	Broken   []Broken

	cpu time.Duration // of the process whose output this is
}

// ReadFile reads the file at path. What is wrong with it, and be it absent, is in the Problems.
func ReadFile(path string) *File {
	data, err := os.ReadFile(path)
	if err != nil {
		return &File{Name: path, Problems: []Problem{{Position{File: path}, plainError(err)}}}
	}
	return read(data, path)
}

// Read reads r to its end; name is what messages call it.
func Read(r io.Reader, name string) *File {
	data, err := io.ReadAll(r)
	if err != nil {
		return &File{Name: name, Problems: []Problem{{Position{File: name}, plainError(err)}}}
	}
	return read(data, name)
}

func read(data []byte, name string) *File {
	f := &File{Name: name}
	problem := func(line int, format string, args ...any) {
		f.Problems = append(f.Problems, Problem{Position{File: name, Line: line}, fmt.Sprintf(format, args...)})
	}
	switch {
	case len(data) == 0:
		problem(0, "the file is empty")
		return f
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		problem(0, "the file is UTF-16; write it as UTF-8 (in PowerShell: | Out-File -Encoding utf8)")
		return f
	case data[len(data)-1] != '\n':
		problem(1+bytes.Count(data, []byte{'\n'}), "the last line does not end: the file is truncated")
	}
	told := scanRuns(f, data)
	r := benchfmt.NewReader(bytes.NewReader(data), name)
	for r.Scan() {
		_, line := r.Result().Pos()
		switch rec := r.Result().(type) {
		case *benchfmt.SyntaxError:
			if !told[line] {
				problem(line, "%s", rec.Msg)
			}
		case *benchfmt.Result:
			if told[line] {
				continue
			}
			if msg := unusable(rec); msg != "" {
				problem(line, "Benchmark%s: %s", rec.Name, msg)
				continue
			}
			f.Results = append(f.Results, rec.Clone())
		}
	}
	if err := r.Err(); err != nil {
		f.Problems = append(f.Problems, Problem{Position{}, err.Error()}) // it begins with file:line
	}
	f.Units = r.Units()
	if len(f.Results) == 0 && len(f.Problems) == 0 && len(f.Broken) == 0 {
		problem(0, noResults)
	}
	return f
}

// unusable says why a result cannot be compared, or "". It also gives zeros their tidy unit, which benchfmt leaves
// as written because 0 ns/op and 0 sec/op have the same value.
func unusable(res *benchfmt.Result) string {
	if res.Iters < 1 {
		return fmt.Sprintf("%d iterations", res.Iters)
	}
	seen := map[string]bool{}
	for i := range res.Values {
		v := &res.Values[i]
		if math.IsNaN(v.Value) || math.IsInf(v.Value, 0) {
			return fmt.Sprintf("%v %s is not a number that can be compared", v.Value, v.Unit)
		}
		if _, tidy := benchunit.Tidy(1, v.Unit); tidy != v.Unit {
			v.OrigValue, v.OrigUnit, v.Unit = v.Value, v.Unit, tidy
		}
		if seen[v.Unit] {
			return fmt.Sprintf("two values in %s on one line", v.Unit)
		}
		seen[v.Unit] = true
	}
	return ""
}

// session returns the session that every result of f names, or "".
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

// add appends what g holds. Results of g come after those of f in run order.
func (f *File) add(g *File) {
	f.Results = append(f.Results, g.Results...)
	f.Problems = append(f.Problems, g.Problems...)
	f.Broken = append(f.Broken, g.Broken...)
	if f.Units == nil {
		f.Units = benchfmt.UnitMetadataMap{}
	}
	for key, unit := range g.Units {
		have, ok := f.Units[key]
		if ok && have.Value != unit.Value {
			f.Problems = append(f.Problems, Problem{Position{File: g.Name}, fmt.Sprintf("unit %s: %s=%s, but earlier %s", unit.OrigUnit, key.Key, unit.Value, have.Value)})
			continue
		}
		f.Units[key] = unit
	}
}

// plainError is err without the path, which the position gives.
func plainError(err error) string {
	if pe, ok := err.(*os.PathError); ok {
		return pe.Err.Error()
	}
	return strings.TrimSpace(err.Error())
}
