package gate

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchunit"
)

// ReadFile reads the file at path. If it cannot be read, the Problems of the returned File say so.
func ReadFile(path string) *File {
	data, err := os.ReadFile(path)
	if err != nil {
		return &File{Name: path, Problems: []Problem{{Position{File: path}, plainError(err)}}}
	}
	return read(data, path)
}

// Read reads r to its end. name is what messages call the input.
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
	scanned := scanRuns(f, data)
	r := benchfmt.NewReader(bytes.NewReader(data), name)
	for r.Scan() {
		_, line := r.Result().Pos()
		switch rec := r.Result().(type) {
		case *benchfmt.SyntaxError:
			if !scanned[line] {
				problem(line, "%s", rec.Msg)
			}
		case *benchfmt.Result:
			if scanned[line] {
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
		f.Problems = append(f.Problems, Problem{Position{}, err.Error()}) // the message already begins with file:line
	}
	f.Units = r.Units()
	if len(f.Results) == 0 && len(f.Problems) == 0 && len(f.Failed) == 0 {
		problem(0, noResults)
	}
	return f
}

// unusable returns why a result cannot be compared, or "". It also gives zeros their tidy unit, which benchfmt does not
// do because 0 ns/op and 0 sec/op have the same value.
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
