package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
)

var block = regexp.MustCompile("(?ms)^```([^\n]*)\n(.*?)^```$")

// Every file of the README is written, every command is run, and its output is what the README shows.
func TestREADME(t *testing.T) {
	home, err := filepath.Abs("../../README.md")
	require.NoError(t, err)
	text, err := os.ReadFile(home)
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	files, commands := 0, 0
	got := block.ReplaceAllStringFunc(string(text), func(all string) string {
		m := block.FindStringSubmatch(all)
		kind, body := m[1], m[2]
		switch _, name, isFile := strings.Cut(kind, " file="); {
		case isFile:
			files++
			require.NoError(t, os.WriteFile(name, []byte(body), 0o644))
		case kind == "console":
			var n int
			body, n = session(t, body)
			commands += n
		default:
			require.Equal(t, "sh", kind, "no test runs a block of this kind")
		}
		return "```" + kind + "\n" + body + "```"
	})
	require.Positive(t, files)
	require.Positive(t, commands)
	if *update {
		require.NoError(t, os.WriteFile(home, []byte(got), 0o644))
	} else if diff := cmp.Diff(string(text), got); diff != "" {
		t.Errorf("README.md says (-), the command (+):\n%s", diff)
	}
}

// session runs the commands of a block. It returns the block with their outputs, and the number of commands.
func session(t *testing.T, body string) (string, int) {
	var b strings.Builder
	n, last := 0, 0
	for line := range strings.Lines(body) {
		prompt, ok := strings.CutPrefix(strings.TrimSpace(line), "$ ")
		if !ok {
			continue
		}
		n++
		b.WriteString(line)
		if prompt == "echo $?" {
			fmt.Fprintln(&b, last)
			continue
		}
		args := words(t, prompt)
		require.Equal(t, "notifysim", args[0], "no test runs this command")
		res := command(args[1:]...)
		require.NotEqual(t, exitInternal, res.code, res.err)
		b.WriteString(res.out + res.err)
		last = res.code
	}
	return b.String(), n
}

// words splits a command line as a shell does; it knows single quotes.
func words(t *testing.T, line string) []string {
	var args []string
	word := regexp.MustCompile(`^((?:[^\s'"\\$|<>&;*?]|'[^']*'|\\')+)\s*`)
	for line != "" {
		m := word.FindStringSubmatch(line)
		require.NotNil(t, m, "not a plain command line: %s", line)
		arg := strings.ReplaceAll(m[1], `'\''`, "\x00")
		args = append(args, strings.ReplaceAll(strings.ReplaceAll(arg, "'", ""), "\x00", "'"))
		line = line[len(m[0]):]
	}
	return args
}

// The README describes installation and make as they are.
func TestREADMEInstall(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	module, err := exec.Command("go", "list", "-m").Output()
	require.NoError(t, err)
	for _, m := range block.FindAllStringSubmatch(string(text), -1) {
		if m[1] == "sh" {
			require.Equal(t, "go install "+strings.TrimSpace(string(module))+"/cmd/notifysim@latest\n", m[2])
		}
	}
	require.Contains(t, string(text), "Test: `make test`")
	makefile, err := os.ReadFile("../../Makefile")
	require.NoError(t, err)
	require.Contains(t, string(makefile), "\nrun:\n\tgo run ./cmd/notifysim test $(FILES)\n")
	require.Contains(t, string(makefile), "\ntest:\n\tgo vet ./...\n\tgo test ./...\n")
}

// The README names every command, exit code and flag.
func TestREADMEIsWhole(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	for _, cmd := range rootCommand(&runner{}).Commands() {
		require.Contains(t, string(text), "| `notifysim "+cmd.Name(), "the command is not explained")
	}
	for _, name := range []string{"--run", "--release", "--seeds", "--output json"} {
		require.Contains(t, string(text), "`"+name, "the flag is not explained")
	}
	for _, code := range []int{exitPass, exitFailed, exitUsage, exitInternal, exitThresholds} {
		require.Contains(t, string(text), fmt.Sprintf("\n| %d | ", code))
	}
}

// The table of the format in the README names every field.
func TestREADMEHasEveryField(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	_, format, ok := strings.Cut(string(text), "\n## The format\n")
	require.True(t, ok)
	format, _, _ = strings.Cut(format, "\n## ")
	var doc any
	require.NoError(t, json.Unmarshal(scenarios.Schema(), &doc))
	fields := map[string]bool{}
	var collect func(any)
	collect = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if properties, ok := v["properties"].(map[string]any); ok {
				for name := range properties {
					fields[name] = true
				}
			}
			for _, inner := range v {
				collect(inner)
			}
		case []any:
			for _, inner := range v {
				collect(inner)
			}
		}
	}
	collect(doc)
	require.Greater(t, len(fields), 90)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		require.Regexp(t, `[^a-z_.-]`+regexp.QuoteMeta(name)+`[^a-z_.-]`, format, "the table of the format does not have %s",
			name)
	}
}
