package bench

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/bench/gate"
)

// A chapter of the page of results. It shows some units of the benchmarks whose names begin with match.
type chapter struct {
	title, text string
	match       string // the prefix of the benchmark names
	units       []string
}

var chapters = []chapter{
	{"The reference day", "24 hours of 5,000 alerts every 15 s to 3 Alertmanagers, of which one hangs for an hour, " +
		"with the ledger kept and checked.",
		"ReferenceDay", []string{"sec/op", "events/s", "alerts/s", "allocs/op"}},
	{"Against the real notifier",
		"How many times faster the model plays the reference day than the notifier of Prometheus v3.16 does in virtual " +
			"time, measured in one run: " +
			"alone, with only a virtual clock and receivers, and as an engine that keeps the ledger. The real notifier runs " +
			"six minutes of the day, and its time is scaled by the number of alerts.",
		"Ratio/", []string{"times-faster", "model-sec/day", "real-sec/day"}},
	{"The kernel", "A million customers pass an M/M/1 queue with a load of 0.9 on the event loop of the model.", "Kernel",
		[]string{"customers/s", "sec/op"}},
	{"The library", "Runs all scenarios under all their releases once, and reads all files once.", "Library",
		[]string{"sec/op", "events/s", "runs/s", "allocs/op"}},
	{"", "", "Parse/", []string{"sec/op", "scenarios/s", "allocs/op"}},
	{"The Manager", "10,000 alerts from Send to the last response of 3 Alertmanagers in memory; calls of Send with " +
		"full queues; target updates with 1,000 Alertmanagers. " +
		"Measured are the Manager of this module (ours), the package notifier/core alone (core), and the Manager of " +
		"Prometheus v3.16.", "Manager/",
		[]string{"alerts/s", "sec/op", "allocs/op"}},
	{"", "", "SendOverflow/", []string{"alerts/s", "sec/op", "allocs/op"}},
	{"", "", "Sync/", []string{"targets/s", "sec/op", "allocs/op"}},
	{"The encoder", "A batch of 256 alerts.", "Encode/", []string{"ns/alert", "allocs/op"}},
}

// TestPage writes results/benchmarks.md from the output of benchmarks and adds the ratios to results/ratios.txt. `make
// bench` runs it.
func TestPage(t *testing.T) {
	in, out := os.Getenv("BENCH_OUTPUT"), os.Getenv("BENCH_PAGE")
	if in == "" || out == "" {
		t.Skip("no page was written; set BENCH_OUTPUT to the output of benchmarks, and BENCH_PAGE to the file to write")
	}
	f := gate.ReadFile(in)
	require.Empty(t, f.Problems)
	require.Empty(t, f.Failed)
	history := keepRatios(t, filepath.Join(filepath.Dir(out), "ratios.txt"), f)
	require.NoError(t, os.WriteFile(out, []byte(page(f)+overCommits(history)), 0o666))
}

// A row of the page is for one benchmark and one unit.
type row struct{ name, unit string }

// rowsOf returns the sorted values of each row, and the names of the benchmarks in the order of the run.
func rowsOf(f *gate.File) (names []string, values map[row][]float64) {
	values = map[row][]float64{}
	for _, res := range f.Results {
		name := string(res.Name.Full())
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		for _, v := range res.Values {
			unit, value := v.Unit, v.Value
			if v.OrigUnit == "ns/alert" {
				unit, value = v.OrigUnit, v.OrigValue
			}
			values[row{name, unit}] = append(values[row{name, unit}], value)
		}
	}
	for _, list := range values {
		slices.Sort(list)
	}
	return names, values
}

// page returns the text of the page, with the median, the smallest and the largest of all values.
func page(f *gate.File) string {
	names, values := rowsOf(f)
	var b strings.Builder
	first := f.Results[0]
	fmt.Fprintf(&b, "# Benchmarks\n\nWritten by `make bench` at commit %s, with %s on %s/%s, %s, one core. Times "+
		"depend on the machine and its load; "+
		"ratios are similar on other machines, and `exact.txt` has the values that are the same everywhere.\n",
		cmp.Or(first.GetConfig("commit"), "unknown"), first.GetConfig("go"), first.GetConfig("goos"),
		first.GetConfig("goarch"), first.GetConfig("cpu"))
	for _, c := range chapters {
		if c.title != "" {
			fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| | unit | median | least | most | runs |\n|---|---|--:|--:|--:|--:|\n", c.title,
				c.text)
		}
		for _, name := range names {
			if !strings.HasPrefix(name, c.match) {
				continue
			}
			for _, unit := range c.units {
				list := values[row{name, unit}]
				if n := len(list); n > 0 {
					fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %d |\n", name, unit, figure(median(list)), figure(list[0]),
						figure(list[n-1]), n)
				}
			}
		}
	}
	return b.String()
}

// median returns the median of sorted values, or the higher one of the two in the middle.
func median(sorted []float64) float64 { return sorted[len(sorted)/2] }

// figure formats a value with four digits and thousands separators.
func figure(v float64) string {
	if v < 1000 {
		return strconv.FormatFloat(v, 'g', 4, 64)
	}
	digits := strconv.FormatFloat(v, 'f', 0, 64)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

func TestPageOfResults(t *testing.T) {
	f := gate.Read(strings.NewReader("commit: abc\ngo: go1.26\ngoos: linux\ngoarch: amd64\ncpu: Example\n"+
		"BenchmarkKernel 1 80000000 ns/op 12500000 customers/s\nBenchmarkKernel 1 90000000 ns/op 11111111 "+
		"customers/s\nBenchmarkKernel 1 70000000 ns/op 14285714 customers/s\n"+
		"BenchmarkEncode/api=v2 1 5 ns/op 24.5 ns/alert\n"), "out.txt")
	got := page(f)
	require.Contains(t, got, "at commit abc, with go1.26 on linux/amd64, Example, one core")
	require.Contains(t, got, "| Kernel | customers/s | 12,500,000 | 11,111,111 | 14,285,714 | 3 |\n| Kernel | sec/op | "+
		"0.08 | 0.07 | 0.09 | 3 |\n")
	require.Contains(t, got, "| Encode/api=v2 | ns/alert | 24.5 | 24.5 | 24.5 | 1 |\n")
}
