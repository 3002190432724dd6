package gate

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// If the folder is not a checkout of Prometheus the gate reports an error, and never passes.
func TestNotifierOfNoCheckout(t *testing.T) {
	r := newFixtureRepo(t)
	base := r.commit(fixture{})
	s := quick(r, base)
	s.Notifier = true
	report := s.Run(t.Context())
	require.Equal(t, CannotDecide, report.Verdict)
	require.Contains(t, textOf(t, report), "is not a checkout of Prometheus: ")
	require.Len(t, strings.Split(r.git("worktree", "list"), "\n"), 1)
}

// The gate fails if a change makes the notifier of a checkout of Prometheus worse: here Send copies all alerts two more
// times. The checkout is compiled twice, which takes minutes, so the test runs only with GATE_NOTIFIER=1.
func TestNotifierOfACheckout(t *testing.T) {
	if os.Getenv("GATE_NOTIFIER") == "" {
		t.Skip("this test compiles a checkout of Prometheus; set GATE_NOTIFIER=1 to run it")
	}
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", prometheusModule).Output()
	require.NoError(t, err)
	r := &fixtureRepo{t, t.TempDir()}
	require.NoError(t, os.CopyFS(r.dir, os.DirFS(strings.TrimSpace(string(out)))))
	r.git("init", "-q", "-b", "main")
	r.git("add", "-A")
	r.git("commit", "-q", "-m", "release")
	path := filepath.Join(r.dir, "notifier", "manager.go")
	require.NoError(t, os.Chmod(path, 0o666))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	const from = "	alerts = relabelAlerts("
	const to = "	alerts = append(append([]*Alert{}, alerts...), alerts...)[:len(alerts)]\n" + from
	require.Equal(t, 1, strings.Count(string(text), from))
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(text), from, to, 1)), 0o666))
	r.git("commit", "-q", "-a", "-m", "a change for the worse")
	s := Session{
		Base: "HEAD~", Dir: r.dir, Notifier: true, Bench: "SendOverflow", Pairs: 3, Benchtime: "100x",
		Options: Options{Lane: LaneExact},
	}
	report := s.Run(t.Context())
	require.Equal(t, Fail, report.Verdict, textOf(t, report))
	require.Contains(t, textOf(t, report), "SendOverflow")
}
