package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// gateRun runs notifysim gate and returns its exit code and outputs.
func gateRun(t *testing.T, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := gateCommand()
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	var out, errOut bytes.Buffer
	cmd.SetArgs(args)
	cmd.SetIn(strings.NewReader(stdin))
	cmd.SetOut(&out)
	cmd.SetErr(&errOut)
	err := cmd.Execute()
	var coded codedError
	switch {
	case err == nil:
		return exitPass, out.String(), errOut.String()
	case errors.Is(err, errFailed):
		return exitFailed, out.String(), errOut.String()
	case errors.As(err, &coded):
		return coded.code, out.String(), errOut.String() + err.Error()
	}
	return exitUsage, out.String(), errOut.String() + err.Error()
}

func TestGateCommand(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
		return path
	}
	seven := file("seven.txt", "BenchmarkSend-2 1000 7 allocs/op\n")
	again := file("again.txt", "BenchmarkSend-2 1000 7 allocs/op\n")
	eight := file("eight.txt", "BenchmarkSend-2 1000 8 allocs/op\n")
	slow := file("slow.txt", "BenchmarkSend-2 1000 7 allocs/op 5 ns/op\n")
	empty := file("empty.txt", "")
	loose := file("gate.yml", "units:\n  allocs/op: {tolerance: 1}\n")
	wrong := file("wrong.yml", "unit: {}\nalpha: 7\n")
	for _, c := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"pass", []string{seven, again}, 0, "PASS   1 row compared"},
		{"worse", []string{seven, eight}, 1, "+1 (+14.29%)"},
		{"better", []string{eight, seven}, 0, "improved"},
		{"tolerated", []string{"--thresholds", loose, seven, eight}, 0, "PASS"},
		{"empty", []string{seven, empty}, 2, "empty.txt: the file is empty"},
		{"absent", []string{seven, filepath.Join(dir, "absent.txt")}, 2, "absent.txt: no such file"},
		{"too few", []string{slow, file("slower.txt", "BenchmarkSend-2 1000 7 allocs/op 9 ns/op\n")}, 2,
			"pairs of samples: 1, needed: 10"},
		{"one lane", []string{"--lane", "exact", slow, file("slowest.txt", "BenchmarkSend-2 1000 7 allocs/op 9 ns/op\n")}, 0,
			"1 not judged"},
		{"the same file", []string{seven, seven}, 2, "are the same file"},
		{"one file", []string{seven}, 2, "files given: 1"},
		{"no file", nil, 2, "files given: 0"},
		{"three files", []string{seven, again, eight}, 2, "accepts at most 2 arg"},
		{"wrong thresholds", []string{"--thresholds", wrong, seven, again}, 2,
			"wrong.yml:1:1: unknown field \"unit\"; write one of alpha, benchmarks, drift, max_hidden, min_pairs, resolve, " +
				"units\n" + wrong + ":2:8: 7 is out of range"},
		{"wrong lane", []string{"--lane", "fast", seven, again}, 2, `--lane "fast"`},
		{"wrong output", []string{"--output", "yaml", seven, again}, 2, `--output "yaml"`},
		{"wrong filter", []string{"--filter", "(", seven, again}, 2, "filter"},
		{"accept", []string{"--accept", filepath.Join(dir, "accepted.txt"), seven}, 0, ""},
		{"accepted", []string{filepath.Join(dir, "accepted.txt"), eight}, 1, "+1 (+14.29%)"},
		{"accept nothing", []string{"--accept", seven, empty}, 2, "empty.txt: the file is empty"},
		{"accept into a folder", []string{"--accept", dir, seven}, 2, "is not a regular file; name one"},
		{"accept one file", []string{"--accept", seven}, 2, "give both"},
		{"a flag of --base", []string{"--profiles", dir, seven, again}, 2, "--profiles needs --base"},
		{"files and --base", []string{"--base", "HEAD", seven, again}, 2, "give no files"},
		{"no ref", []string{"--base", ""}, 2, "--base needs a git ref"},
		{"markdown", []string{"--output", "markdown", seven, eight}, 1, "### Benchmark gate: FAIL"},
		{"junit", []string{"--output", "junit", seven, eight}, 1, `<failure message="worse: +1 (+14.29%)">`},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, stdout, stderr := gateRun(t, "", c.args...)
			require.Equal(t, c.code, code, stdout+stderr)
			require.Contains(t, stdout+stderr, c.want)
		})
	}
	code, stdout, _ := gateRun(t, "BenchmarkSend-2 1000 8 allocs/op\n", "--output", "json", seven, "-")
	require.Equal(t, 1, code)
	var report struct {
		Verdict  string `json:"verdict"`
		ExitCode int    `json:"exit_code"`
		New      string `json:"new"`
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &report))
	require.Equal(t, "FAIL", report.Verdict)
	require.Equal(t, 1, report.ExitCode)
	require.Equal(t, "standard input", report.New)
}

// With --base and --lane exact, a commit whose benchmark makes one more allocation fails.
func TestGateBase(t *testing.T) {
	if testing.Short() {
		t.Skip("builds test binaries")
	}
	dir := t.TempDir()
	t.Chdir(dir)
	git := func(args ...string) {
		out, err := exec.Command("git",
			append([]string{"-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"},
				args...)...).CombinedOutput()
		require.NoError(t, err, string(out))
	}
	commit := func(objects string) {
		require.NoError(t, os.MkdirAll("bench", 0o777))
		require.NoError(t, os.WriteFile("go.mod", []byte("module example.org/shop\n\ngo 1.24\n"), 0o666))
		src := "package bench\n\nimport \"testing\"\n\nvar kept []byte\n\nfunc BenchmarkSend(b *testing.B) {\n\tfor range " +
			"b.N {\n\t\tfor range " + objects + " {\n\t\t\tkept = make([]byte, 32)\n\t\t}\n\t}\n}\n"
		require.NoError(t, os.WriteFile("bench/bench_test.go", []byte(src), 0o666))
		git("add", "-A")
		git("commit", "-q", "-m", "shop")
	}
	git("init", "-q", "-b", "main")
	commit("7")
	args := []string{"--base", "main", "--lane", "exact", "--benchtime", "100x"}
	code, stdout, stderr := gateRun(t, "", args...)
	require.Equal(t, 0, code, stdout+stderr)
	require.Contains(t, stderr, "pair 3 of 3, 1 benchmarks")
	git("checkout", "-q", "-b", "change")
	commit("8")
	code, stdout, stderr = gateRun(t, "", append(args, "--quiet")...)
	require.Equal(t, 1, code, stdout+stderr)
	require.Contains(t, stdout, "+1 (+14.29%)")
	require.NotContains(t, stderr, "pair")
	require.NoError(t, os.WriteFile("notes.txt", nil, 0o666))
	code, stdout, _ = gateRun(t, "", args...)
	require.Equal(t, 2, code)
	require.Contains(t, stdout, "the working tree is dirty")
}
