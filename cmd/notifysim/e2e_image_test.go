//go:build e2e && linux

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The image contains only the program and the licences. The program runs in it, as a user that is not root.
func TestE2EImage(t *testing.T) {
	needs(t, "buildah")
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	storage := t.TempDir()
	buildah := func(args ...string) string {
		cmd := exec.CommandContext(t.Context(), "buildah", append([]string{
			"--root", filepath.Join(storage, "root"), "--runroot", filepath.Join(storage, "run"), "--storage-driver", "vfs",
		}, args...)...)
		cmd.Dir = root
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "buildah %v: %s", args, out)
		return string(out)
	}
	// Without -trimpath, go build uses the packages that it has compiled for the tests.
	build := exec.CommandContext(t.Context(), "make", "-C", root, "image-files", "TRIM=",
		"IMAGE_FILES="+filepath.Join(storage, "files"))
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	buildah("bud", "--isolation", "chroot", "-t", "notifysim", "-f", filepath.Join(root, "Dockerfile"),
		"--build-arg", "TARGETPLATFORM=linux/"+goEnv(t, "GOARCH"), filepath.Join(storage, "files"))
	buildah("from", "--name", "c", "notifysim")
	run := func(args ...string) string {
		return buildah(append([]string{"run", "--isolation", "chroot", "c", "--", "/notifysim"}, args...)...)
	}
	require.Contains(t, run("version"), "notifysim ")
	require.Contains(t, run("test"), " passed")

	var inspected struct {
		OCIv1 struct {
			Config struct {
				User, WorkingDir string
				Entrypoint       []string
			} `json:"config"`
		}
	}
	require.NoError(t, json.Unmarshal([]byte(buildah("inspect", "--type", "image", "notifysim")), &inspected))
	require.Equal(t, "65532:65532", inspected.OCIv1.Config.User)
	require.Equal(t, []string{"/notifysim"}, inspected.OCIv1.Config.Entrypoint)
	var files []string
	folder := strings.TrimSpace(buildah("mount", "c"))
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, entry := range entries {
		if !entry.IsDir() { // buildah creates folders for its mounts
			files = append(files, entry.Name())
		}
	}
	require.Equal(t, []string{"LICENSE", "NOTICE", "notifysim"}, files)
}
