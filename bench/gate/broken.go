package gate

import (
	"bytes"
	"strings"
)

// marks begin the lines by which the testing package, the runtime and the go command say that a run went wrong.
var marks = []string{"panic: ", "fatal error: ", "--- FAIL: ", "FAIL", "exit status ", "signal: ", "SIG", "*** Test killed"}

func marked(line string) bool {
	for _, m := range marks {
		if m == "FAIL" {
			if line == m || strings.HasPrefix(line, m+"\t") {
				return true
			}
		} else if strings.HasPrefix(line, m) {
			return true
		}
	}
	return false
}

// A runScan finds benchmarks that began and did not end, which benchfmt passes over in silence.
type runScan struct {
	f       *File
	started string   // the benchmark that began last and has no result yet
	alone   []Broken // names alone on a line, as -v prints them
	done    []string // names with a result, or skipped, or failed
	failing bool     // inside the lines that tell of one failure
	told    map[int]bool
}

// scanRuns fills f.Broken and returns the lines it has dealt with.
func scanRuns(f *File, data []byte) map[int]bool {
	s := &runScan{f: f, told: map[int]bool{}}
	n := 0
	for line := range bytes.Lines(data) {
		n++
		s.line(n, strings.TrimRight(string(line), "\r\n"))
	}
	s.end()
	return s.told
}

func (s *runScan) line(n int, line string) {
	if name, ok := strings.CutPrefix(strings.TrimSpace(line), "--- SKIP: Benchmark"); ok {
		name, _, _ = strings.Cut(name, " ")
		s.done, s.started = append(s.done, name), ""
		return
	}
	if rest, ok := strings.CutPrefix(line, "Benchmark"); ok {
		s.benchmark(n, rest)
		return
	}
	if !marked(line) {
		return
	}
	name := s.started
	if failed, ok := strings.CutPrefix(line, "--- FAIL: Benchmark"); ok {
		name, _, _ = strings.Cut(failed, " ")
	}
	s.fail(n, name, line)
}

// benchmark reads a line after its first word's Benchmark.
func (s *runScan) benchmark(n int, rest string) {
	fields := strings.Fields(rest)
	tail := ""
	if len(fields) > 1 {
		tail = strings.TrimSpace(rest[strings.Index(rest, fields[0])+len(fields[0]):])
	}
	switch {
	case len(fields) == 0: // the word Benchmark alone
	case len(fields) == 1:
		s.told[n] = true
		s.failing = false
		s.started = fields[0]
		s.alone = append(s.alone, Broken{Position: Position{File: s.f.Name, Line: n}, Name: fields[0]})
	case marked(tail):
		s.told[n] = true
		s.failing = false
		s.fail(n, fields[0], tail)
	default:
		s.done, s.started, s.failing = append(s.done, fields[0]), "", false
	}
}

func (s *runScan) fail(n int, name, message string) {
	s.done = append(s.done, name, s.started)
	s.started = ""
	if last := len(s.f.Broken) - 1; s.failing && last >= 0 {
		if s.f.Broken[last].Name == "" {
			s.f.Broken[last].Name = name
		}
		return
	}
	s.failing = true
	s.f.Broken = append(s.f.Broken, Broken{Position{File: s.f.Name, Line: n}, name, strings.TrimSpace(message)})
}

// end reports the benchmarks that began and were never heard of again.
func (s *runScan) end() {
	for _, b := range s.alone {
		if !s.heard(b.Name) {
			s.f.Problems = append(s.f.Problems, Problem{b.Position, "Benchmark" + b.Name + " began and has no result: the file is truncated, or the run was killed"})
		}
	}
}

// heard reports whether a result came for name, with a GOMAXPROCS suffix, or for a benchmark inside it.
func (s *runScan) heard(name string) bool {
	for _, d := range s.done {
		if rest, ok := strings.CutPrefix(d, name); ok && (rest == "" || rest[0] == '-' || rest[0] == '/') {
			return true
		}
	}
	return false
}
