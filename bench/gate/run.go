package gate

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/perf/benchfmt"
)

// runTimeout ends a benchmark that does not end by itself.
const runTimeout = "10m"

// run runs benchmarks in a process of their own. A benchmark that breaks is in the file's Broken;
// the error is for what is not the benchmark's fault.
func (s *Session) run(ctx context.Context, bin binary, bench, benchtime string, more ...string) (*File, error) {
	args := append([]string{
		"-test.run=^$", "-test.bench=" + bench, "-test.benchtime=" + benchtime, "-test.benchmem",
		"-test.count=1", "-test.cpu=" + strconv.Itoa(s.Procs), "-test.timeout=" + runTimeout,
	}, more...)
	cmd := exec.CommandContext(ctx, bin.path, args...)
	cmd.Dir = bin.dir
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.WaitDelay = 5 * time.Second
	err := cmd.Run()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		return nil, err
	}
	f := read([]byte(sessionKey+": "+s.id+"\n"+stdout.String()), bin.side)
	f.cpu = cpuTime(cmd)
	if err == nil {
		return f, nil
	}
	b := Broken{Position{File: bin.side}, plainName(bench), err.Error()}
	if len(f.Broken) > 0 {
		b.Name, b.Message = f.Broken[0].Name, f.Broken[0].Message
	}
	if said := complaint(stderr.String()); said != "" {
		b.Message = said
	}
	return &File{Name: bin.side, Broken: []Broken{b}}, nil
}

// complaint is the line by which a process says why it ended.
func complaint(stderr string) string {
	for line := range strings.Lines(stderr) {
		if line = strings.TrimSpace(line); marked(line) {
			return line
		}
	}
	first, _, _ := strings.Cut(strings.TrimSpace(stderr), "\n")
	return first
}

// exactly is a pattern for -test.bench that only the benchmark of this full name matches.
func exactly(name string) string {
	parts := strings.Split(name, "/")
	for i, part := range parts {
		parts[i] = "^" + regexp.QuoteMeta(part) + "$"
	}
	return "^Benchmark" + strings.TrimPrefix(strings.Join(parts, "/"), "^")
}

// plainName undoes exactly, for messages.
func plainName(pattern string) string {
	return strings.NewReplacer("^Benchmark", "", "^", "", "$", "", `\`, "").Replace(pattern)
}

// A leaf is a benchmark that gives a result of its own.
type leaf struct {
	pkg   int    // index of the package
	name  string // without Benchmark and GOMAXPROCS
	iters int    // of the run that found it
	file  *File  // that run
}

// list returns the names of the top-level benchmarks that the first element of s.Bench matches.
func (s *Session) list(ctx context.Context, bin binary) ([]string, error) {
	first, _, _ := strings.Cut(s.Bench, "/")
	cmd := exec.CommandContext(ctx, bin.path, "-test.list", first)
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

// discover runs every benchmark of a side once and returns those that give results, and a file of what broke.
func (s *Session) discover(ctx context.Context, sd *side, benchtime string) ([]leaf, *File, error) {
	var leaves []leaf
	broken := &File{Name: sd.name}
	for pkg, bin := range sd.bins {
		names, err := s.list(ctx, bin)
		if err != nil {
			return nil, nil, err
		}
		for _, name := range names {
			pattern := exactly(name)
			if _, rest, ok := strings.Cut(s.Bench, "/"); ok {
				pattern += "/" + rest
			}
			f, err := s.run(ctx, bin, pattern, benchtime)
			if err != nil {
				return nil, nil, err
			}
			for _, res := range f.Results {
				leaves = append(leaves, leaf{pkg, s.bare(res.Name), res.Iters, &File{Name: f.Name, Results: []*benchfmt.Result{res}, Units: f.Units}})
			}
			if len(f.Problems) == 1 && f.Problems[0].Message == noResults {
				continue // the benchmark skipped itself, or the pattern leaves nothing of it
			}
			broken.add(&File{Name: f.Name, Problems: f.Problems, Broken: f.Broken})
		}
	}
	return leaves, broken, nil
}

// bare cuts the GOMAXPROCS suffix, which testing leaves out at 1.
func (s *Session) bare(name benchfmt.Name) string {
	if s.Procs == 1 {
		return string(name)
	}
	return strings.TrimSuffix(string(name), "-"+strconv.Itoa(s.Procs))
}

func find(leaves []leaf, want leaf) *leaf {
	i := slices.IndexFunc(leaves, func(l leaf) bool { return l.pkg == want.pkg && l.name == want.name })
	if i < 0 {
		return nil
	}
	return &leaves[i]
}
