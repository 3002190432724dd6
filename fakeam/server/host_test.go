package server

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/fakeam"
)

const twoAlerts = `[{"labels":{"alertname":"A","i":"1"}},{"labels":{"alertname":"A","i":"2"}}]`

// hosted serves a Server at a free loopback port until the test ends. It returns the Server and its URL.
func hosted(t *testing.T, opt Options, limits HostOptions) (*Server, string) {
	s, err := New(opt)
	require.NoError(t, err)
	h, err := Listen(s, "127.0.0.1:0", limits)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- h.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	return s, "http://" + h.Addr().String()
}

// newClient returns a client that opens a new connection for each request.
func newClient(timeout time.Duration) *http.Client {
	return &http.Client{Timeout: timeout, Transport: &http.Transport{DisableKeepAlives: true}}
}

// postTo posts twoAlerts and returns the status and the body. If that fails it returns the error, preceded by the
// status and "body: " if the header had arrived.
func postTo(url string, timeout time.Duration) string {
	resp, err := newClient(timeout).Post(url+"/api/v2/alerts", "application/json", strings.NewReader(twoAlerts))
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Sprint(resp.StatusCode, " body: ", err)
	}
	return fmt.Sprint(resp.StatusCode, " ", string(text))
}

// The port is closed and opened again in every period of the fault.
func TestPeriodicRefusal(t *testing.T) {
	periodic := fakeam.Fault{Refuse: true, Every: 100 * time.Millisecond, For: 50 * time.Millisecond}
	_, url := hosted(t, Options{Behaviour: fakeam.Behaviour{Fault: periodic}}, HostOptions{})
	for range 2 {
		for _, response := range []string{"connection refused", "200 "} {
			require.Eventually(t, func() bool { return strings.Contains(postTo(url, time.Minute), response) },
				10*time.Second, time.Millisecond)
		}
	}
}

func TestBodyLimits(t *testing.T) {
	s, url := hosted(t, Options{MaxBody: 100, BodyTimeout: 50 * time.Millisecond}, HostOptions{})
	long := "[" + strings.Repeat(" ", 200) + "]"
	for _, body := range []io.Reader{strings.NewReader(long), io.MultiReader(strings.NewReader(long))} {
		resp, err := newClient(time.Minute).Post(url+"/api/v2/alerts", "application/json", body)
		require.NoError(t, err)
		text, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		require.Equal(t, 413, resp.StatusCode)
		require.Equal(t, "The request body is longer than the limit of 100 bytes.\n", string(text))
	}
	slow, endless := io.Pipe()
	defer endless.Close()
	go func() { _, _ = endless.Write([]byte("[")) }()
	resp, err := newClient(time.Minute).Post(url+"/api/v2/alerts", "application/json", slow)
	require.NoError(t, err)
	resp.Body.Close()
	require.Equal(t, 408, resp.StatusCode)
	require.Equal(t, "200 ", postTo(url, time.Minute), "other clients are served")
	require.Len(t, s.Active(), 2)
}

// Other clients are served although far more connections than the limit are open, whether these send nothing, stop
// within the header, or stop within the body.
func TestManyConnections(t *testing.T) {
	const header = "POST /api/v2/alerts HTTP/1.1\r\nHost: x\r\n"
	for _, begun := range []string{"", header + "X: ", header + "Content-Length: 9\r\n\r\n["} {
		t.Run(begun, func(t *testing.T) { manyConnections(t, begun) })
	}
}

func manyConnections(t *testing.T, begun string) {
	_, url := hosted(t, Options{}, HostOptions{MaxConnections: 10})
	var conns []net.Conn
	for range 300 {
		c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		require.NoError(t, err)
		defer c.Close()
		_, err = io.WriteString(c, begun)
		require.NoError(t, err)
		conns = append(conns, c)
		if len(conns)%50 == 0 {
			require.Equal(t, "200 ", postTo(url, time.Minute))
		}
	}
	_, err := conns[0].Read(make([]byte, 1))
	require.Error(t, err, "the oldest connection is closed")
}
