package gate

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

const good = "BenchmarkSend-2 1000 512 B/op\n"

// A file with an unreadable line never passes, and the message says where the line is and why it cannot be read.
func TestReadBadInput(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "in: the file is empty"},
		{"no results", "goos: linux\nPASS\n", "in: no benchmark results"},
		{"no last newline", good + "BenchmarkSync-2 1000 51", "in:2: the last line does not end"},
		{"UTF-16", "\xff\xfeB\x00e\x00", "in: the file is UTF-16"},
		{"no value", "BenchmarkSend-2 1000\n", "in:1: missing measurements"},
		{"no unit", "BenchmarkSend-2 1000 5\n", "in:1: missing units"},
		{"no iterations", "BenchmarkSend-2 0 5 B/op\n", "in:1: BenchmarkSend-2: 0 iterations"},
		{"not a number", "BenchmarkSend-2 1000 x B/op\n", "in:1: parsing measurement"},
		{"too large", "BenchmarkSend-2 1000 1e999 B/op\n", "in:1: parsing measurement"},
		{"NaN", "BenchmarkSend-2 1000 nan B/op\n", "in:1: BenchmarkSend-2: NaN B/op is not a number"},
		{"Inf", "BenchmarkSend-2 1000 -Inf ns/op\n", "in:1: BenchmarkSend-2: -Inf"},
		{"a unit twice", "BenchmarkSend-2 1000 1 ns/op 1e-9 sec/op\n", "in:1: BenchmarkSend-2: two values in sec/op"},
		{"a unit line", "Unit\n" + good, "in:1: missing unit"},
		{"a long line", good + strings.Repeat("x", 1<<17) + "\n", "in:1: bufio.Scanner: token too long"},
		{"began", "BenchmarkSend\n", "in:1: BenchmarkSend began and has no result"},
		{"began before another", "BenchmarkSync\nBenchmarkSend\n" + good, "in:1: BenchmarkSync began and has no result"},
		{"output in between", "BenchmarkSend-2 \thello\n 1000 512 B/op\n", "in:1: parsing iteration count"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Read(strings.NewReader(c.text), "in")
			require.NotEmpty(t, f.Problems)
			require.Contains(t, f.Problems[0].Error(), c.want)
			other := Read(strings.NewReader(good), "good")
			for _, sides := range [][2]*File{{f, other}, {other, f}} {
				r, err := Compare(sides[0], sides[1], Options{})
				require.NoError(t, err)
				require.Equal(t, CannotDecide, r.Verdict)
				require.Equal(t, 2, r.Verdict.ExitCode())
			}
		})
	}
	absent := ReadFile(filepath.Join(t.TempDir(), "absent.txt"))
	require.Contains(t, absent.Problems[0].Error(), "absent.txt: no such file")
	require.Contains(t, ReadFile(t.TempDir()).Problems[0].Error(), "is a directory")
	require.Contains(t, Read(iotest.ErrReader(errors.New("broken pipe")), "in").Problems[0].Error(), "in: broken pipe")
}

func TestReadFailedRuns(t *testing.T) {
	for _, c := range []struct{ text, name, message string }{
		{
			good + "--- FAIL: BenchmarkSync-2\n    x_test.go:7: lost 3\nFAIL\nexit status 1\n",
			"Sync-2", "--- FAIL: BenchmarkSync-2",
		},
		{good + "BenchmarkSync-2 \t--- FAIL: BenchmarkSync-2\nFAIL\n", "Sync-2", "--- FAIL: BenchmarkSync-2"},
		{good + "BenchmarkSync-2 \tpanic: boom\n\ngoroutine 1 [running]:\nexit status 2\n", "Sync-2", "panic: boom"},
		{good + "BenchmarkSync-2 \t\npanic: boom [recovered]\nFAIL\tpkg\t0.1s\n", "Sync-2", "panic: boom [recovered]"},
		{
			good + "fatal error: all goroutines are asleep - deadlock!\n",
			"", "fatal error: all goroutines are asleep - deadlock!",
		},
		{good + "FAIL\tpkg [build failed]\n", "", "FAIL\tpkg [build failed]"},
		{good + "signal: killed\n", "", "signal: killed"},
	} {
		f := Read(strings.NewReader(c.text), "in")
		require.Empty(t, f.Problems, c.text)
		require.Len(t, f.Failed, 1, c.text)
		require.Equal(t, c.name, f.Failed[0].Name)
		require.Equal(t, c.message, f.Failed[0].Message)
		ok := Read(strings.NewReader(good), "good")
		r, err := Compare(ok, f, Options{})
		require.NoError(t, err)
		require.Equal(t, Fail, r.Verdict)
		r, err = Compare(f, ok, Options{})
		require.NoError(t, err)
		require.Equal(t, CannotDecide, r.Verdict)
	}
}

// Read reports no problem in the output of go test -v or of a skipped benchmark.
func TestReadVerbose(t *testing.T) {
	f := Read(strings.NewReader(`goos: linux
=== RUN   BenchmarkSend
BenchmarkSend
BenchmarkSend/small
BenchmarkSend/small-2   1000   512 B/op
BenchmarkSkipped
    x_test.go:9: not here
--- SKIP: BenchmarkSkipped
testing: warning: no tests to run
PASS
ok  	example.org/fixture/bench	1.2s
`), "in")
	require.Empty(t, f.Problems)
	require.Empty(t, f.Failed)
	require.Len(t, f.Results, 1)
}

// benchfmt keeps the written unit of a value of 0. Read converts it, so that it matches the sec/op of the other side.
func TestReadTidiesZero(t *testing.T) {
	f := Read(strings.NewReader("BenchmarkSend-2 1000 0 ns/op\n"), "in")
	require.Equal(t, "sec/op", f.Results[0].Values[0].Unit)
	require.Equal(t, "ns/op", f.Results[0].Values[0].OrigUnit)
}

func TestFilter(t *testing.T) {
	file := func() *File {
		return Read(strings.NewReader(good+"BenchmarkSync-2 1000 3 allocs/op\n"), "in")
	}
	r, err := Compare(file(), file(), Options{Filter: ".name:Sync"})
	require.NoError(t, err)
	require.Len(t, r.Rows, 1)
	r, err = Compare(file(), file(), Options{Filter: ".name:Sink"})
	require.NoError(t, err)
	require.Equal(t, CannotDecide, r.Verdict, "a filter that matches nothing must not pass")
	_, err = Compare(file(), file(), Options{Filter: ".name:("})
	require.ErrorContains(t, err, "filter")
}

// If a file has results at two values of GOMAXPROCS, each of them has its own rows.
func TestSeveralProcs(t *testing.T) {
	file := func() *File {
		return Read(strings.NewReader(good+"BenchmarkSend-4 1000 1024 B/op\nBenchmarkSend 1000 256 B/op\n"), "in")
	}
	r, err := Compare(file(), file(), Options{})
	require.NoError(t, err)
	require.Equal(t, Pass, r.Verdict)
	require.Len(t, r.Rows, 3)
}

func FuzzCompare(f *testing.F) {
	f.Add(good, good)
	f.Add("BenchmarkSend-2 1 NaN ns/op\n", "BenchmarkSend-2 1 0 ns/op\n")
	f.Add("Unit x assume=exact\nBenchmarkA 1 2 x\nBenchmarkB\npanic: x\n", "BenchmarkA-3 1 2 x 3 ns/op\n")
	f.Fuzz(func(t *testing.T, old, new string) {
		r, err := Compare(Read(strings.NewReader(old), "old"), Read(strings.NewReader(new), "new"), Options{})
		require.NoError(t, err)
		if len(r.Problems) > 0 {
			require.Equal(t, CannotDecide, r.Verdict)
		}
		if r.Verdict == Pass {
			require.Positive(t, r.compared())
		}
		wellFormed(t, r)
		require.NoError(t, r.WriteText(&strings.Builder{}, true))
	})
}
