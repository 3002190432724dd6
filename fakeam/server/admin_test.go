package server

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/fakeam"
)

func TestAdmin(t *testing.T) {
	s, err := New(Options{})
	require.NoError(t, err)
	admin := Admin(s)
	ask := func(method, host, path, body string) string {
		r := httptest.NewRequest(method, "http://"+host+path, strings.NewReader(body))
		w := httptest.NewRecorder()
		admin.ServeHTTP(w, r)
		return strings.TrimSpace(w.Body.String())
	}
	require.Equal(t, "{}", ask("GET", "127.0.0.1:9094", "/behaviour", ""))
	require.Equal(t, "latency 20ms, status 503", ask("PUT", "localhost:9094", "/behaviour", "latency: 20ms\nstatus: 503"))
	require.Equal(t, "latency: 20ms\nstatus: 503", ask("GET", "[::1]", "/behaviour", ""))
	require.Contains(t, ask("PUT", "localhost", "/behaviour", "status: 200"), "write 300 to 599")
	require.Contains(t, ask("PUT", "evil.example", "/behaviour", "hang: true"), "serves only local clients")
	require.Equal(t, 503, s.Behaviour().Status)
	s.SetBehaviour(fakeam.Behaviour{})
	post(twoAlerts).do(s)
	require.Equal(t, 2, s.CountActive())
	require.Empty(t, ask("POST", "localhost", "/restart", ""))
	require.Zero(t, s.CountActive())
}
