package fakeam

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAdmin(t *testing.T) {
	s, err := NewServer(ServerOptions{})
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
	require.Contains(t, ask("PUT", "localhost", "/behaviour", "status: 200"), "status 200 is no failure")
	require.Contains(t, ask("PUT", "evil.example", "/behaviour", "hang: true"), "only for this machine")
	require.Equal(t, 503, s.Behaviour().Status)
	s.Behave(Behaviour{})
	post(twoAlerts).do(s)
	require.Equal(t, 2, s.CountActive())
	require.Empty(t, ask("POST", "localhost", "/restart", ""))
	require.Zero(t, s.CountActive())
}

func TestBehaviourFileIsFollowed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "behaviour.yml")
	write := func(text string) { require.NoError(t, os.WriteFile(path, []byte(text), 0o600)) }
	write("hang: true")
	synctest.Test(t, func(t *testing.T) {
		f := BehaviourFile{Path: path}
		b, err := f.Read()
		require.NoError(t, err)
		s, err := NewServer(ServerOptions{Behaviour: b})
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		var lines []string
		done := make(chan struct{})
		go func() {
			f.Follow(ctx, s, func(line string) { lines = append(lines, line) })
			close(done)
		}()
		for _, text := range []string{"hang: true", "reset: true", "resets: true", "{}", ""} {
			if text == "" {
				require.NoError(t, os.Remove(path))
			} else {
				write(text)
			}
			time.Sleep(time.Second)
			synctest.Wait()
		}
		cancel()
		<-done
		require.Len(t, lines, 3)
		require.Equal(t, "Behaviour: reset", lines[0])
		require.Contains(t, lines[1], "The behaviour stays as it is: "+path+": yaml: ")
		require.Equal(t, "Behaviour: 200 at once", lines[2])
		require.Equal(t, Behaviour{}, s.Behaviour())
	})
}
