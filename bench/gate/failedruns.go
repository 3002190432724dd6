package gate

import (
	"bytes"
	"strings"
)

// failurePrefixes begin the lines with which the testing package, the runtime and the go command report a failure.
var failurePrefixes = []string{
	"panic: ", "fatal error: ", "--- FAIL: ", "FAIL", "exit status ", "signal: ", "SIG", "*** Test killed",
}

// reportsFailure reports whether a line says that a run failed.
func reportsFailure(line string) bool {
	for _, m := range failurePrefixes {
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

// A runScan finds benchmarks that started but did not end. benchfmt does not report them.
type runScan struct {
	f       *File
	started string       // the latest benchmark that started and has no result yet
	alone   []FailedRun  // benchmarks whose name is alone on a line, as -v prints it
	done    []string     // benchmarks that have a result, were skipped or failed
	failing bool         // the current line belongs to the report of a failure
	scanned map[int]bool // the lines that need not be parsed as results
}

// scanRuns fills f.Failed and returns the lines that need not be parsed as results.
func scanRuns(f *File, data []byte) map[int]bool {
	s := &runScan{f: f, scanned: map[int]bool{}}
	n := 0
	for line := range bytes.Lines(data) {
		n++
		s.line(n, strings.TrimRight(string(line), "\r\n"))
	}
	s.end()
	return s.scanned
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
	if !reportsFailure(line) {
		return
	}
	name := s.started
	if failed, ok := strings.CutPrefix(line, "--- FAIL: Benchmark"); ok {
		name, _, _ = strings.Cut(failed, " ")
	}
	s.fail(n, name, line)
}

// benchmark handles a line that begins with Benchmark; rest is the text after that word.
func (s *runScan) benchmark(n int, rest string) {
	fields := strings.Fields(rest)
	tail := ""
	if len(fields) > 1 {
		tail = strings.TrimSpace(rest[strings.Index(rest, fields[0])+len(fields[0]):])
	}
	switch {
	case len(fields) == 0: // the line is the word Benchmark alone
	case len(fields) == 1:
		s.scanned[n] = true
		s.failing = false
		s.started = fields[0]
		s.alone = append(s.alone, FailedRun{Position: Position{File: s.f.Name, Line: n}, Name: fields[0]})
	case reportsFailure(tail):
		s.scanned[n] = true
		s.failing = false
		s.fail(n, fields[0], tail)
	default:
		s.done, s.started, s.failing = append(s.done, fields[0]), "", false
	}
}

func (s *runScan) fail(n int, name, message string) {
	s.done = append(s.done, name, s.started)
	s.started = ""
	if last := len(s.f.Failed) - 1; s.failing && last >= 0 {
		if s.f.Failed[last].Name == "" {
			s.f.Failed[last].Name = name
		}
		return
	}
	s.failing = true
	s.f.Failed = append(s.f.Failed, FailedRun{Position{File: s.f.Name, Line: n}, name, strings.TrimSpace(message)})
}

// end reports the benchmarks that started but have no result.
func (s *runScan) end() {
	for _, b := range s.alone {
		if !s.ended(b.Name) {
			msg := "Benchmark" + b.Name + " began and has no result: the file is truncated, or the run was killed"
			s.f.Problems = append(s.f.Problems, Problem{b.Position, msg})
		}
	}
}

// ended reports whether the benchmark name, with or without a GOMAXPROCS suffix, or one of its sub-benchmarks has
// ended.
func (s *runScan) ended(name string) bool {
	for _, d := range s.done {
		if rest, ok := strings.CutPrefix(d, name); ok && (rest == "" || rest[0] == '-' || rest[0] == '/') {
			return true
		}
	}
	return false
}
