package main

import (
	"errors"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVersion(t *testing.T) {
	got := command("version")
	require.Equal(t, exitPass, got.code)
	require.Regexp(t,
		`^notifysim \S+ \(go1\.\S+, prometheus module \S+\)\nreleases v2\.5 to v3\.16; the default is v3\.16\n$`, got.out)
	require.Equal(t, got, command("--version"))
	require.Equal(t, exitUsage, command("version", "now").code)
}

// build returns the build information that Go writes into a program.
func build(version, commit, modified string) *debug.BuildInfo {
	info := &debug.BuildInfo{Main: debug.Module{Version: version}}
	if commit != "" {
		info.Settings = []debug.BuildSetting{{Key: "vcs.revision", Value: commit}, {Key: "vcs.modified", Value: modified}}
	}
	return info
}

const commit = "a3b0e7f5c2d1a3b0e7f5c2d1a3b0e7f5c2d1a3b0"

// The version of a build is the one set with -ldflags, the version of the module, or the commit. The identity differs
// between builds of different code: if version and commit do not identify the code, it contains a hash of the program.
func TestVersionOfBuilds(t *testing.T) {
	program := filepath.Join(t.TempDir(), "program")
	require.NoError(t, os.WriteFile(program, []byte("one"), 0o755))
	for name, c := range map[string]struct {
		given             string
		info              *debug.BuildInfo
		version, identity string
	}{
		"go install @v1.2.3": {"", build("v1.2.3", "", ""), "v1.2.3", "v1.2.3"},
		"go build of a tag":  {"", build("v1.2.3", commit, "false"), "v1.2.3", "v1.2.3 commit " + commit},
		"go build": {"", build("v0.0.0-20261127020559-a3b0e7f5c2d1", commit, "false"), "v0.0.0-20261127020559-a3b0e7f5c2d1",
			"v0.0.0-20261127020559-a3b0e7f5c2d1 commit " + commit},
		"go build of modified files": {"", build("v0.0.0-20261127020559-a3b0e7f5c2d1+dirty", commit, "true"),
			"v0.0.0-20261127020559-a3b0e7f5c2d1+dirty", "v0.0.0-20261127020559-a3b0e7f5c2d1+dirty commit " + commit +
				" with modified files, program 7692c3ad3540bb80"},
		"-ldflags -X":              {"v1.2.3", build("(devel)", commit, "false"), "v1.2.3", "v1.2.3 commit " + commit},
		"-ldflags -X, not a clone": {"v1.2.3", build("(devel)", "", ""), "v1.2.3", "v1.2.3, program 7692c3ad3540bb80"},
		"an old go build": {"", build("(devel)", commit, "true"), "a3b0e7f5c2d1+dirty",
			"a3b0e7f5c2d1+dirty commit " + commit + " with modified files, program 7692c3ad3540bb80"},
		"go build, not a clone":       {"", build("(devel)", "", ""), "(devel)", "(devel), program 7692c3ad3540bb80"},
		"a program that says nothing": {"", build("", "", ""), "(unknown)", "(unknown), program 7692c3ad3540bb80"},
	} {
		require.Equal(t, c.version, versionOf(c.given, c.info), name)
		identity, err := identityOf(c.given, c.info, func() (string, error) { return program, nil })
		require.NoError(t, err)
		require.Equal(t, c.identity, identity, name)
	}
	_, err := identityOf("", build("(devel)", "", ""), func() (string, error) { return "", errors.New("gone") })
	require.ErrorContains(t, err, "gone")
}
