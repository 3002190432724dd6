package gate

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the reports in testdata whose exit codes are right")

// sections reads a case file and returns its header and its sections. A section begins with the line "-- name --".
func sections(t *testing.T, path string) (header map[string]string, parts map[string]string) {
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	header, parts = map[string]string{}, map[string]string{}
	name := ""
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(line, " --\n") {
			name = strings.TrimSuffix(rest, " --\n")
			parts[name] = ""
		} else if name == "" {
			if key, value, ok := strings.Cut(line, ": "); ok {
				header[key] = strings.TrimSpace(value)
			}
		} else {
			parts[name] += line
		}
	}
	return header, parts
}

// compareCase compares the two sides in a case file.
func compareCase(t *testing.T, path string) *Report {
	header, parts := sections(t, path)
	var o Options
	if header["flags"] == "--lane exact" {
		o.Lane = LaneExact
	}
	if text, ok := parts["gate.yml"]; ok {
		th, err := ParseThresholds([]byte(text), "gate.yml")
		require.NoError(t, err)
		o.Thresholds = th
	}
	side := func(name string) *File { return Read(strings.NewReader(parts[name]), name) }
	r, err := Compare(side("old.txt"), side("new.txt"), o)
	require.NoError(t, err)
	return r
}

// Every file in testdata contains two sides, the expected exit code of the gate, and its expected output.
func TestReports(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			header, parts := sections(t, path)
			r := compareCase(t, path)
			var out bytes.Buffer
			require.NoError(t, r.WriteText(&out, false))
			exit, err := strconv.Atoi(header["exit"])
			require.NoError(t, err)
			require.Equal(t, exit, r.Verdict.ExitCode(), out.String())
			if *update {
				data, err := os.ReadFile(path)
				require.NoError(t, err)
				head, _, _ := strings.Cut(string(data), "-- report --\n")
				require.NoError(t, os.WriteFile(path, []byte(head+"-- report --\n"+out.String()), 0o666))
				return
			}
			require.Equal(t, parts["report"], out.String())
			wellFormed(t, r)
		})
	}
}

// wellFormed checks that the reports for programs (JSON, JUnit) can be parsed.
func wellFormed(t *testing.T, r *Report) {
	var out bytes.Buffer
	require.NoError(t, r.WriteJSON(&out))
	var j jsonReport
	require.NoError(t, json.Unmarshal(out.Bytes(), &j))
	require.Equal(t, r.Verdict, j.Verdict)
	require.Len(t, j.Rows, len(r.Rows))

	out.Reset()
	require.NoError(t, r.WriteJUnit(&out))
	var x struct {
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Errors   int        `xml:"errors,attr"`
		Cases    []struct{} `xml:"testsuite>testcase"`
	}
	require.NoError(t, xml.Unmarshal(out.Bytes(), &x))
	require.Equal(t, r.Verdict == Pass, x.Failures+x.Errors == 0)
	require.Equal(t, len(r.Rows)+len(r.Problems), x.Tests)
	require.Len(t, x.Cases, x.Tests)

	out.Reset()
	require.NoError(t, r.WriteMarkdown(&out))
	require.Contains(t, out.String(), string(r.Verdict))
}

// The golden files show one case in every output format.
func TestFormats(t *testing.T) {
	r := compareCase(t, "testdata/slower.txt")
	for file, write := range map[string]func(*bytes.Buffer) error{
		"all.text":   func(b *bytes.Buffer) error { return r.WriteText(b, true) },
		"json":       func(b *bytes.Buffer) error { return r.WriteJSON(b) },
		"junit.xml":  func(b *bytes.Buffer) error { return r.WriteJUnit(b) },
		"comment.md": func(b *bytes.Buffer) error { return r.WriteMarkdown(b) },
	} {
		t.Run(file, func(t *testing.T) {
			var out bytes.Buffer
			require.NoError(t, write(&out))
			path := "testdata/formats/slower." + file
			if *update {
				require.Equal(t, Fail, r.Verdict)
				require.NoError(t, os.MkdirAll("testdata/formats", 0o777))
				require.NoError(t, os.WriteFile(path, out.Bytes(), 0o666))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, string(want), out.String())
		})
	}
}
