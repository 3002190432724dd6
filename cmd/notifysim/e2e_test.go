//go:build e2e && linux

package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

func save(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
}

// A real Prometheus sends its alerts to a fake and to a real Alertmanager. Both then list the same firing and resolved
// alerts.
func TestE2EPrometheusCannotTell(t *testing.T) {
	needs(t, "prometheus", "prometheus-alertmanager")
	real := realAlertmanager(t)
	fake, _, out := fakeAlertmanager(t)
	resolves := time.Now().Add(15 * time.Second)
	at := realPrometheus(t, fmt.Sprintf(`groups:
  - name: e2e
    rules:
      - alert: Fires
        expr: vector(time()) < %d
        labels: {severity: page}
        annotations: {summary: 'at {{ $value | humanizeTimestamp }}, größer'}
      - alert: FiresOn
        expr: label_replace(vector(1), "node", "n1", "", "")
`, resolves.Unix()), real, fake)

	equal := func(want int) func() bool {
		return func() bool { // not always true: Prometheus may send an alert again between the two calls
			a, b := visible(t, real), visible(t, fake)
			return len(a) == want && cmp.Equal(a, b)
		}
	}
	require.Eventually(t, equal(2), 20*time.Second, 50*time.Millisecond, "real: %v\nfake: %v", visible(t, real),
		visible(t, fake))
	require.Contains(t, out.String(), `"alertname":"Fires"`)
	before := notifications(t, at)
	require.Eventually(t, equal(1), 30*time.Second, 50*time.Millisecond, "real: %v\nfake: %v", visible(t, real),
		visible(t, fake))
	require.Equal(t, "FiresOn", visible(t, fake)[0]["labels"].(map[string]any)["alertname"])

	metrics := notifications(t, at)
	for _, am := range []string{real, fake} {
		require.Contains(t, metrics,
			fmt.Sprintf("prometheus_notifications_errors_total{alertmanager=\"http://%s/api/v2/alerts\"} 0\n", am))
	}
	require.Contains(t, metrics, "prometheus_notifications_alertmanagers_discovered 2\n")
	require.Equal(t, dropped.FindString(before),
		dropped.FindString(metrics)) // no more alerts were dropped; some may be, before the Alertmanagers are known
}

var dropped = regexp.MustCompile(`prometheus_notifications_dropped_total \d+`)

// notifications returns the metrics of the notifier that a Prometheus exposes.
func notifications(t *testing.T, at string) string {
	t.Helper()
	var b strings.Builder
	for line := range strings.Lines(string(fetch(t, "http://"+at+"/metrics"))) {
		if strings.HasPrefix(line, "prometheus_notifications_") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// realPrometheus starts a Prometheus with the rules and Alertmanagers, and returns its host:port.
func realPrometheus(t *testing.T, rules string, alertmanagers ...string) string {
	t.Helper()
	folder := t.TempDir()
	at := freePort(t)
	save(t, filepath.Join(folder, "rules.yml"), rules)
	save(t, filepath.Join(folder, "prometheus.yml"), fmt.Sprintf(`
global: {evaluation_interval: 500ms, external_labels: {cluster: e2e}}
rule_files: [rules.yml]
alerting: {alertmanagers: [{static_configs: [{targets: ['%s']}]}]}
`, strings.Join(alertmanagers, "', '")))
	launch(t, exec.CommandContext(context.Background(), "prometheus",
		"--config.file="+filepath.Join(folder, "prometheus.yml"),
		"--storage.tsdb.path="+filepath.Join(folder, "data"), "--web.listen-address="+at, "--rules.alert.resend-delay=1s"))
	answers(t, "http://"+at+"/-/ready")
	return at
}

// amtool prints the same for a fake Alertmanager as for a real one.
func TestE2EAmtool(t *testing.T) {
	needs(t, "amtool", "prometheus-alertmanager")
	real := realAlertmanager(t)
	fake, _, _ := fakeAlertmanager(t)
	body := "[" + alertNamed("A") + "," + alertNamed("B") +
		`,{"labels":{"alertname":"Over"},"startsAt":"2020-01-01T00:00:00Z","endsAt":"2020-01-02T00:00:00Z"}]`
	post(t, real, body)
	post(t, fake, body)
	ask := func(at string, args ...string) string {
		cmd := exec.Command("amtool", append([]string{"--no-version-check", "--alertmanager.url=http://" + at}, args...)...)
		cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "TZ=UTC")
		text, err := cmd.CombinedOutput()
		require.NoError(t, err, "amtool %v: %s", args, text)
		return string(text)
	}
	for _, args := range [][]string{
		{"alert", "query"},
		{"alert", "query", "-o", "extended"},
		{"alert", "query", "alertname=A"},
		{"alert", "query", "alertname=~A|B", "node!=n2"},
		{"alert", "query", "--active", "--silenced"},
		{"alert", "query", "alertname=Nobody"},
		{"silence", "query"},
	} {
		want := ask(real, args...)
		require.Equal(t, want, ask(fake, args...), "amtool %v", args)
		if strings.Contains(strings.Join(args, " "), "extended") {
			require.Contains(t, want, `summary="A größer 5 %"`)
		}
	}
	ask(fake, "alert", "add", "alertname=Added", "node=n9")
	require.Contains(t, ask(fake, "alert", "query", "node=n9"), "Added")
}

// In long_queue_in_seconds.yml alerts wait so long in a queue that an Alertmanager resolves them while they fire. On
// the wall clock, with a real Alertmanager behind a slow proxy, as many alerts resolve and fire again as in the model.
func TestE2ELiveFalseResolve(t *testing.T) {
	real := realAlertmanager(t)
	slow := slowProxy(t, real, 380*time.Millisecond)
	text, err := os.ReadFile("../../scenarios/long_queue_in_seconds.yml")
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	before, after, ok := strings.Cut(string(text),
		"    alertmanagers:\n      'am-slow:9093': {latency: 380ms}\n") // the proxy makes the real one slow
	require.True(t, ok)
	save(t, "real.yml", before+after)

	gaps := watchGaps(t, real)
	got := command("test", "--engine", "live", "--release", "v3.16", "--alertmanager", "am-slow:9093=http://"+slow,
		"real.yml")
	require.Equal(t, exitPass, got.code, "%s%s", got.out, got.err)
	lost, back := gaps()
	require.Equal(t, 16, lost, "alerts that the real Alertmanager resolved")
	require.Equal(t, 16, back, "alerts that fired again there")
}

// long_queue_in_seconds.yml passes on the wall clock, with fake Alertmanagers only, and with a real Alertmanager as the
// fast one.
func TestE2ELive(t *testing.T) {
	got := command("test", "--engine", "live", "long_queue_in_seconds.yml")
	require.Equal(t, exitPass, got.code, "%s%s", got.out, got.err)
	got = command("test", "--engine", "live", "--alertmanager", "am-fast:9093=http://"+realAlertmanager(t), "--release",
		"v3.16", "long_queue_in_seconds.yml")
	require.Equal(t, exitPass, got.code, "%s%s", got.out, got.err)
}

// slowProxy starts a proxy that delays each request to the address to, and returns the address of the proxy.
func slowProxy(t *testing.T, to string, delay time.Duration) string {
	t.Helper()
	at := freePort(t)
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: to})
	proxy.ErrorLog = log.New(io.Discard, "", 0) // requests that are in flight when the test ends would log errors
	srv := &http.Server{Addr: at, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(delay)
		proxy.ServeHTTP(w, r)
	})}
	go srv.ListenAndServe()
	t.Cleanup(func() { srv.Close() })
	answers(t, "http://"+at+"/-/ready")
	return at
}

// watchGaps polls the alerts of an Alertmanager. The function that it returns stops the polling, and returns how many
// alerts disappeared and how many of these came back.
func watchGaps(t *testing.T, at string) func() (lost, back int) {
	t.Helper()
	stop := make(chan struct{})
	var watching sync.WaitGroup
	var lost, back int
	watching.Go(func() {
		there, gone := map[string]bool{}, map[string]bool{}
		for {
			now := map[string]bool{}
			for _, a := range visible(t, at) {
				now[a["fingerprint"].(string)] = true
			}
			for id := range there {
				if !now[id] {
					gone[id] = true
					lost++
				}
			}
			for id := range now {
				if gone[id] {
					delete(gone, id)
					back++
				}
			}
			there = now
			select {
			case <-stop:
				return
			case <-time.After(30 * time.Millisecond):
			}
		}
	})
	return func() (int, int) {
		close(stop)
		watching.Wait()
		return lost, back
	}
}
