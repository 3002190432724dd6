package main

import (
	"encoding/xml"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
)

var regexpTime = regexp.MustCompile(`time="[0-9.]+"`)

// JUnit XML has a suite for each file and a test case for each run. --junit does not change the text output.
func TestJUnit(t *testing.T) {
	path := t.TempDir() + "/out.xml"
	got := command("test", "--junit", path, "testdata/passes.yml", "testdata/fails.yml")
	require.Equal(t, exitFailed, got.code)
	require.Equal(t, command("test", "testdata/passes.yml", "testdata/fails.yml"), got)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	got.out, got.err = regexpTime.ReplaceAllString(string(text), `time="0.003"`), ""
	golden(t, "junit.xml", got)
	var report struct {
		Tests  int `xml:"tests,attr"`
		Suites []struct {
			Time  float64 `xml:"time,attr"`
			Cases []struct {
				Time float64 `xml:"time,attr"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	require.NoError(t, xml.Unmarshal(text, &report))
	require.Len(t, report.Suites, 2)
	for _, s := range report.Suites {
		sum := 0.0
		for _, c := range s.Cases {
			require.Positive(t, c.Time, "every run takes some microseconds")
			sum += c.Time
		}
		require.InDelta(t, sum, s.Time, 1e-5)
	}
	runs := records(t, command("test", "--output", "json", "testdata/passes.yml", "testdata/fails.yml").out)
	require.Equal(t, len(runs), report.Tests)
	require.Equal(t, exitInternal, command("test", "--junit", "no/such/folder.xml", "testdata/passes.yml").code)
}

func TestFmt(t *testing.T) {
	const wrong, right = "tests:\n- {name: a}\n", "tests:\n  - {name: a}\n"
	path := write(t, "x.yml", wrong)
	require.Equal(t, ended{exitFailed, "x.yml\n", ""}, command("fmt", "--check", path))
	require.Equal(t, ended{exitPass, "x.yml\n", ""}, command("fmt", path))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, right, string(text))
	require.Equal(t, ended{exitPass, "", ""}, command("fmt", "--check", path))
	var out, errs strings.Builder
	require.Equal(t, exitPass, run([]string{"fmt", "-"}, strings.NewReader(wrong), &out, &errs))
	require.Equal(t, right, out.String())
	got := command("fmt", "none.yml", path)
	require.Equal(t, ended{exitUsage, "", "none.yml: there is no such file; name one that exists\n"}, got)
	require.Equal(t, exitUsage, command("fmt").code)
}

func TestSchemaCommand(t *testing.T) {
	require.Equal(t, ended{exitPass, string(scenarios.Schema()), ""}, command("schema"))
}

// Completion prints the possible words, one on each line, and a last line with a directive for the shell.
func TestCompletion(t *testing.T) {
	for _, c := range []struct {
		line []string
		want []string
		not  string
	}{
		{[]string{"test", "--release", ""}, []string{"v3.16", "v2.5"}, "peer"},
		{[]string{"test", "--release", "v3.16,v3.1"}, []string{"v3.16,v3.1\n"}, "v3.16,v3.16"},
		{[]string{"test", "--engine", ""}, []string{"model", "manager", "prometheus"}, "v3"},
		{[]string{"test", "peer_hangs.yml", "--run", ""}, []string{"peer hangs\n"}, "overflow"},
		{[]string{"test", "--run", ""}, []string{"peer hangs\n", "a full queue drops its oldest\n"}, ""},
		{[]string{"trace", "testdata/passes.yml", "--run", ""}, []string{"overflow\n"}, "peer hangs"},
		{[]string{"test", "peer"}, []string{"peer_hangs.yml\n", ":0\n"}, "shutdown"},
		{[]string{"trace", "peer_hangs.yml", "pe"}, []string{":4\n"}, "peer"},
		{[]string{"test", "mine"}, []string{"yml\nyaml\n", ":8\n"}, "peer"},
	} {
		got := command(append([]string{"__complete"}, c.line...)...)
		require.Equal(t, exitPass, got.code)
		for _, want := range c.want {
			require.Contains(t, got.out, want, "%q", c.line)
		}
		if c.not != "" {
			require.NotContains(t, got.out, c.not, "%q", c.line)
		}
	}
}
