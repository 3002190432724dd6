package sim_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/internal/mutate"
)

// `notifysim fuzz --engine manager` finds each mutant of the Manager. FUZZ_REPORT is the file in which the test
// replaces the table; `make fuzz-mutants` runs it.
func TestFuzzFindsMutants(t *testing.T) {
	report := os.Getenv("FUZZ_REPORT")
	if report == "" {
		t.Skip("this test runs only if FUZZ_REPORT names the report to update")
	}
	binary := filepath.Join(t.TempDir(), "notifysim")
	build := exec.Command("go", "build", "-overlay", overlay(t), "-o", binary, "../cmd/notifysim")
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	var table bytes.Buffer
	fmt.Fprintf(&table, "| mutant | scenarios | time | finding |\n|---|---:|---:|---|\n")
	for _, m := range mutants {
		if !m.fuzz {
			continue
		}
		cmd := exec.Command(binary, "fuzz", "--engine", "manager", "--time", "2m", "--first")
		cmd.Env = append(os.Environ(), mutate.Env(m.name))
		out, err := cmd.CombinedOutput()
		runs, took, what := "-", "more than 2m", "none"
		if err == nil {
			t.Errorf("%s: fuzzing for two minutes did not find the mutant", m.name)
		} else if f := firstNew.FindSubmatch(out); f != nil {
			runs, took, what = string(f[1]), string(f[2]), newFinding(string(out))
		}
		fmt.Fprintf(&table, "| %s | %s | %s | %s |\n", m.name, runs, took, what)
	}
	t.Logf("\n%s", table.String())
	commit, err := exec.Command("git", "rev-parse", "--short", "HEAD").Output()
	require.NoError(t, err)
	require.NoError(t, replaceTable(report, strings.TrimSpace(string(commit)), table.String()))
}

var firstNew = regexp.MustCompile(`the first new one after ([0-9]+) scenarios, ([0-9.a-zµ]+)`)

// newFinding returns the kind and the detail of the first finding in a report that is not a known one.
func newFinding(out string) string {
	lines := strings.Split(out, "\n")
	for i, line := range lines {
		kind, rest, ok := strings.Cut(line, ": ")
		if !ok || strings.HasPrefix(line, " ") || i+1 == len(lines) {
			continue
		}
		if !strings.HasPrefix(lines[i+1], "    known:") {
			detail, _, _ := strings.Cut(rest, ", ")
			return kind + ": " + strings.ReplaceAll(detail, "|", "/")
		}
	}
	return "?"
}

// replaceTable writes the table between the two marks in the report, and keeps the text around them.
func replaceTable(path, commit, table string) error {
	const from, to = "<!-- mutations: make fuzz-mutants -->\n", "<!-- end of mutations -->\n"
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, ok1 := strings.Cut(string(text), from)
	_, after, ok2 := strings.Cut(rest, to)
	if !ok1 || !ok2 {
		return fmt.Errorf("%s has no place for the table; write the lines %q and %q, one below the other", path, from, to)
	}
	return os.WriteFile(path, []byte(before+from+"At commit "+commit+".\n\n"+table+to+after), 0o644)
}
