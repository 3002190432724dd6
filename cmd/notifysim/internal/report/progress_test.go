package report

import (
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Progress says how many runs have ended and, when none has for two seconds, how far one is.
func TestProgressText(t *testing.T) {
	p := NewProgress(io.Discard, 59, false)
	p.Reached(time.Hour, 24*time.Hour)
	require.Equal(t, "0 of 59 runs", p.text())
	p.stepped = p.stepped.Add(-longRun)
	p.Reached(12*time.Hour+1500*time.Millisecond, 24*time.Hour)
	require.Equal(t, "0 of 59 runs, at 12h0m1s of 24h", p.text())
	p.Step()
	require.Equal(t, "1 of 59 runs", p.text())
	p = NewProgress(io.Discard, 0, false)
	p.stepped = p.stepped.Add(-longRun)
	p.Reached(time.Hour, 0)
	require.Equal(t, "at 1h", p.text())
}
