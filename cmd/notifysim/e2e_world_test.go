//go:build e2e && linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The tests in the files e2e_*_test.go (make e2e) run notifysim together with real programs, such as Prometheus,
// Alertmanager, amtool and curl. The programs listen on free ports of loopback, use temporary folders, and are stopped
// when the test ends.

// needs fails the test if one of the programs is not installed.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	packages := map[string]string{
		"prometheus": "prometheus", "prometheus-alertmanager": "prometheus-alertmanager", "amtool": "prometheus-alertmanager",
		"curl":   "curl",
		"munged": "munge", "slurmctld": "slurm-wlm", "slurmd": "slurm-wlm", "sbatch": "slurm-wlm", "scontrol": "slurm-wlm",
		"squeue": "slurm-wlm", "buildah": "buildah", "jq": "jq",
	}
	for _, name := range programs {
		if _, err := exec.LookPath(name); err != nil {
			t.Fatalf("%s is not installed, but make e2e needs it; on Debian: apt-get install %s (then stop the services that "+
				"the package starts)",
				name, packages[name])
		}
	}
}

// commandFolder returns a folder for PATH that contains notifysim: a link to this test binary, which runs as the
// command if the variable asCommand is set.
func commandFolder(t *testing.T) string {
	t.Helper()
	self, err := filepath.Abs(os.Args[0])
	require.NoError(t, err)
	folder := t.TempDir()
	require.NoError(t, os.Symlink(self, filepath.Join(folder, "notifysim")))
	return folder
}

// freePort returns the address of a free port on loopback.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

// A journal collects the output of a program. It may be read while the program runs.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

// launch starts a program and returns its output. The program is stopped when the test ends, and killed if this process
// dies.
func launch(t *testing.T, cmd *exec.Cmd) (out, errs *journal) {
	t.Helper()
	out, errs = &journal{}, &journal{}
	cmd.Stdout, cmd.Stderr = out, errs
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	require.NoError(t, cmd.Start())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
		if t.Failed() {
			t.Logf("%s printed:\n%s%s", filepath.Base(cmd.Path), out, errs)
		}
	})
	return out, errs
}

// answers waits until a GET of the URL returns the status 200.
func answers(t *testing.T, url string) {
	t.Helper()
	require.Eventually(t, func() bool {
		resp, err := http.Get(url)
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	}, 30*time.Second, 50*time.Millisecond, "nothing answers at %s", url)
}

// realAlertmanager starts an Alertmanager and returns its host:port.
func realAlertmanager(t *testing.T) string {
	t.Helper()
	needs(t, "prometheus-alertmanager")
	folder := t.TempDir()
	at := freePort(t)
	config := filepath.Join(folder, "alertmanager.yml")
	save(t, config, "route: {receiver: default, group_wait: 1h}\nreceivers: [{name: default}]\n")
	launch(t, exec.CommandContext(context.Background(), "prometheus-alertmanager", "--config.file="+config,
		"--storage.path="+folder,
		"--web.listen-address="+at, "--cluster.listen-address="))
	answers(t, "http://"+at+"/-/ready")
	return at
}

// fakeAlertmanager starts notifysim fakeam. It returns the host:port of the Alertmanager and of its admin endpoint, and
// the output.
func fakeAlertmanager(t *testing.T) (at, admin string, out *journal) {
	t.Helper()
	at, admin = freePort(t), freePort(t)
	cmd := child(t, "fakeam", "--listen", at, "--admin", admin, "--output", "json")
	out, _ = launch(t, cmd)
	answers(t, "http://"+at+"/-/ready")
	return at, admin, out
}

// fetch returns the body of a GET of the URL. It fails the test if the status is not 200.
func fetch(t *testing.T, url string) []byte {
	t.Helper()
	resp, err := http.Get(url)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode, "%s: %s", url, body)
	return body
}

// visible returns the alerts that an Alertmanager lists, without the field updatedAt, which depends on the request, and
// without mutedBy, which depends on the version.
func visible(t *testing.T, at string) []map[string]any {
	t.Helper()
	var alerts []map[string]any
	require.NoError(t, json.Unmarshal(fetch(t, "http://"+at+"/api/v2/alerts"), &alerts))
	for _, a := range alerts {
		delete(a, "updatedAt")
		delete(a["status"].(map[string]any), "mutedBy")
	}
	return alerts
}

// post posts alerts, which body has as JSON, to an Alertmanager.
func post(t *testing.T, at, body string) {
	t.Helper()
	resp, err := http.Post("http://"+at+"/api/v2/alerts", "application/json", strings.NewReader(body))
	require.NoError(t, err)
	resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode)
}

// behave sets the behaviour of a fake Alertmanager through its admin endpoint.
func behave(t *testing.T, admin, behaviour string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPut, "http://"+admin+"/behaviour", strings.NewReader(behaviour))
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode, "%s", text)
}

// alertNamed returns, as JSON, an alert with this alertname that fires from now on for ten minutes.
func alertNamed(name string) string {
	now := time.Now().UTC().Truncate(time.Second)
	return fmt.Sprintf(`{"labels":{"alertname":%q,"node":"n1"},"annotations":{"summary":"%s größer 5 %%"},`+
		`"startsAt":%q,"endsAt":%q,"generatorURL":"http://example.org/graph?g0.expr=up"}`,
		name, name, now.Format(time.RFC3339), now.Add(10*time.Minute).Format(time.RFC3339))
}
