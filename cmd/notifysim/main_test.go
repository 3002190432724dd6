package main

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files of testdata, and the outputs and the reference in README.md and docs")

// asCommand is the environment variable that makes the test binary the command itself.
const asCommand = "NOTIFYSIM_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	for _, name := range []string{"GITHUB_ACTIONS", "NO_COLOR", "FORCE_COLOR"} {
		os.Unsetenv(name)
	}
	os.Exit(m.Run())
}

// child returns the command as a process of its own.
func child(t *testing.T, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	return cmd
}

// An ended command is its exit code and its output.
type ended struct {
	code     int
	out, err string
}

func command(args ...string) ended {
	var out, errs bytes.Buffer
	code := run(args, strings.NewReader(""), &out, &errs)
	return ended{code, timeless(out.String()), errs.String()}
}

var took = regexp.MustCompile(`(?m), in [0-9.]+[a-zµ]+$`)

// timeless replaces the time that runs took.
func timeless(s string) string { return took.ReplaceAllString(s, ", in 3ms") }

// golden compares the output of a command with a file of testdata.
func golden(t *testing.T, name string, got ended) {
	t.Helper()
	text := got.out
	if got.err != "" {
		text += "--- standard error\n" + got.err
	}
	path := filepath.Join("testdata", name)
	if *update {
		require.NotEqual(t, exitInternal, got.code, "an internal error is no golden output")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	if diff := cmp.Diff(string(want), text); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// write writes a file to a temporary folder, which becomes the working directory, and returns its name.
func write(t *testing.T, name, text string) string {
	t.Helper()
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
	return name
}
