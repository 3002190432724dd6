package core_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/notifier/core"
)

// A release without a patch and every patch up to the newest of its line are known.
func TestNewestPatch(t *testing.T) {
	for _, c := range []struct {
		name, newest string
		known        bool
	}{
		{"v2.53.9", "v2.53.5", false}, {"v2.53.5", "v2.53.5", true}, {"2.53.0", "v2.53.5", true},
		{"v2.53", "v2.53.5", true}, {"v2.5.1", "v2.5.0", false}, {"v3.1.1", "v3.1.0", false},
	} {
		rel, err := core.ParseRelease(c.name)
		require.NoError(t, err)
		newest, known := rel.NewestPatch()
		require.Equal(t, c.newest, newest, c.name)
		require.Equal(t, c.known, known, c.name)
	}
}

// The list of patches has every release line that the history names.
func TestEveryLineHasAPatch(t *testing.T) {
	oldest, newest := core.KnownReleases()
	for _, line := range append(core.ReleaseLines(), oldest, newest) {
		rel, err := core.ParseRelease(line)
		require.NoError(t, err)
		_, known := rel.NewestPatch()
		require.True(t, known, line)
	}
}
