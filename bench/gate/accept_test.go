package gate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const acceptable = `Unit lost assume=exact
Unit lost better=lower
commit: abc
pkg: example.org/fixture/bench
BenchmarkSend-2 100 1250 ns/op 12345678 lost 24.5 MB/s 512 B/op 7 allocs/op
pkg: example.org/fixture/sync
BenchmarkTime-2 100 99 ns/op
BenchmarkSync-2 100 99 ns/op 0 lost
`

// The accepted file contains the exact values and no timings. The gate and benchstat can read it, and the file that it
// was made from passes against it.
func TestAccept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "exact.txt")
	th, err := ParseThresholds([]byte("benchmarks:\n  - {match: ^Send$, units: {B/op: {ignore: varies}}}\n"), "gate.yml")
	require.NoError(t, err)
	new := Read(strings.NewReader(acceptable), "new.txt")
	require.NoError(t, new.Accept(path, th))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, acceptedHead+`Unit allocs/op assume=exact
Unit lost assume=exact
Unit lost better=lower
commit: abc
pkg: example.org/fixture/bench

BenchmarkSend-2 100 12345678 lost 7 allocs/op
pkg: example.org/fixture/sync

BenchmarkSync-2 100 0 lost
`, string(text))
	report, err := Compare(ReadFile(path), new, Options{Lane: LaneExact, Thresholds: th})
	require.NoError(t, err)
	require.Equal(t, Pass, report.Verdict, textOf(t, report))
	require.Equal(t, 3, report.compared())
	worse := Read(strings.NewReader(strings.Replace(acceptable, "0 lost", "1 lost", 1)), "worse.txt")
	report, err = Compare(ReadFile(path), worse, Options{Lane: LaneExact, Thresholds: th})
	require.NoError(t, err)
	require.Equal(t, Fail, report.Verdict, textOf(t, report))
}

// Accept refuses results that the gate would not trust, and leaves the existing file unchanged.
func TestAcceptRefuses(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "new.txt: the file is empty"},
		{"only timings", "BenchmarkSend 1 5 ns/op\n", "new.txt: there are no exact values to accept"},
		{"varies", "BenchmarkSend 1 5 B/op\nBenchmarkSend 1 6 B/op\n", "new.txt:2: BenchmarkSend: B/op varies: 5, then 6"},
		{"NaN", "BenchmarkSend 1 NaN B/op\n", "new.txt:1: BenchmarkSend: NaN B/op is not a number"},
		{"panic", "BenchmarkSend 1 5 B/op\nBenchmarkSync\npanic: no such receiver\n",
			"BenchmarkSync failed: panic: no such receiver"},
		{"truncated", "BenchmarkSend 1 5 B/op", "the last line does not end"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "exact.txt")
			require.NoError(t, os.WriteFile(path, []byte("as it was\n"), 0o666))
			require.ErrorContains(t, Read(strings.NewReader(c.text), "new.txt").Accept(path, nil), c.want)
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, "as it was\n", string(text))
		})
	}
}
