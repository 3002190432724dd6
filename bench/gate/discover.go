package gate

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
)

// A benchmark is a benchmark with a result of its own: a sub-benchmark, or a top-level benchmark without
// sub-benchmarks.
type benchmark struct {
	pkg   int    // index of the package
	name  string // without the prefix Benchmark and the GOMAXPROCS suffix
	iters int    // the number of iterations in the run that found it
	file  *File  // the result of that run
}

// same reports whether two benchmarks, which may be of different sides, are the same one.
func (b benchmark) same(o benchmark) bool { return b.pkg == o.pkg && b.name == o.name }

// in reports whether a list contains the benchmark.
func (b benchmark) in(list []benchmark) bool { return slices.ContainsFunc(list, b.same) }

// list returns the names of the top-level benchmarks that match a pattern.
func (r *runner) list(ctx context.Context, bin binary, pattern string) ([]string, error) {
	cmd := exec.CommandContext(ctx, bin.path, "-test.list", pattern)
	cmd.Dir = bin.dir
	text, err := output(cmd)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: listing benchmarks: %w", bin.side, err)
	}
	var names []string
	for _, line := range strings.Fields(text) {
		if name, ok := strings.CutPrefix(line, "Benchmark"); ok {
			names = append(names, name)
		}
	}
	return names, nil
}

// discover runs each benchmark of a side that matches a pattern once. It returns the benchmarks that have results, and
// a file with the failures.
func (r *runner) discover(ctx context.Context, sd *side, pattern, benchtime string) ([]benchmark, *File, error) {
	var found []benchmark
	failures := &File{Name: sd.name}
	top, sub, hasSub := strings.Cut(pattern, "/")
	for pkg, bin := range sd.bins {
		names, err := r.list(ctx, bin, top)
		if err != nil {
			return nil, nil, err
		}
		for _, name := range names {
			only := exactly(name)
			if hasSub {
				only += "/" + sub
			}
			f, err := r.run(ctx, bin, only, benchtime)
			if err != nil {
				return nil, nil, err
			}
			for _, res := range f.Results {
				one := &File{Name: f.Name, Results: []*benchfmt.Result{res}, Units: f.Units}
				found = append(found, benchmark{pkg, r.bare(res.Name), res.Iters, one})
			}
			if len(f.Problems) == 1 && f.Problems[0].Message == noResults {
				continue // it skips itself, or the pattern matches none of its sub-benchmarks
			}
			failures.add(&File{Name: f.Name, Problems: f.Problems, Failed: f.Failed})
		}
	}
	return found, failures, nil
}

// benchmarksOf returns the benchmarks that the rows belong to.
func (r *runner) benchmarksOf(list []benchmark, rows []*Row) []benchmark {
	var out []benchmark
	for _, b := range list {
		if slices.ContainsFunc(rows, func(row *Row) bool { return r.belongs(row, b) }) {
			out = append(out, b)
		}
	}
	return out
}

// belongs reports whether a row is about a benchmark.
func (r *runner) belongs(row *Row, b benchmark) bool {
	return r.bare(benchfmt.Name(row.Benchmark)) == b.name && row.Package == b.file.Results[0].GetConfig("pkg")
}
