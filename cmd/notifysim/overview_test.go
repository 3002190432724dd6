package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
)

// Without arguments, notifysim test shows one scenario in full, then one line for each file of the library, then
// commands to try next.
func TestFirstLook(t *testing.T) {
	got := command("test")
	require.Equal(t, exitPass, got.code, got.err)
	parts := strings.Split(strings.TrimSuffix(got.out, "\n"), "\n\n")
	require.Len(t, parts, 5, got.out)
	require.Equal(t, example.About, parts[0])

	full := command("test", example.File)
	table, _, _ := strings.Cut(full.out, "\n\n")
	require.Equal(t, table, parts[1], "the example is shown as a single file is")
	require.Regexp(t, `peer hangs +v2\.5 +20000 +6520 +13480 +pass\n`, table, "two alerts in three are lost")
	require.Regexp(t, `peer hangs +v3\.16 +20000 +20000 +0 +pass\n`, table, "the release that fixes it")

	rows := strings.Split(parts[2], "\n")
	require.LessOrEqual(t, len(rows), 60)
	require.Len(t, rows, 2+len(scenarios.Library()))
	for i, name := range scenarios.Library() {
		require.True(t, strings.HasPrefix(rows[2+i], name+" "), rows[2+i])
	}
	require.Regexp(t, `^\d+ runs of \d+ tests in \d+ files: \d+ passed`, parts[3])
	next := strings.Split(parts[4], "\n")
	require.Len(t, next, 4)
	require.Equal(t, "next:", next[0])
	for _, line := range next[1:3] { // each line names a command that exists
		args := strings.Fields(line)
		require.Equal(t, exitPass, command(args[1], "--help").code)
	}

	// With flags that choose runs, the report is the ordinary one.
	got = command("test", "--run", "^peer hangs$", "--release", "v3.16")
	require.Contains(t, oneLine(got.out), "17,080 copies timed out")
	require.NotContains(t, got.out, "next:")
}

// many makes a temporary folder the working directory and writes n scenario files there. The last of them fails.
func many(t *testing.T, n int) {
	t.Helper()
	t.Chdir(t.TempDir())
	for i := range n {
		lost := 0
		if i == n-1 {
			lost = 1
		}
		require.NoError(t, os.WriteFile(fmt.Sprintf("%02d.yml", i), []byte(start+"tests:\n  - name: t\n"+
			"    timeline: [{at: 0s, send: {alerts: 'a[1-8]'}}]\n"+
			fmt.Sprintf("    ledger_test: [{eval_time: 1m, exp_lost: %d}]\n", lost)), 0o644))
	}
}

// With more than 20 files the report has one line for each file, and still shows failures in full.
func TestManyFiles(t *testing.T) {
	many(t, 21)
	got := command("test", ".")
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.out, "\n00.yml  v3.16        1     0  pass\n")
	require.Contains(t, got.out, "\n20.yml  v3.16        1     0  FAIL 1/1 runs\n")
	require.Contains(t, got.out, "\n20.yml:5:45: all Alertmanagers: lost 0 at 1m, want 1   (release v3.16)\n")
	require.Contains(t, oneLine(got.out), " am-a received every copy. Nothing was lost. reproduce: notifysim test ")
	require.NotContains(t, got.out, "\n    am-a:9093 ")
	require.Contains(t, command("test", "-v", ".").out, "\n    am-a:9093 ")
	require.NoError(t, os.Remove("00.yml"))
	require.Contains(t, command("test", ".").out, "\n    am-a:9093 ", "20 files are shown by test")
}

// The Markdown report has a row for each test and release, or with many files a row for each file. It shows failures in
// full.
func TestMarkdown(t *testing.T) {
	got := command("test", "--output", "markdown", "testdata/fails.yml")
	require.Equal(t, exitFailed, got.code)
	golden(t, "fails.md", got)
	passes := command("test", "--output", "markdown", "testdata/passes.yml")
	require.Equal(t, exitPass, passes.code)
	require.True(t, strings.HasPrefix(passes.out, "### notifysim: pass\n\n| file | test |"), passes.out)
	require.NotContains(t, passes.out, "```")
	many(t, 21)
	got = command("test", "--output", "markdown", ".")
	require.Contains(t, got.out, "\n| 20.yml | v3.16 | 1 | 0 | FAIL 1/1 runs |\n")
	require.Contains(t, got.out, "\n```\n20.yml:5:45: all Alertmanagers: lost 0")
	require.Contains(t, command("test", "-v", "--output", "markdown", ".").out,
		"\n| 20.yml | t | v3.16 | 8 | 8 | 0 | FAIL |\n")
}
