package sim_test

import (
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/compare"
)

// A bug is a bug of one release of Prometheus that a later release fixed.
type bug struct {
	file       *scenarios.File
	red, green *core.Release
	seen       []sim.Failure // what fails on the release that has the bug
}

// bugs returns the files in the folder bugs of the scenario library. Each names two releases, the first of which has
// the bug.
func bugs(t *testing.T) (list []*bug) {
	t.Helper()
	for _, name := range scenarios.Library() {
		if path.Dir(name) != "bugs" {
			continue
		}
		file, err := scenarios.LoadEmbedded(name)
		require.NoError(t, err)
		require.Len(t, file.Releases, 2, "%s: write the last release that has the bug and the first without it", name)
		require.Regexp(t, `^prometheus#\d+`, file.Comment, name)
		list = append(list, &bug{file: file, red: file.Releases[0], green: file.Releases[1]})
	}
	require.GreaterOrEqual(t, len(list), 12)
	return list
}

// shows requires that, on an engine, the release with the bug shows it and the fixed release does not.
func (b *bug) shows(t *testing.T, engine sim.Engine) {
	t.Helper()
	for _, test := range b.file.Tests {
		real, seen, err := compare.Observe(engine, b.file, test, b.red, 1, sim.Options{Children: children})
		require.NoError(t, err)
		require.Empty(t, real.Failures, "%s on %s", b.file.Path, b.red.Name)
		require.NotEmpty(t, real.Known, "%s: nothing fails on %s", b.file.Path, b.red.Name)
		b.seen = append(b.seen, real.Known...)
		_, model, err := compare.Observe(sim.EngineModel, b.file, test, b.red, 1, sim.Options{Orders: seen.Orders})
		require.NoError(t, err)
		require.Nil(t, compare.Differ(model, seen), "%s on %s", b.file.Path, b.red.Name)

		fixed, seen, err := compare.Observe(engine, b.file, test, b.green, 1, sim.Options{Children: children})
		require.NoError(t, err)
		require.Empty(t, fixed.Failures, "%s on %s", b.file.Path, b.green.Name)
		require.Empty(t, fixed.Known, "%s on %s", b.file.Path, b.green.Name)
		_, model, err = compare.Observe(sim.EngineModel, b.file, test, b.green, 1, sim.Options{Orders: seen.Orders})
		require.NoError(t, err)
		require.Nil(t, compare.Differ(model, seen), "%s on %s", b.file.Path, b.green.Name)
	}
}

// The model shows each bug on the release that has it, and not on the one that fixed it.
func TestBugs(t *testing.T) {
	for _, b := range bugs(t) {
		b.shows(t, sim.EngineModel)
	}
}

// The real notifiers show each bug on the same releases. BUGS_REPORT is the file that the report is written to; `make
// bugs` runs this test.
func TestBugsOfRealNotifiers(t *testing.T) {
	report := os.Getenv("BUGS_REPORT")
	if report == "" {
		t.Skip("no other release's notifier was compiled; set BUGS_REPORT to a file")
	}
	t.Cleanup(children.Close)
	list := bugs(t)
	for _, b := range list {
		b.shows(t, sim.EnginePrometheus)
	}
	require.NoError(t, os.WriteFile(report, bugsReport(list), 0o644))
}

var issueNumber = regexp.MustCompile(`#(\d+)`)

func bugsReport(list []*bug) []byte {
	slices.SortStableFunc(list, func(a, b *bug) int { return compareReleases(a.green.Name, b.green.Name) })
	var out strings.Builder
	out.WriteString(`# Bugs of Prometheus, on the notifiers that had them

Written by ` + "`make bugs`" + `. Each file in [scenarios/bugs](../scenarios/bugs) contains expectations. It ran on
two unmodified notifiers: on that of the last release with the bug, where the expectations fail as the table
shows, and on that of the first release without it, where all of them hold. On both releases the model agrees
with the notifier in trace, ledger and metrics. The outcome of 17063 is random; its numbers are from one run.

| issue | scenario | fails on | holds on | what is seen where it fails |
|---|---|---|---|---|
`)
	for _, b := range list {
		number := issueNumber.FindStringSubmatch(b.file.Comment)[1]
		var seen []string
		for _, f := range b.seen {
			if len(f.Alerts) > 1 && strings.HasPrefix(f.Alerts[0], "want ") { // results of an expression
				f.Message += ": " + strings.Join(f.Alerts[:2], ", ")
			}
			seen = append(seen, f.Message)
		}
		fmt.Fprintf(&out, "| [%s](https://github.com/prometheus/prometheus/issues/%[1]s) | [%s](../scenarios/%s) | %s | "+
			"%s | %s |\n",
			number, b.file.Tests[0].Name, b.file.Path, b.red.Name, b.green.Name, strings.Join(seen, "; "))
	}
	return []byte(out.String())
}
