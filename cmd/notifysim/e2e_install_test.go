//go:build e2e && linux

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// A moduleProxy is a folder from which the go command can fetch one version of this module: the working tree.
type moduleProxy struct {
	folder  string
	version module.Version
}

func newModuleProxy(t *testing.T) *moduleProxy {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	// The version is new each time, since the go command caches the files of a version.
	version := fmt.Sprintf("v0.0.1-e2e.%d", time.Now().UnixNano())
	p := &moduleProxy{t.TempDir(), module.Version{Path: "github.com/notifysim/notifysim", Version: version}}
	folder := filepath.Join(p.folder, p.version.Path, "@v")
	require.NoError(t, os.MkdirAll(folder, 0o755))
	archive, err := os.Create(filepath.Join(folder, p.version.Version+".zip"))
	require.NoError(t, err)
	require.NoError(t, zip.CreateFromDir(archive, p.version, root))
	require.NoError(t, archive.Close())
	gomod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	info, err := json.Marshal(map[string]any{"Version": p.version.Version, "Time": time.Unix(0, 0).UTC()})
	require.NoError(t, err)
	save(t, filepath.Join(folder, p.version.Version+".mod"), string(gomod))
	save(t, filepath.Join(folder, p.version.Version+".info"), string(info))
	save(t, filepath.Join(folder, "list"), p.version.Version+"\n")
	return p
}

// goEnv returns the value that go env prints for a variable.
func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

// forget removes the version from the module cache, to which go install added it.
func (p *moduleProxy) forget(t *testing.T) {
	cache := goEnv(t, "GOMODCACHE")
	source := filepath.Join(cache, p.version.String())
	_ = exec.Command("chmod", "-R", "u+w", source).Run() // fails if the folder does not exist, which is no error here
	require.NoError(t, os.RemoveAll(source))
	versions := filepath.Join(cache, "cache/download", p.version.Path, "@v")
	kept, err := filepath.Glob(filepath.Join(versions, p.version.Version+".*"))
	require.NoError(t, err)
	for _, name := range append(kept, filepath.Join(versions, "list")) {
		if err := os.Remove(name); !errors.Is(err, fs.ErrNotExist) {
			require.NoError(t, err)
		}
	}
}

// go install builds this module as a user does, which fails if go.mod has a replace directive or if a file is missing
// in the module. The program prints its version and runs the library.
func TestE2EGoInstall(t *testing.T) {
	p := newModuleProxy(t)
	t.Cleanup(func() { p.forget(t) })
	folder := t.TempDir()
	install := exec.CommandContext(t.Context(), "go", "install", p.version.Path+"/cmd/notifysim@"+p.version.Version)
	install.Dir = folder // a folder outside of this module
	install.Env = append(os.Environ(), "GOBIN="+folder, "GOFLAGS=-mod=mod", "GONOSUMDB="+p.version.Path,
		"GOPROXY=file://"+p.folder+","+goEnv(t, "GOPROXY"))
	out, err := install.CombinedOutput()
	require.NoError(t, err, "%s", out)

	program := filepath.Join(folder, "notifysim")
	out, err = exec.Command(program, "version").CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.True(t, strings.HasPrefix(string(out), "notifysim "+p.version.Version+" ("), "%s", out)
	out, err = exec.Command(program, "test").CombinedOutput()
	require.NoError(t, err, "%s", out)
}
