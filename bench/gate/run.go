package gate

import (
	"bytes"
	"context"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/perf/benchfmt"
)

// runTimeout is the time after which a benchmark that does not end is killed.
const runTimeout = "10m"

// A runner runs compiled benchmarks, each in a process of its own.
type runner struct {
	procs   int    // GOMAXPROCS
	session string // the session that the results name
}

// run runs the benchmarks that match a pattern. If a benchmark fails, that is in Failed of the returned file. run
// returns an error only for failures that no benchmark caused.
func (r *runner) run(ctx context.Context, bin binary, bench, benchtime string, flags ...string) (*File, error) {
	args := append([]string{
		"-test.run=^$", "-test.bench=" + bench, "-test.benchtime=" + benchtime, "-test.benchmem",
		"-test.count=1", "-test.cpu=" + strconv.Itoa(r.procs), "-test.timeout=" + runTimeout,
	}, flags...)
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
	f := read([]byte(sessionKey+": "+r.session+"\n"+stdout.String()), bin.side)
	f.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if err == nil {
		return f, nil
	}
	failed := FailedRun{Position{File: bin.side}, plainName(bench), err.Error()}
	if len(f.Failed) > 0 {
		failed.Name, failed.Message = f.Failed[0].Name, f.Failed[0].Message
	}
	if reason := failureReason(stderr.String()); reason != "" {
		failed.Message = reason
	}
	return &File{Name: bin.side, Failed: []FailedRun{failed}}, nil
}

// failureReason returns the line in which a process says why it failed.
func failureReason(stderr string) string {
	for line := range strings.Lines(stderr) {
		if line = strings.TrimSpace(line); reportsFailure(line) {
			return line
		}
	}
	first, _, _ := strings.Cut(strings.TrimSpace(stderr), "\n")
	return first
}

// exactly returns a pattern for -test.bench that matches only the benchmark with this full name.
func exactly(name string) string {
	parts := strings.Split(name, "/")
	for i, part := range parts {
		parts[i] = "^" + regexp.QuoteMeta(part) + "$"
	}
	return "^Benchmark" + strings.TrimPrefix(strings.Join(parts, "/"), "^")
}

// plainName turns a pattern made by exactly back into a name, for messages.
func plainName(pattern string) string {
	return strings.NewReplacer("^Benchmark", "", "^", "", "$", "", `\`, "").Replace(pattern)
}

// bare removes the GOMAXPROCS suffix from a name. The testing package adds none if GOMAXPROCS is 1.
func (r *runner) bare(name benchfmt.Name) string {
	if r.procs == 1 {
		return string(name)
	}
	return strings.TrimSuffix(string(name), "-"+strconv.Itoa(r.procs))
}
