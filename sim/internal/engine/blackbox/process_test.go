//go:build linux

package blackbox

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/adapter/protocol"
)

// The error about a failed child names its release, the operation that it was asked for, and its last output. The child
// leaves no process behind.
func TestChildFails(t *testing.T) {
	for _, c := range []struct {
		name, script string
		patience     time.Duration
		want         []string
	}{
		{"is killed", `echo loaded >&2; read x; kill -9 $$`, time.Minute,
			[]string{`at "settle"`, "signal: killed", "loaded"}},
		{"ends before it is asked", `echo cannot start >&2; exit 3`, time.Minute, []string{"cannot start"}},
		{"panics", `read x; echo 'panic: runtime error: a bug' >&2; exit 2`, time.Minute,
			[]string{"exit status 2", "panic: runtime error: a bug"}},
		{"writes something other than a response", `read x; echo 'level=info msg=hello'; sleep 100`, time.Minute,
			[]string{`it wrote "level=info msg=hello\n"`}},
		{"writes half a response", `read x; printf '{"now":'`, time.Minute, []string{"it ended"}},
		{"hangs", `read x; echo waiting >&2; sleep 100 & wait`, 300 * time.Millisecond,
			[]string{`did not respond to "settle" in 300ms`, "waiting"}},
		{"hangs because it was stopped", `read x; kill -STOP $$`, 300 * time.Millisecond,
			[]string{`did not respond to "settle" in 300ms`, "it may have been stopped"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := startProcess("the notifier of Prometheus v2.53.3", c.patience, "/bin/sh", "-c", c.script)
			require.NoError(t, err)
			began := time.Now()
			_, err = p.ask(protocol.Request{Op: protocol.Settle})
			require.ErrorIs(t, err, ErrChild)
			require.Equal(t, strings.HasPrefix(c.name, "hangs"), errors.Is(err, ErrStuck))
			for _, w := range append(c.want, "the notifier of Prometheus v2.53.3") {
				require.ErrorContains(t, err, w)
			}
			require.Less(t, time.Since(began), 20*time.Second)
			_, again := p.ask(protocol.Request{Op: protocol.Settle})
			require.Equal(t, err, again)
			requireGone(t, -p.cmd.Process.Pid)
		})
	}
}

// requireGone waits until a process or, if pid is negative, a process group has ended.
func requireGone(t *testing.T, pid int) {
	t.Helper()
	require.Eventually(t, func() bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) || zombie(pid) },
		10*time.Second, 10*time.Millisecond)
}

// zombie reports whether a process has ended but its parent has not collected its exit status, as in containers without
// an init process.
func zombie(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && strings.Contains(string(stat), ") Z ")
}

// A child ends when its parent is killed.
func TestChildEndsWithItsParent(t *testing.T) {
	if os.Getenv("NOTIFYSIM_TEST_PARENT") != "" {
		p, err := startProcess("x", time.Minute, "/bin/sh", "-c", "exec sleep 300")
		require.NoError(t, err)
		fmt.Printf("child %d\n", p.cmd.Process.Pid)
		time.Sleep(5 * time.Minute)
	}
	parent := exec.Command(os.Args[0], "-test.run=^TestChildEndsWithItsParent$")
	parent.Env = append(os.Environ(), "NOTIFYSIM_TEST_PARENT=1")
	out, err := parent.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, parent.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	pid, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(line, "child ")))
	require.NoError(t, err)
	require.NoError(t, parent.Process.Kill())
	parent.Wait()
	requireGone(t, pid)
}

// A headTail keeps the beginning and the end of what a child writes.
func TestTail(t *testing.T) {
	var said headTail
	fmt.Fprint(&said, "panic: first\n")
	for range 1000 {
		fmt.Fprint(&said, "goroutine 1 [running]\n")
	}
	fmt.Fprint(&said, "last\n")
	require.True(t, strings.HasPrefix(said.String(), "panic: first\n"))
	require.True(t, strings.HasSuffix(said.String(), "last"))
	require.Less(t, len(said.String()), 3*tailLength)
}
