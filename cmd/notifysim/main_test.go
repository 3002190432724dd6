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

var update = flag.Bool("update", false,
	"rewrite the golden files of testdata, and the outputs and generated parts of README.md and docs")

// asCommand is the environment variable that makes the test binary run as the command notifysim.
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

// child returns a command that runs notifysim with the arguments in a process of its own.
func child(t *testing.T, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	return cmd
}

// An ended has the exit code and the outputs of a command that has ended.
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

// timeless replaces the time that runs took by a fixed one.
func timeless(s string) string { return took.ReplaceAllString(s, ", in 3ms") }

// golden compares the output of a command with a file in testdata. With -update it writes the file.
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

// write creates a temporary folder, makes it the working directory, writes a file there, and returns the name of the
// file.
func write(t *testing.T, name, text string) string {
	t.Helper()
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
	return name
}
