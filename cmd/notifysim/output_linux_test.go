package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/require"
)

// The path - and the names of the standard output, such as /dev/stdout, write to the standard output. The report then
// goes to standard error.
func TestOutputToStandardOutput(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("p.yml", []byte(planned), 0o644))
	for _, path := range []string{"-", "/dev/stdout", "/dev/fd/1"} {
		got := command("plan", "p.yml", "--shard", "1/1", "--out", path)
		require.Equal(t, exitPass, got.code, got.err)
		require.True(t, strings.HasPrefix(got.out, `{"notifysim_plan":1`), got.out)
		require.Contains(t, got.err, "59 of 59 runs, shard 1/1\n")
		got = command("plan", "p.yml", "--html", path)
		require.True(t, strings.HasPrefix(got.out, "<!DOCTYPE html>"), got.out)
		require.Contains(t, got.err, "  drop-free with 500")
		got = command("trace", "p.yml", "--html", path)
		require.True(t, strings.HasPrefix(got.out, "<!DOCTYPE html>"), got.out)
		got = command("test", "p.yml", "--junit", path)
		require.True(t, strings.HasPrefix(got.out, "<?xml "), got.out)
		require.Contains(t, got.err, "1 run of 1 test in 1 file: 1 unchecked")
		got = command("test", "p.yml", "--openmetrics", path)
		require.True(t, strings.HasPrefix(got.out, "# TYPE "), got.out)
	}
	got := command("plan", "--alerts", "100", "--write", "-", "--seeds", "1-59")
	require.Equal(t, exitPass, got.code, got.err)
	require.NoError(t, os.WriteFile("written.yml", []byte(got.out), 0o644))
	require.Equal(t, exitPass, command("test", "written.yml").code)
	require.Equal(t, ended{exitUsage, "",
		"--junit and --openmetrics both name the standard output; name a file for one of them\n"},
		command("test", "p.yml", "--junit", "-", "--openmetrics", "/dev/stdout"))

	// The same in a process whose standard output is a file: the output is appended, and the file is not replaced.
	require.NoError(t, os.WriteFile("out", nil, 0o644))
	cmd := child(t, "plan", "p.yml", "--shard", "1/1", "--out", "/dev/stdout")
	out, err := os.OpenFile("out", os.O_WRONLY|os.O_APPEND, 0)
	require.NoError(t, err)
	defer out.Close()
	cmd.Stdout = out
	require.NoError(t, cmd.Run())
	text, err := os.ReadFile("out")
	require.NoError(t, err)
	require.Equal(t, command("plan", "p.yml", "--shard", "1/1", "--out", "-").out, string(text))
}

// A named pipe can be an output. If no process reads it, the command ends with an error instead of waiting forever.
func TestOutputToPipe(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("p.yml", []byte(planned), 0o644))
	require.NoError(t, syscall.Mkfifo("pipe", 0o644))
	cat := exec.Command("cat", "pipe")
	var read bytes.Buffer
	cat.Stdout = &read
	require.NoError(t, cat.Start())
	got := command("plan", "p.yml", "--shard", "1/1", "--out", "pipe")
	require.Equal(t, exitPass, got.code, got.err)
	require.NoError(t, cat.Wait())
	require.True(t, strings.HasPrefix(read.String(), `{"notifysim_plan":1`))
	info, err := os.Stat("pipe")
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeNamedPipe, "it is still a pipe")

	before := pipePatience
	pipePatience = 20 * time.Millisecond
	t.Cleanup(func() { pipePatience = before })
	got = command("plan", "p.yml", "--html", "pipe")
	require.Equal(t, ended{exitInternal, "",
		"notifysim: --html: open pipe: no process reads this pipe; start one first\n"}, got)
}

// A device or a folder as an output is an error before anything runs.
func TestOutputRefused(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("p.yml", []byte(planned), 0o644))
	for _, device := range []string{"/dev/null", "/dev/full", "/dev/zero"} {
		for _, args := range [][]string{
			{"plan", "p.yml", "--shard", "1/2", "--out"}, {"plan", "p.yml", "--html"}, {"trace", "p.yml", "--html"},
			{"test", "p.yml", "--junit"}, {"test", "p.yml", "--openmetrics"},
		} {
			flag := args[len(args)-1]
			require.Equal(t, ended{exitUsage, "", flag + " " + device +
				": is a device; name a file, a pipe, or - for the standard output\n"}, command(append(args, device)...))
		}
		info, err := os.Stat(device)
		require.NoError(t, err)
		require.NotZero(t, info.Mode()&os.ModeCharDevice, "it is still a device")
	}
	require.Equal(t, ended{exitUsage, "", "--html .: is a folder; name a file in it\n"},
		command("plan", "p.yml", "--html", "."))
}

// An output file is replaced as a whole. It keeps its mode, a symbolic link keeps its target, and no temporary file is
// left.
func TestOutputToFile(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("p.yml", []byte(planned), 0o644))
	require.NoError(t, os.WriteFile("page.html", []byte("before"), 0o640))
	require.NoError(t, os.Symlink("page.html", "link.html"))
	require.Zero(t, command("plan", "p.yml", "--html", "link.html").code)
	text, err := os.ReadFile("page.html")
	require.NoError(t, err)
	require.Contains(t, string(text), "<!DOCTYPE html>")
	info, err := os.Lstat("page.html")
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o640), info.Mode())
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	require.Len(t, entries, 3)
}

// onTerminal runs the command in a process on a pseudo-terminal with the given number of columns, and returns its
// output.
func onTerminal(t *testing.T, columns int, env []string, args ...string) string {
	t.Helper()
	cmd := child(t, args...)
	cmd.Env = append(cmd.Env, env...)
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 50, Cols: uint16(columns)})
	require.NoError(t, err)
	defer terminal.Close()
	out, _ := io.ReadAll(terminal) // returns EIO when the process ends
	require.NoError(t, cmd.Wait())
	return statusLine.ReplaceAllString(strings.ReplaceAll(string(out), "\r\n", "\n"), "")
}

// statusLine matches a status line that is overwritten later, or its removal.
var statusLine = regexp.MustCompile(`\r[^\r\n\x1b]*\x1b\[K`)

// On a terminal, no line is longer than the terminal is wide, and the output is coloured unless NO_COLOR or TERM=dumb
// is set.
func TestTerminal(t *testing.T) {
	path, err := os.Getwd()
	require.NoError(t, err)
	path += "/testdata/passes.yml"
	for _, c := range []struct {
		columns int
		args    []string
	}{
		{80, []string{"test"}}, {80, []string{"test", path}}, {100, []string{"test", path}}, {80, []string{"trace", path}},
		{115, []string{"metrics"}},
	} {
		for line := range strings.Lines(onTerminal(t, c.columns, []string{"NO_COLOR=1"}, c.args...)) {
			if strings.HasPrefix(line, "note: ") {
				continue // notes begin with a position and are not wrapped
			}
			require.LessOrEqual(t, len([]rune(strings.TrimRight(line, "\n"))), c.columns, "%v: %s", c.args, line)
		}
	}
	require.Contains(t, onTerminal(t, 100, []string{"TERM=xterm"}, "test", path), "\x1b[32mpass\x1b[0m")
	require.NotContains(t, onTerminal(t, 100, []string{"TERM=dumb"}, "test", path), "\x1b")
	require.NotContains(t, onTerminal(t, 100, []string{"NO_COLOR=1", "FORCE_COLOR=1"}, "test", path), "\x1b")
	wide := onTerminal(t, 200, []string{"NO_COLOR=1"}, "trace", path)
	require.Regexp(t, `(?m)^.{150,200}$`, wide, "a wide terminal is used")
}

// FORCE_COLOR turns colours on if the output is not a terminal, as in the logs of CI.
func TestForceColor(t *testing.T) {
	require.NotContains(t, command("test", "testdata/passes.yml").out, "\x1b")
	t.Setenv("FORCE_COLOR", "1")
	require.Contains(t, command("test", "testdata/passes.yml").out, "\x1b[32mpass\x1b[0m")
	t.Setenv("NO_COLOR", "1")
	require.NotContains(t, command("test", "testdata/passes.yml").out, "\x1b")
}
