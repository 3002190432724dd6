package gate

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestThresholdsZeroValue(t *testing.T) {
	for _, th := range []*Thresholds{nil, {}} {
		s := th.withDefaults()
		require.Equal(t, Thresholds{Alpha: 0.01, MinPairs: 10, Drift: 0.15, Resolve: 0.10, MaxHidden: 0.25}, s)
		require.Equal(t, Rule{MinEffect: DefaultMinEffect}, th.For("Encode-2", "ns/op"))
	}
}

func TestThresholdsLaterRulesWin(t *testing.T) {
	th, err := ParseThresholds([]byte(`
alpha: 0.05
min_pairs: 12
drift: 30%
resolve: 20%
max_hidden: 50%
units:
  ns/op: {min_effect: 5%}
  size-MB: {assume: exact, better: lower, tolerance: 2}
benchmarks:
  - match: ^Encode$
    units:
      sec/op: {min_effect: 0%}
  - match: Encode-8
    units:
      sec/op: {ignore: too short}
`), "gate.yml")
	require.NoError(t, err)
	require.Equal(t, 0.05, th.Alpha)
	require.Equal(t, 12, th.MinPairs)
	require.Equal(t, 0.30, th.Drift)
	require.Equal(t, 0.20, th.Resolve)
	require.Equal(t, 0.50, th.MaxHidden)
	require.Equal(t, 0.05, th.For("Parse-8", "sec/op").MinEffect)
	require.Zero(t, th.For("Encode-2", "sec/op").MinEffect, "a rule also matches names with a GOMAXPROCS suffix")
	require.Equal(t, "too short", th.For("Encode-8", "ns/op").Ignore)
	size := th.For("Encode", "size-B")
	require.Equal(t, LaneExact, size.Lane)
	require.Equal(t, Lower, size.Better)
	require.Equal(t, 2.0, size.Tolerance.around(100, "size-MB"))
	require.Equal(t, 2e6, size.Tolerance.around(100, "size-B"))
	require.Empty(t, th.unused())
}

func TestThresholdsMistakes(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"alpha: 2\n", `gate.yml:1:8: 2 is out of range: write a number from 1e-09 to 0.5`},
		{"alpha: NaN\n", `gate.yml:1:8: NaN is out of range: write a number from 1e-09 to 0.5`},
		{"min_pairs: 7.5\n", `gate.yml:1:12: 7.5 is not a whole number; write one such as 10`},
		{"drift: 3\n", `gate.yml:1:8: "3": write a percentage, such as 3%`},
		{"limits: {}\n", `gate.yml:1:1: unknown field "limits"; write one of alpha, benchmarks, drift, max_hidden, ` +
			`min_pairs, resolve, units`},
		{"units:\n  sec/op: 3%\n", `gate.yml:2:11: write a mapping, such as {min_effect: 3%}`},
		{"units:\n  sec/op: {min_effect: -1%}\n", `gate.yml:2:24: -1% is out of range: write 0% to 1000%`},
		{"units:\n  sec/op: {better: up, assume: normal}\n", "gate.yml:2:20: \"up\": write lower, higher or same\n" +
			"gate.yml:2:32: \"normal\": write exact, or nothing for a measurement"},
		{"units:\n  sec/op: {ignore: true}\n", `gate.yml:2:20: write why the row is ignored, as text`},
		{"units:\n  B/op: {tolerance: few}\n", `gate.yml:2:21: "few" is not a number; write one such as 10`},
		{"units:\n  B/op: {}\n  B/op: {}\n", `gate.yml:3:3: the key "B/op" occurs twice; remove one`},
		{"benchmarks:\n  - units: {B/op: {}}\n", `gate.yml:2:5: a benchmark needs match and units`},
		{"benchmarks:\n  - {match: '(', units: {}}\n", "gate.yml:2:13: error parsing regexp: missing closing ): `(`"},
		{"benchmarks: Encode\n", `gate.yml:1:13: write a list of {match: REGEXP, units: {…}}`},
		{"units: [\n", "gate.yml:"},
		{"- alpha\n", `gate.yml:1:1: write a mapping, such as {min_effect: 3%}`},
	} {
		_, err := ParseThresholds([]byte(c.text), "gate.yml")
		require.ErrorContains(t, err, c.want, c.text)
		var all FileError
		require.True(t, errors.As(err, &all))
		require.Positive(t, all[0].Line)
		require.Positive(t, all[0].Col)
	}
	th, err := ParseThresholds(nil, "gate.yml")
	require.NoError(t, err)
	require.Equal(t, &Thresholds{}, th)
	_, err = ReadThresholds(filepath.Join(t.TempDir(), "absent.yml"))
	require.ErrorContains(t, err, "absent.yml: no such file")
	path := filepath.Join(t.TempDir(), "gate.yml")
	require.NoError(t, os.WriteFile(path, []byte("alpha: 0.02\n"), 0o666))
	th, err = ReadThresholds(path)
	require.NoError(t, err)
	require.Equal(t, 0.02, th.Alpha)
}

// ReadThresholds can read the example in its own comment.
func TestThresholdsExample(t *testing.T) {
	source, err := os.ReadFile("thresholds_file.go")
	require.NoError(t, err)
	_, text, ok := strings.Cut(string(source), "//\talpha: ")
	require.True(t, ok)
	text, _, ok = strings.Cut("//\talpha: "+text, "\nfunc ")
	require.True(t, ok)
	th, err := ParseThresholds([]byte(strings.ReplaceAll(text, "//\t", "")), "example")
	require.NoError(t, err)
	require.Equal(t, 64.0, th.For("EncodeBatch-2", "B/op").Tolerance.Absolute)
	require.Equal(t, "follows from sec/op", th.For("EncodeBatch-2", "MB/s").Ignore)
	require.Equal(t, LaneExact, th.For("Hang", "lost-alerts").Lane)
}
