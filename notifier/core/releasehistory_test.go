package core_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/notifier/core"
)

var update = flag.Bool("update", false, "rewrite docs/reference/releases.md")

const releasesIntro = `# What changed in Prometheus' notifier, release by release

notifysim follows the notifier of every Prometheus release from %s on. A release is the sum of the changes up to
it, so a release that the table does not name behaves as the last one before it that the table names.

The table is generated from package notifier/core, releasehistory.go.

| release | from this release on, the notifier | pull request | commit |
|---|---|---|---|
`

// docs/reference/releases.md lists exactly the changes in History.
func TestReleasesPageListsTheHistory(t *testing.T) {
	const upstream = "https://github.com/prometheus/prometheus"
	var page strings.Builder
	fmt.Fprintf(&page, releasesIntro, core.ReleaseLines()[0])
	for _, c := range core.History() {
		commit := "not known"
		if c.Commit != "" {
			commit = fmt.Sprintf("[`%s`](%s/commit/%s)", c.Commit, upstream, c.Commit)
		}
		fmt.Fprintf(&page, "| %s | %s | [#%d](%s/pull/%d) | %s |\n", c.Release, c.What, c.PR, upstream, c.PR, commit)
	}
	file := filepath.FromSlash("../../docs/reference/releases.md")
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(page.String()), 0o644))
	}
	got, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, page.String(), string(got), "run go test ./notifier/core -update")
}

// The changes are sorted by release. Applying a change has an effect on the release before its own, but
// none on its own release, which already includes it.
func TestEveryChangeChangesItsRelease(t *testing.T) {
	lines := core.ReleaseLines()
	require.True(t, slices.IsSortedFunc(core.History(), func(a, b core.Change) int {
		return slices.Index(lines, a.Release) - slices.Index(lines, b.Release)
	}))
	release := func(line string) core.Release {
		r, err := core.ParseRelease(line)
		require.NoError(t, err)
		return *r
	}
	for _, c := range core.History() {
		i := slices.Index(lines, c.Release)
		require.Positive(t, i, c.What)
		require.Equal(t, c.Release, release(lines[i]).Line)
		before := release(lines[i-1])
		changed := before
		c.Set(&changed)
		require.NotEqual(t, before, changed, c.What)
		after := release(lines[i])
		c.Set(&after)
		require.Equal(t, release(lines[i]), after, c.What)
	}
}
