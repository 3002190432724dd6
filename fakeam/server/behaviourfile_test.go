package server

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/fakeam"
)

func TestBehaviourFileIsFollowed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "behaviour.yml")
	write := func(text string) { require.NoError(t, os.WriteFile(path, []byte(text), 0o600)) }
	write("hang: true")
	synctest.Test(t, func(t *testing.T) {
		f := BehaviourFile{Path: path}
		b, err := f.Read()
		require.NoError(t, err)
		s, err := New(Options{Behaviour: b})
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
		require.Contains(t, lines[1], "Behaviour unchanged: "+path+": yaml: ")
		require.Equal(t, "Behaviour: 200 at once", lines[2])
		require.Equal(t, fakeam.Behaviour{}, s.Behaviour())
	})
}

// A behaviour file can name a trace file in its own directory.
func TestBehaviourFileNamesATrace(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		return path
	}
	f := BehaviourFile{Path: write("slow.yml", "latency: {trace: latencies.txt}")}
	_, err := f.Read()
	require.ErrorIs(t, err, os.ErrNotExist)
	trace := write("latencies.txt", "30ms\nsoon\n")
	_, err = f.Read()
	require.EqualError(t, err, f.Path+": latency: trace: "+trace+
		`:2:1: "soon" is not a duration; write one duration per line, such as 20ms`)
	write("latencies.txt", strings.Repeat("#", maxTraceBytes+1))
	_, err = f.Read()
	require.ErrorContains(t, err, "longer than 1 MiB")
	write("latencies.txt", "30ms\n50ms\n")
	b, err := f.Read()
	require.NoError(t, err)
	am := fakeam.New("am-a:9093", b, 1)
	for _, want := range []time.Duration{30 * ms, 50 * ms, 30 * ms} {
		require.Equal(t, int64(want), am.Decide(0, 1).At)
	}
	require.NoError(t, os.Remove(trace))
	require.NoError(t, os.Mkdir(trace, 0o755))
	_, err = f.Read()
	require.ErrorContains(t, err, "is not a regular file")
}
