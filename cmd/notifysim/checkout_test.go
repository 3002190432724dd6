package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A folder that is not a checkout of Prometheus, or that is a checkout of an unknown release, is an error before
// anything is compiled.
func TestNotifierThatIsNone(t *testing.T) {
	folder := func(files map[string]string) string {
		dir := t.TempDir()
		for name, text := range files {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
		}
		return dir
	}
	const mod = "module github.com/prometheus/prometheus\n\ngo 1.26\n"
	other := folder(map[string]string{"go.mod": "module example.org/other\n\ngo 1.26\n", "VERSION": "3.9.1\n"})
	for _, c := range []struct {
		name, want string
		args       []string
	}{
		{"no folder", "not a checkout of Prometheus; name the folder with its go.mod",
			[]string{filepath.Join(t.TempDir(), "missing")}},
		{"no version", "there is no file VERSION; name the release to compare it with, such as --release v3.16",
			[]string{folder(map[string]string{"go.mod": mod})}},
		{"odd version", `the file VERSION has no version, but "main\n"`,
			[]string{folder(map[string]string{"go.mod": mod, "VERSION": "main\n"})}},
		{"unknown version", `the file VERSION: release "v9.1" is not known`,
			[]string{folder(map[string]string{"go.mod": mod, "VERSION": "9.1.0\n"})}},
		{"another module", "is no checkout of Prometheus", []string{other}},
		{"another module, release given", "is no checkout of Prometheus", []string{other, "--release", "v3.9"}},
		{"another engine", "leave --engine out", []string{other, "--engine", "manager"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := command(append([]string{"test", "peer_hangs.yml", "--notifier"}, c.args...)...)
			require.Equal(t, exitUsage, got.code, got.err)
			require.Contains(t, got.err, c.want)
			require.Empty(t, got.out)
		})
	}
}
