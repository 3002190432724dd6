//go:build unix

package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/sim/fuzz"
)

// interrupted starts a command, sends SIGINT to it once ready returns true, and returns its exit code and standard
// error.
func interrupted(t *testing.T, cmd *exec.Cmd, ready func() bool) (code int, errs string) {
	t.Helper()
	var b bytes.Buffer
	cmd.Stderr = &b
	require.NoError(t, cmd.Start())
	require.Eventually(t, ready, 30*time.Second, time.Millisecond)
	require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	require.Error(t, cmd.Wait())
	return cmd.ProcessState.ExitCode(), b.String()
}

// A command that an interrupt ends exits with exitInterrupted.
func TestInterrupted(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("p.yml", []byte(planned), 0o644))
	code, errs := interrupted(t, child(t, "plan", "p.yml", "--seeds", "1-20000", "--resume", "journal"), func() bool {
		text, _ := os.ReadFile("journal")
		return bytes.Count(text, []byte("\n")) > 20
	})
	require.Equal(t, exitInterrupted, code, errs)
	require.Regexp(t, `^interrupted after \d+ of 20000 runs; to continue, run the same command with --resume journal\n$`,
		errs)

	asked, released := make(chan struct{}, 8), make(chan struct{})
	hung := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked <- struct{}{}
		<-released
	}))
	defer hung.Close()
	defer close(released)
	code, errs = interrupted(t, child(t, "record", "--prometheus", hung.URL, "--from", "0", "--to", "60"), func() bool {
		return len(asked) > 0
	})
	require.Equal(t, exitInterrupted, code, errs)
	require.Equal(t, "notifysim record: interrupted; nothing was written\n", errs)
}

// After an interrupt, fuzz and gate write a report on what they have done, and exit with exitInterrupted.
func TestInterruptedReports(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	cmd := &cobra.Command{}
	cmd.SetContext(ctx)
	var out bytes.Buffer
	cmd.SetOut(&out)
	cmd.SetErr(io.Discard)
	var coded codedError
	search := fuzzFlags{search: fuzz.Search{Runs: 5}, engine: "model"}
	require.ErrorAs(t, search.run(cmd), &coded)
	require.Equal(t, exitInterrupted, coded.code)
	require.Contains(t, out.String(), "0 scenarios with 0 copies")

	gate := gateCommand()
	gate.SetContext(ctx)
	gate.SetOut(&out)
	gate.SetErr(io.Discard)
	t.Chdir(filepath.Dir(t.TempDir()))
	gate.SetArgs([]string{"--base", "HEAD"})
	gate.SilenceErrors, gate.SilenceUsage = true, true
	require.ErrorAs(t, gate.Execute(), &coded)
	require.Equal(t, exitInterrupted, coded.code)
	require.Contains(t, out.String(), "CANNOT DECIDE   1 problem")
}
