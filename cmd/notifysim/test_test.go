//go:build unix

package main

import (
	"bytes"
	"os"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// A file that exceeds a limit is refused before it takes much memory, wherever in the file the limit is exceeded.
func TestMemory(t *testing.T) {
	const limit = 768 << 20
	hungry := map[string]string{
		"alerts.yml": start + "tests:\n  - name: a\n    timeline: [{at: 0s, send: {alerts: 'a[1-1000000000]'}}]\n",
		"second.yml": start + "tests:\n  - name: a\n    timeline: [{at: 0s, send: {alerts: 'a[1-1000000]'}}, {at: 1s, " +
			"send: {alerts: b}}]\n",
		"values.yml": start + "tests:\n  - name: a\n    input_series: [{series: 'ALERTS{alertname=\"X\", " +
			"alertstate=\"firing\"}', values: '1x1000000000'}]\n",
		"steps.yml": start + "evaluation_interval: 1ms\ntests: [{name: a, duration: 366d}]\n",
	}
	t.Chdir(t.TempDir())
	for name, text := range hungry {
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
		cmd := child(t, "test", name)
		var errs bytes.Buffer
		cmd.Stderr = &errs
		require.Error(t, cmd.Run())
		require.Equal(t, exitUsage, cmd.ProcessState.ExitCode(), name)
		require.Contains(t, errs.String(), "limit of")
		rss := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
		if runtime.GOOS == "linux" {
			rss <<= 10
		}
		t.Logf("%s: at most %d MiB", name, rss>>20)
		require.Less(t, rss, int64(limit), name)
	}
}
