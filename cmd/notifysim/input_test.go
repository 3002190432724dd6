package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every command that reads a scenario file can read it from the standard input.
func TestStandardInput(t *testing.T) {
	text, err := os.ReadFile("testdata/fails.yml")
	require.NoError(t, err)
	file := command("test", "testdata/fails.yml")
	stdin := fed(string(text), "test", "-")
	renamed := strings.NewReplacer("testdata/fails.yml", "standard input").Replace(file.out)
	renamed = regexp.MustCompile(`(?m)^(    reproduce: .*)'?standard input'?$`).ReplaceAllString(renamed, "${1}-")
	require.Equal(t, renamed, stdin.out)
	require.Equal(t, exitFailed, stdin.code)

	passes, err := os.ReadFile("testdata/passes.yml")
	require.NoError(t, err)
	require.Equal(t, command("trace", "testdata/passes.yml"), fed(string(passes), "trace", "-"))
	require.Equal(t, exitPass, fed(refusing, "compare", "-").code)
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("p.yml", []byte(planned), 0o644))
	plan := command("plan", "p.yml")
	plan.out = strings.Replace(plan.out, "p.yml", "standard input", 1)
	plan.out = strings.Replace(plan.out, " p.yml\n", " -\n", 1)
	require.Equal(t, plan, fed(planned, "plan", "-"))

	require.Equal(t, ended{exitUsage, "", "standard input:1:1: the file is empty; write at least config: and tests:\n"},
		fed("", "test", "-"))
	require.Equal(t, exitUsage, fed(planned, "test", "-", "-").code)
	require.Contains(t, fed(strings.Repeat("#", 2<<20), "test", "-").err, "is larger than the limit of 1 MiB")
	require.NoError(t, os.WriteFile("prometheus.yml", []byte("global: {}\n"), 0o644))
	require.Equal(t, exitPass, fed("config_file: prometheus.yml\ntests: [{name: a}]\n", "test", "-").code,
		"files are relative to the working directory")
}

// For test and fmt, a folder stands for the scenario files in it and its subfolders.
func TestFolders(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.MkdirAll("a/b", 0o755))
	require.NoError(t, os.WriteFile("a/b/one.yml", []byte(planned), 0o644))
	require.NoError(t, os.WriteFile("two.yaml", []byte(planned), 0o644))
	require.NoError(t, os.WriteFile("a/rules.yml", []byte("groups: []\n"), 0o644))
	require.Equal(t, command("test", "a/b/one.yml", "two.yaml"), command("test", "."))
	require.Equal(t, command("test", "a/b/one.yml"), command("test", "a"))
	require.NoError(t, os.WriteFile("a/bad.yml", []byte(planned+"    ledger: []\n"), 0o644))
	got := command("test", ".")
	require.Equal(t, exitUsage, got.code)
	require.Contains(t, got.err, "a/bad.yml:9:5: unknown field")
	require.NoError(t, os.Mkdir("c", 0o755))
	got = command("test", "c", "a")
	require.Contains(t, got.err, "c: is a folder without scenario files, which are")
	require.Contains(t, got.err, "a/bad.yml:9:5: unknown field", "all errors are reported")

	require.NoError(t, os.WriteFile("c/odd.yml", []byte("config: {}\ntests:\n- {name: a}\n"), 0o644))
	require.Equal(t, ended{exitFailed, "c/odd.yml\n", ""}, command("fmt", "--check", "c"))
}

// merge reads shards from a folder, and shards one after the other from the standard input.
func TestMergeFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("p.yml", []byte(planned), 0o644))
	require.NoError(t, os.Mkdir("shards", 0o755))
	whole := command("plan", "p.yml")
	require.Equal(t, exitPass, whole.code, whole.err)
	stream := ""
	for _, i := range []string{"1", "2"} {
		require.Zero(t, command("plan", "p.yml", "--shard", i+"/2", "--out", "shards/"+i).code)
		got := command("plan", "p.yml", "--shard", i+"/2", "--out", "-")
		require.Zero(t, got.code, got.err)
		stream += got.out
	}
	require.Equal(t, whole, command("merge", "shards/"))
	require.Equal(t, whole, fed(stream, "merge", "-"))
	require.NoError(t, os.Mkdir("empty", 0o755))
	require.Equal(t, ended{exitUsage, "", "empty: is a folder without shards of a plan; name one with files that " +
		"notifysim plan --shard i/n --out FILE wrote\n"}, command("merge", "empty"))

	one, err := os.ReadFile("shards/1")
	require.NoError(t, err)
	version := regexp.MustCompile(`"version":"[^"]+"`)
	require.Regexp(t, version, string(one))
	require.NoError(t, os.WriteFile("shards/1", version.ReplaceAll(one, []byte(`"version":"v0.1"`)), 0o644))
	require.Contains(t, command("merge", "shards").err, "its checksum differs")
}

// A byte that is not UTF-8 is an error with its position, in scenario files and in prometheus.yml.
func TestNotUTF8(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("latin1.yml", []byte(start+"tests:\n  - name: gr\xf6\xdfer\n"), 0o644))
	require.Contains(t, command("test", "latin1.yml").err,
		"latin1.yml:3:13: byte 0xf6 is not UTF-8; save the file as UTF-8\n")
	require.NoError(t, os.WriteFile("utf16.yml", []byte("\xff\xfet\x00"), 0o644))
	const save = " is not UTF-8; save the file as UTF-8\n"
	require.Contains(t, command("test", "utf16.yml").err, "utf16.yml:1:1: byte 0xff"+save)
	require.NoError(t, os.WriteFile("prometheus.yml", []byte("global: {external_labels: {a: \xf6}}\n"), 0o644))
	require.NoError(t, os.WriteFile("s.yml", []byte("config_file: prometheus.yml\ntests: [{name: a}]\n"), 0o644))
	require.Contains(t, command("test", "s.yml").err, "prometheus.yml:1:31: byte 0xf6"+save)
}
