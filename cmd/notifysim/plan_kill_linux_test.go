package main

import (
	"bytes"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// killed runs a plan in a process of its own, kills it with SIGKILL when its journal has a given number of lines, and
// returns how many lines the journal has then.
func killed(t *testing.T, journal string, lines int, args ...string) int {
	t.Helper()
	cmd := child(t, args...)
	require.NoError(t, cmd.Start())
	written := func() int {
		text, err := os.ReadFile(journal)
		if err != nil {
			require.ErrorIs(t, err, os.ErrNotExist)
		}
		return bytes.Count(text, []byte("\n"))
	}
	require.Eventually(t, func() bool { return written() >= lines }, 30*time.Second, time.Millisecond)
	require.NoError(t, cmd.Process.Kill())
	var exit *exec.ExitError
	require.ErrorAs(t, cmd.Wait(), &exit)
	require.Equal(t, syscall.SIGKILL, exit.Sys().(syscall.WaitStatus).Signal(), "it ended before it was killed")
	return written()
}

// A plan that was killed twice continues after the runs in its journal. Its answer, and the file of a shard, are the
// same, byte for byte, as without interruption.
func TestPlanIsKilled(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("p.yml", []byte(planned), 0o644))
	plan := func(more ...string) []string {
		return append([]string{"plan", "p.yml", "--seeds", "1-1500", "--output", "json"}, more...)
	}
	want := command(plan()...)
	require.Zero(t, want.code, want.err)

	n := killed(t, "journal", 20, plan("--resume", "journal")...)
	require.Greater(t, killed(t, "journal", n+20, plan("--resume", "journal")...), n)
	require.Equal(t, want, command(plan("--resume", "journal")...))

	killed(t, "1.shard.part", 20, plan("--shard", "1/2", "--out", "1.shard")...)
	require.NoFileExists(t, "1.shard")
	for _, sh := range []string{"1", "2"} {
		res := command(plan("--shard", sh+"/2", "--out", sh+".shard")...)
		require.Zero(t, res.code, res.err)
	}
	require.Equal(t, want, command("merge", "--output", "json", "1.shard", "2.shard"))
}

// If a file cannot be written, the error names it. An output or a journal that is a device is an error.
func TestPlanCannotWrite(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("p.yml", []byte(planned), 0o644))
	for want, args := range map[string][]string{
		"--html /dev/full: is a device":          {"--html", "/dev/full"},
		"no/page.html: no such file":             {"--html", "no/page.html"},
		"no/journal: no such file":               {"--resume", "no/journal"},
		"--out: create no/1.shard: no such file": {"--shard", "1/2", "--out", "no/1.shard"},
		"/dev/full is not a regular file":        {"--resume", "/dev/full"},
	} {
		res := command(append([]string{"plan", "p.yml"}, args...)...)
		require.NotZero(t, res.code, want)
		require.Contains(t, res.err, want)
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	require.NoError(t, err)
	defer full.Close()
	cmd := child(t, "plan", "p.yml")
	var errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = full, &errs
	require.Error(t, cmd.Run(), "the answer went nowhere")
	require.Contains(t, errs.String(), "no space left on device")
}
