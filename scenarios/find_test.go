package scenarios_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
)

// Find returns the scenario files in a directory and its subdirectories, valid or not, and no other files.
func TestFind(t *testing.T) {
	dir := t.TempDir()
	const head = "config: {alerting: {}}\n"
	for name, text := range map[string]string{
		"b.yml":               head + "tests: []\n",
		"a.yaml":              "tests:\n  - name: a\nconfig_file: prometheus.yml\n",
		"deep/er/c.yml":       "'config': {}\n\"tests\" : []\n",
		"broken.yml":          head + "tests:\n\t- {\n",
		"promtool.yml":        "rule_files: [r.yml]\ntests: []\n",
		"prometheus.yml":      "global: {}\n",
		"nested.yml":          "job:\n  config: {}\n  tests: []\n",
		"scenario.txt":        head + "tests: []\n",
		".git/hidden.yml":     head + "tests: []\n",
		"deep/testdata/d.yml": head + "tests: []\n",
		"deep/empty/.gitkee":  "",
	} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	require.NoError(t, os.Symlink(dir, filepath.Join(dir, "deep", "loop")))
	found, err := scenarios.Find(dir)
	require.NoError(t, err)
	var want []string
	for _, name := range []string{"a.yaml", "b.yml", "broken.yml", "deep/er/c.yml"} {
		want = append(want, filepath.Join(dir, name))
	}
	require.Equal(t, want, found)

	found, err = scenarios.Find(filepath.Join(dir, "deep", "testdata"))
	require.NoError(t, err, "a testdata folder that is named explicitly is searched")
	require.Len(t, found, 1)
	_, err = scenarios.Find(filepath.Join(dir, "deep", "empty"))
	require.ErrorContains(t, err, "is a folder without scenario files, which are .yml or .yaml files with the fields")
	_, err = scenarios.Find(filepath.Join(dir, "none"))
	require.ErrorContains(t, err, "none: no such file or directory; name a folder that can be read")
}

// Every file of the library is recognised as a scenario by its fields.
func TestFindKnowsTheLibrary(t *testing.T) {
	for _, name := range scenarios.Library() {
		text, err := scenarios.LibraryText(name)
		require.NoError(t, err)
		require.True(t, scenarios.IsScenario([]byte(text)), name)
	}
}
