package core_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/notifier/core"
)

// While a change holds the lock, reads and other changes wait. Then all reads go before the first change, as with a
// sync.RWMutex.
func TestLockOrdersReadsBeforeChanges(t *testing.T) {
	var l core.Lock
	var log []string
	note := func(s string) func() { return func() { log = append(log, s) } }
	take := func() []string {
		defer func() { log = nil }()
		return log
	}

	l.Read(note("read"))
	l.Change(note("change"), note("done"))
	require.Equal(t, []string{"read", "change", "done"}, take())

	l.Change(func() { note("hold")(); l.Hold() }, note("released"))
	require.True(t, l.Held())
	l.Change(note("change 1"), nil)
	l.Read(note("read 1"))
	l.Change(func() { note("change 2")(); l.Hold() }, note("change 2 released"))
	l.Read(note("read 2"))
	require.False(t, l.Next())
	require.Equal(t, []string{"hold"}, take())

	l.Release()
	require.Equal(t, []string{"released"}, take())
	for l.Next() {
	}
	require.Equal(t, []string{"read 1", "read 2", "change 1", "change 2"}, take())
	require.True(t, l.Held())
	l.Release()
	require.Equal(t, []string{"change 2 released"}, take())
	require.False(t, l.Next())
	require.False(t, l.Held())
}
