package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// readRoot returns the content of a file; name is its path from the root of the module.
func readRoot(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", name))
	require.NoError(t, err)
	return string(text)
}

// The release configuration builds static programs, without paths of the build machine and with the version, for the
// same platforms that make cross checks.
func TestReleasePlatforms(t *testing.T) {
	var config struct {
		Builds []struct{ Env, Flags, Goos, Goarch []string }
	}
	require.NoError(t, yaml.Unmarshal([]byte(readRoot(t, ".goreleaser.yaml")), &config))
	require.Len(t, config.Builds, 1)
	build := config.Builds[0]
	require.Equal(t, []string{"CGO_ENABLED=0"}, build.Env)
	require.Equal(t, []string{"-trimpath", "-buildvcs=true"}, build.Flags)
	var platforms []string
	for _, system := range build.Goos {
		for _, processor := range build.Goarch {
			platforms = append(platforms, system+"/"+processor)
		}
	}
	require.Contains(t, readRoot(t, "Makefile"), "\nPLATFORMS ?= "+strings.Join(platforms, " ")+"\n")
}

// Every suite that an ordinary go test leaves out runs each night: make nightly or make results sets each environment
// variable that a test reads.
func TestNightlyRunsEverySuite(t *testing.T) {
	notSuites := []string{
		"GATE_BENCHTIME",        // changes the size of a benchmark, enables no suite
		"HAZARD",                // set by a test for its child process
		"NOTIFYSIM_TEST_PARENT", // set by a test for its child process
		"PATH", "GITHUB_ACTIONS",
	}
	nightly := readRoot(t, ".github/workflows/nightly.yml")
	require.Contains(t, nightly, "make --keep-going nightly\n")
	require.Contains(t, nightly, "make --keep-going results ")
	out, err := exec.Command("make", "-C", "../..", "-n", "nightly", "results").CombinedOutput()
	require.NoError(t, err, "%s", out)
	getenv := regexp.MustCompile(`os\.(?:Getenv|LookupEnv)\("(\w+)"\)`)
	read := 0
	require.NoError(t, filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == "testdata":
			return fs.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		for _, m := range getenv.FindAllStringSubmatch(string(text), -1) {
			if !slices.Contains(notSuites, m[1]) {
				read++
				require.Regexp(t, `\b`+m[1]+`=\S`, string(out), "%s reads %s, which no nightly target sets", path, m[1])
			}
		}
		return err
	}))
	require.Greater(t, read, 10)
	require.Contains(t, string(out), "go test -tags e2e ./cmd/notifysim ")
}

// make results writes every file in results/ except exact.txt, with which the gate compares, and README.md.
func TestResultsWritesEveryPage(t *testing.T) {
	notWritten := []string{
		"exact.txt", // written by make gate-accept
		"README.md",
	}
	out, err := exec.Command("make", "-C", "../..", "-n", "results").CombinedOutput()
	require.NoError(t, err, "%s", out)
	pages, err := filepath.Glob("../../results/*")
	require.NoError(t, err)
	require.NotEmpty(t, pages)
	for _, page := range pages {
		if name := filepath.Base(page); !slices.Contains(notWritten, name) && name != "ratios.txt" {
			require.Contains(t, string(out), "results/"+name, "make results does not write this file")
		}
	}
}

// The workflow ci.yml runs the script .ci/run, which runs the make targets that every change must pass.
func TestCIRunsTheScript(t *testing.T) {
	require.Contains(t, readRoot(t, ".github/workflows/ci.yml"), "- run: .ci/run\n")
	script := readRoot(t, ".ci/run")
	for _, target := range []string{"lint", "test", "gate", "e2e", "conformance-short"} {
		require.Contains(t, script, "make "+target)
		require.Contains(t, readRoot(t, "Makefile"), "\n"+target+":")
	}
}
