package scenarios_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
)

func TestLibrary(t *testing.T) {
	names := scenarios.Library()
	require.NotEmpty(t, names)
	require.IsIncreasing(t, append([]string{""}, names...))
	for _, name := range names {
		f, err := scenarios.LoadEmbedded(name)
		require.NoError(t, err)
		require.Equal(t, name, f.Path)
		require.NotEmpty(t, f.Comment, "%s has no comment that says what it shows", name)

		// The file in the directory is the same as the embedded one.
		g, err := scenarios.Load(name)
		require.NoError(t, err)
		require.Equal(t, len(f.Tests), len(g.Tests))
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("folder.yml", 0o755))
	require.NoError(t, os.WriteFile("large.yml", make([]byte, 1<<20+1), 0o644))
	socket, err := net.Listen("unix", "socket.yml")
	require.NoError(t, err)
	defer socket.Close()
	for path, want := range map[string]string{
		"folder.yml":  "folder.yml: is a directory; name a file",
		"missing.yml": "missing.yml: there is no such file; name one that exists",
		"large.yml":   "large.yml: is larger than the limit of 1 MiB; split it",
		"socket.yml":  "socket.yml: is not a regular file; name a file of text",
		"":            ": there is no such file; name one that exists",
		"large.yml/x": "large.yml/x: not a directory; name a file that can be read",
	} {
		_, err := scenarios.Load(path)
		var errs scenarios.Errors
		require.ErrorAs(t, err, &errs)
		require.EqualError(t, err, want)
	}
	_, err = scenarios.Parse("large.yml", make([]byte, 1<<20+1))
	require.EqualError(t, err, "large.yml: is larger than the limit of 1 MiB; split it")
}

const (
	fromFile   = "config_file: ../prometheus.yml\ntests: [{name: x}]\n"
	prometheus = "rule_files: [rules/*.yml]\nalerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}\n"
)

// A config_file is relative to the scenario rather than to the working directory, and so are the files that it names.
func TestConfigFile(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(root, "deep"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(root, "prometheus.yml"), []byte(prometheus), 0o644))
	path := filepath.Join(root, "deep", "x.yml")
	require.NoError(t, os.WriteFile(path, []byte(fromFile), 0o644))

	f, err := scenarios.Load(path)
	require.NoError(t, err)
	require.Equal(t, []string{filepath.Join(root, "rules/*.yml")}, f.Config.RuleFiles)

	absolute := strings.Replace(fromFile, "../prometheus.yml", filepath.Join(root, "prometheus.yml"), 1)
	f, err = scenarios.Parse("elsewhere.yml", []byte(absolute))
	require.NoError(t, err)
	require.Len(t, f.Config.AlertingConfig.AlertmanagerConfigs, 1)
}

func TestConfigFileOfAFileSystem(t *testing.T) {
	f, err := scenarios.LoadFS(fstest.MapFS{
		"prometheus.yml": {Data: []byte(prometheus)},
		"deep/x.yml":     {Data: []byte(fromFile)},
	}, "deep/x.yml")
	require.NoError(t, err)
	require.Equal(t, []string{"rules/*.yml"}, f.Config.RuleFiles)

	_, err = scenarios.LoadFS(fstest.MapFS{"deep/x.yml": {Data: []byte(fromFile)}}, "deep/x.yml")
	require.EqualError(t, err, "deep/x.yml:1:14: config_file: prometheus.yml: there is no such file; name one that exists")
}

// Prometheus treats an empty file as a configuration with the defaults.
func TestEmptyConfigFile(t *testing.T) {
	for _, text := range []string{"", "# Nothing.\n"} {
		f, err := scenarios.LoadFS(fstest.MapFS{
			"p.yml": {Data: []byte(text)},
			"x.yml": {Data: []byte("config_file: p.yml\ntests: [{name: x}]\n")},
		}, "x.yml")
		require.NoError(t, err)
		require.Empty(t, f.Config.AlertingConfig.AlertmanagerConfigs)
	}
}

// The error for a directory suggests its files.
func TestLoadOfAFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.MkdirAll(filepath.Join("outages", "empty"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join("outages", "zone.yml"), nil, 0o644))
	_, err := scenarios.Load("outages")
	require.EqualError(t, err,
		"outages: is a directory; name a file in it, such as outages/zone.yml, or all: outages/*.yml")
	_, err = scenarios.Load(filepath.Join("outages", "empty"))
	require.EqualError(t, err, "outages/empty: is a directory; name a file")
}
