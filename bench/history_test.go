package bench

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/perf/benchfmt"

	"github.com/notifysim/notifysim/bench/gate"
)

// timesFaster is the unit of a ratio of two times that were measured in one run. Such ratios differ between machines
// far less than the times do.
const timesFaster = "times-faster"

// ratios returns the results that are kept for every commit: how many times faster this module is than the real
// notifier, as medians.
func ratios(f *gate.File) []*benchfmt.Result {
	names, values := rowsOf(f)
	var list []*benchfmt.Result
	add := func(name string, ratio float64) {
		list = append(list, &benchfmt.Result{
			Name: benchfmt.Name(name), Iters: 1,
			Values: []benchfmt.Value{{Value: float64(int64(100*ratio+0.5)) / 100, Unit: timesFaster}},
		})
	}
	for _, name := range names {
		if ratios := values[row{name, timesFaster}]; len(ratios) > 0 {
			add(name, median(ratios))
		}
		took := values[row{name, "sec/op"}]
		bare, isOurs := strings.CutSuffix(name, "/notifier=ours")
		for _, peer := range []string{"/notifier=prometheus", "/notifier=real"} {
			if real := values[row{bare + peer, "sec/op"}]; isOurs && len(real) > 0 && len(took) > 0 {
				add(bare, median(real)/median(took))
			}
		}
	}
	return list
}

// remember adds the ratios of a run to those of earlier commits, in Go's benchmark format. Each commit has one run: a
// later run of the same commit replaces the earlier one.
func remember(history *gate.File, f *gate.File, date string) []byte {
	var out bytes.Buffer
	w := benchfmt.NewWriter(&out)
	write := func(results []*benchfmt.Result) {
		for _, res := range results {
			if err := w.Write(res); err != nil {
				panic(err) // writing to memory cannot fail
			}
		}
	}
	commit := f.Results[0].GetConfig("commit")
	if history != nil {
		write(slices.DeleteFunc(slices.Clone(history.Results),
			func(r *benchfmt.Result) bool { return r.GetConfig("commit") == commit }))
	}
	fresh := ratios(f)
	for _, res := range fresh {
		for _, c := range [][2]string{{"commit", commit}, {"date", date}, {"cpu", f.Results[0].GetConfig("cpu")}} {
			res.Config = append(res.Config, benchfmt.Config{Key: c[0], Value: []byte(c[1]), File: true})
		}
	}
	write(fresh)
	return out.Bytes()
}

// overCommits returns the chapter of the page with the ratios of all measured commits, and with a chart of those of the
// model.
func overCommits(history *gate.File) string {
	type point struct{ commit, date string }
	var points []point
	var names []string
	values := map[string]map[point]float64{}
	for _, res := range history.Results {
		p := point{res.GetConfig("commit"), res.GetConfig("date")}
		name := string(res.Name.Full())
		if !slices.Contains(points, p) {
			points = append(points, p)
		}
		if values[name] == nil {
			names = append(names, name)
			values[name] = map[point]float64{}
		}
		values[name][p], _ = res.Value(timesFaster)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n## Over commits\n\nHow many times faster than the real notifier, medians (`ratios.txt`).\n\n|")
	for _, p := range points {
		fmt.Fprintf(&b, " | %s<br>%s", p.commit, p.date)
	}
	fmt.Fprintf(&b, " |\n|---%s|\n", strings.Repeat("|--:", len(points)))
	for _, name := range names {
		fmt.Fprintf(&b, "| %s", name)
		for _, p := range points {
			cell := ""
			if v, ok := values[name][p]; ok {
				cell = figure(v)
			}
			fmt.Fprintf(&b, " | %s", cell)
		}
		b.WriteString(" |\n")
	}
	for _, name := range names {
		if !strings.HasPrefix(name, "Ratio/") {
			continue
		}
		var commits, bars []string
		for _, p := range points {
			if v, ok := values[name][p]; ok {
				commits, bars = append(commits, fmt.Sprintf("%q", p.commit)), append(bars, fmt.Sprintf("%.0f", v))
			}
		}
		fmt.Fprintf(&b, "\n```mermaid\nxychart-beta\n    title %q\n    x-axis [%s]\n    y-axis \"times faster\" 0 --> "+
			"%.0f\n    bar [%s]\n```\n",
			name, strings.Join(commits, ", "), 1.1*slices.Max(slices.Collect(maps.Values(values[name]))),
			strings.Join(bars, ", "))
	}
	return b.String()
}

// keepRatios adds a run to the file of ratios, and returns the new contents.
func keepRatios(t *testing.T, path string, f *gate.File) *gate.File {
	t.Helper()
	var history *gate.File
	if _, err := os.Stat(path); err == nil {
		history = gate.ReadFile(path)
		require.Empty(t, history.Problems)
	}
	require.NoError(t, os.WriteFile(path, remember(history, f, time.Now().UTC().Format(time.DateOnly)), 0o666))
	return gate.ReadFile(path)
}

func TestRatiosOverCommits(t *testing.T) {
	run := func(commit string, ours, real, faster int) *gate.File {
		return gate.Read(strings.NewReader(fmt.Sprintf("commit: %s\ncpu: Example\nBenchmarkManager/notifier=ours 1 %d "+
			"ns/op\nBenchmarkManager/notifier=prometheus 1 %d ns/op\nBenchmarkRatio/real=alone 1 %d times-faster\n",
			commit, ours, real, faster)), "run.txt")
	}
	read := func(text []byte) *gate.File { return gate.Read(bytes.NewReader(text), "ratios.txt") }
	history := read(remember(nil, run("aaa", 100, 1000, 1400), "2026-01-01"))
	history = read(remember(history, run("bbb", 200, 900, 7), "2026-01-02"))
	history = read(remember(history, run("bbb", 200, 1000, 2800), "2026-01-03")) // a second run of the same commit
	require.Empty(t, history.Problems)
	got := overCommits(history)
	require.Contains(t, got, "| | aaa<br>2026-01-01 | bbb<br>2026-01-03 |\n|---|--:|--:|\n| Manager | 10 | 5 |\n| "+
		"Ratio/real=alone | 1,400 | 2,800 |\n")
	require.Contains(t, got, "x-axis [\"aaa\", \"bbb\"]\n    y-axis \"times faster\" 0 --> 3080\n    bar [1400, 2800]\n")
}
