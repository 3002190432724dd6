//go:build e2e && linux

package main

import (
	"errors"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// seenFaults lists, for each behaviour, what clients observe that post an alert with a timeout of one second: the exit
// code of curl (explained in its manual) and the status that it prints, the error of http.Client.Post or of reading the
// body, and whether the alert is stored.
var seenFaults = []struct {
	behaviour string
	curl      int
	status    string
	posting   error // the error of http.Client.Post
	reading   error // the error of reading the body
	taken     bool
}{
	{"", 0, "200", nil, nil, true},
	{"hang: true", 28, "000", errTimeout, nil, false}, // curl: operation timed out
	{"refuse: true", 7, "000", syscall.ECONNREFUSED, nil, false},
	{"reset: true", 56, "000", syscall.ECONNRESET, nil, false}, // curl: failure in receiving data
	{"lose_response: true", 56, "000", syscall.ECONNRESET, nil, true},
	{"slow_body: 30s", 28, "200", nil, errTimeout, true},
	{"slow_body: 100ms", 0, "200", nil, nil, true},
	{"truncate: true", 18, "200", nil, io.ErrUnexpectedEOF, true}, // curl: partial file
	{"latency: 30s", 28, "000", errTimeout, nil, false},
	{"status: 503", 0, "503", nil, nil, false},
	{"wrong_content: true", 0, "200", nil, nil, false},
}

var errTimeout = errors.New("a timeout")

// curl and a net/http client observe each fault of the fake Alertmanager as the error that it simulates.
func TestE2EFaults(t *testing.T) {
	needs(t, "curl")
	at, admin, _ := fakeAlertmanager(t)
	for i, c := range seenFaults {
		name := c.behaviour
		if name == "" {
			name = "well-behaved"
		}
		t.Run(name, func(t *testing.T) {
			behave(t, admin, c.behaviour)
			if c.posting == syscall.ECONNREFUSED {
				require.Eventually(t, func() bool { return exec.Command("curl", "-s", at).Run() != nil }, 10*time.Second,
					10*time.Millisecond)
			} else {
				answers(t, "http://"+at+"/-/ready")
			}
			byCurl, byGo := "Curl"+string(rune('A'+i)), "Go"+string(rune('A'+i))
			cmd := exec.Command("curl", "-s", "-o", "/dev/null", "-m", "1", "-w", "%{http_code}", "-H",
				"Content-Type: application/json",
				"-d", "["+alertNamed(byCurl)+"]", "http://"+at+"/api/v2/alerts")
			out, err := cmd.Output()
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			assert.Equal(t, c.curl, cmd.ProcessState.ExitCode(), "curl's exit code")
			assert.Equal(t, c.status, string(out), "the status by curl")

			client := &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
			resp, err := client.Post("http://"+at+"/api/v2/alerts", "application/json",
				strings.NewReader("["+alertNamed(byGo)+"]"))
			requireSeen(t, c.posting, err)
			if err == nil {
				_, err = io.ReadAll(resp.Body)
				requireSeen(t, c.reading, err)
				resp.Body.Close()
				assert.Equal(t, c.status, resp.Status[:3])
			}

			behave(t, admin, "")
			answers(t, "http://"+at+"/-/ready")
			list := string(fetch(t, "http://"+at+"/api/v2/alerts"))
			for _, name := range []string{byCurl, byGo} {
				assert.Equal(t, c.taken, strings.Contains(list, `"`+name+`"`), "%s is listed", name)
			}
		})
	}
}

func requireSeen(t *testing.T, want, err error) {
	t.Helper()
	var net interface{ Timeout() bool }
	switch {
	case want == errTimeout:
		require.ErrorAs(t, err, &net)
		require.True(t, net.Timeout(), "%v is no timeout", err)
	case want != nil:
		require.ErrorIs(t, err, want)
	default:
		require.NoError(t, err)
	}
}
