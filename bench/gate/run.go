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

// runTimeout ends a benchmark that does not end by itself.
const runTimeout = "10m"

// A runner runs compiled benchmarks, each in a process of its own.
type runner struct {
	procs   int    // GOMAXPROCS
	session string // the session that the results name
}

// run runs the benchmarks that match a pattern. A benchmark that fails is in the file's Failed; errors are those that
// no benchmark causes.
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

// failureReason returns the line by which a process says why it ended.
func failureReason(stderr string) string {
	for line := range strings.Lines(stderr) {
		if line = strings.TrimSpace(line); reportsFailure(line) {
			return line
		}
	}
	first, _, _ := strings.Cut(strings.TrimSpace(stderr), "\n")
	return first
}

// exactly returns a pattern for -test.bench that only the benchmark of this full name matches.
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

// bare cuts the GOMAXPROCS suffix of a name, which testing leaves out at 1.
func (r *runner) bare(name benchfmt.Name) string {
	if r.procs == 1 {
		return string(name)
	}
	return strings.TrimSuffix(string(name), "-"+strconv.Itoa(r.procs))
}
