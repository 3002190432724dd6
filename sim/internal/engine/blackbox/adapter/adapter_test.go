package adapter

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFind(t *testing.T) {
	for release, module := range map[string]string{
		"v2.53.3": "v0.53.3", "2.53": "v0.53.3", "v3.9": "v0.309.1", "v3.0": "v0.300.1", "v2.35": "v0.35.0",
		"v3.13": "v0.313.5",
		"v2.5":  "v2.5.0+incompatible", "v2.53.1": "v0.53.1", "v3.16": Linked, "v3.15.0": "v0.315.0",
		"v2.34": "v1.8.2-0.20220315145411-881111fec433",
	} {
		p, err := Find(release)
		require.NoError(t, err, release)
		require.Equal(t, module, p.Module, release)
	}
	for release, want := range map[string]string{
		"v2.4":   "no real notifier of Prometheus v2.4 here; write a release from v2.5.0 to v3.16.0",
		"v2.9.7": "there is no Prometheus release v2.9.7; write one of v2.9.0, v2.9.1, v2.9.2",
		"latest": "not of the form v3.9 or v3.9.1",
		"v3":     "not of the form v3.9 or v3.9.1",
	} {
		_, err := Find(release)
		require.ErrorContains(t, err, want, release)
	}
}

// Pinned releases have the checksums of all modules, and are known.
func TestPins(t *testing.T) {
	files, err := source.ReadDir("releases")
	require.NoError(t, err)
	modules := map[string]bool{}
	for _, p := range Pins() {
		modules[p.Module] = true
	}
	for _, f := range files {
		if module, ok := strings.CutSuffix(f.Name(), ".mod"); ok {
			require.True(t, modules[module], "releases.txt lacks the release with module %s", module)
		}
	}
	for _, p := range Pins() {
		if !p.pinned() || p.Module == Linked {
			continue
		}
		mod, err := source.ReadFile("releases/" + p.Module + ".mod")
		require.NoError(t, err)
		require.Contains(t, string(mod), "\tgithub.com/prometheus/prometheus "+p.Module+"\n")
		require.NotContains(t, string(mod), "replace")
		sum, err := source.ReadFile("releases/" + p.Module + ".sum")
		require.NoError(t, err)
		require.Contains(t, string(sum), "github.com/prometheus/prometheus "+p.Module+" h1:")
	}
}

// A reduced copy has the files of package notifier and of the packages that it imports, byte for byte.
func TestReducedCopyKeepsTheSources(t *testing.T) {
	tool, err := findTool(t.Context())
	require.NoError(t, err)
	from, err := tool.download(t.Context(), t.TempDir(), Linked)
	require.NoError(t, err)
	to := t.TempDir()
	_, err = reduce(from, to)
	require.NoError(t, err)
	for _, folder := range []string{"notifier", "config", "model/relabel", "discovery/targetgroup"} {
		copied, err := filepath.Glob(filepath.Join(to, folder, "*.go"))
		require.NoError(t, err)
		require.NotEmpty(t, copied, folder)
		for _, f := range copied {
			if filepath.Base(f) == "formerregexp.go" {
				continue
			}
			want, err := os.ReadFile(filepath.Join(from, folder, filepath.Base(f)))
			require.NoError(t, err)
			got, err := os.ReadFile(f)
			require.NoError(t, err)
			require.Equal(t, string(want), string(got), f)
		}
	}
	_, err = os.Stat(filepath.Join(to, "tsdb"))
	require.ErrorIs(t, err, os.ErrNotExist, "notifier does not import it")
}

// If something is missing on the machine, the error says what it is and what to do, and no incomplete file is left.
func TestBuildFails(t *testing.T) {
	pin, err := Find("v3.9")
	require.NoError(t, err)
	for _, c := range []struct {
		name string
		set  map[string]string
		want string
	}{
		{"no toolchain", map[string]string{"PATH": ""}, "install it from https://go.dev/dl"},
		{"no network", map[string]string{"GOPROXY": "http://127.0.0.1:1", "GOMODCACHE": "empty"},
			"go online, or set GOPROXY"},
		{"downloads forbidden", map[string]string{"GOPROXY": "off", "GOMODCACHE": "empty"}, "GOPROXY=off forbids downloads"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for k, v := range c.set {
				if v == "empty" {
					v = filepath.Join(t.TempDir(), "none")
				}
				t.Setenv(k, v)
			}
			b := &Builder{Cache: t.TempDir()}
			_, err := b.Build(t.Context(), pin)
			require.ErrorContains(t, err, c.want)
			left, err := filepath.Glob(filepath.Join(b.Cache, "notifiers", "*"))
			require.NoError(t, err)
			require.Empty(t, left)
		})
	}
}

func TestForkThatIsNone(t *testing.T) {
	b := &Builder{Cache: t.TempDir()}
	dir := t.TempDir()
	_, err := b.BuildFork(t.Context(), dir)
	require.ErrorContains(t, err, "is no checkout of Prometheus")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.org/other\n\ngo 1.26\n"), 0o644))
	_, err = b.BuildFork(t.Context(), dir)
	require.ErrorContains(t, err, "is no checkout of Prometheus")
	_, err = b.BuildFork(t.Context(), filepath.Join(dir, "missing"))
	require.ErrorContains(t, err, "is no checkout of Prometheus")
}
