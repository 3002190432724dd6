package scenarios_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/notifysim/notifysim/scenarios"
)

const recordingScenario = `evaluation_interval: 1m
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
tests:
  - {name: x, recording: alerts.om}
`

// recorded loads a scenario with text as its recording.
func recorded(t *testing.T, text string) (*scenarios.File, error) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "x.yml")
	require.NoError(t, os.WriteFile(path, []byte(recordingScenario), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "alerts.om"), []byte(text), 0o644))
	return scenarios.Load(path)
}

// The first sample is at 0s. Alerts of a rule that fire together form one series. A sample between two evaluations is
// assigned to the earlier one.
func TestRecording(t *testing.T) {
	text, err := os.ReadFile("testdata/recording.om")
	require.NoError(t, err)
	f, err := recorded(t, string(text))
	require.NoError(t, err)
	var got []string
	for _, s := range f.Tests[0].Series {
		values := ""
		for _, on := range s.Firing {
			values += map[bool]string{true: "1", false: "_"}[on]
		}
		got = append(got, s.Rule+" "+strings.Join(s.Names, " ")+" "+values)
	}
	require.Equal(t, []string{
		`NodeDown NodeDown{node="n1"} 11__1`,
		`NodeDown NodeDown{node="n2"} NodeDown{node="n3"} _11`,
		`Slow Slow _11`,
	}, got)
}

// The cost of a recording depends on the number of its samples rather than on its alerts and its length.
func TestRecordingOfManyAlerts(t *testing.T) {
	var b strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&b, "ALERTS{alertname=\"A\",alertstate=\"firing\",node=\"n%d\"} 1 %d\n", i, 1_700_000_000+60*int64(i%400))
	}
	b.WriteString("# EOF\n")
	begun := time.Now()
	f, err := recorded(t, b.String())
	require.NoError(t, err)
	require.Len(t, f.Tests[0].Series, 400)
	require.Less(t, time.Since(begun), 10*time.Second)
	// Alerts that all fire at different times exceed the limit of values.
	b.Reset()
	for i := range 5_000 {
		fmt.Fprintf(&b, "ALERTS{alertname=\"A\",alertstate=\"firing\",node=\"n%d\"} 1 %d\n", i, 1_700_000_000+60*int64(i))
	}
	b.WriteString("# EOF\n")
	_, err = recorded(t, b.String())
	require.ErrorContains(t, err,
		"with this entry all series together have more than the limit of 10000000 values; write a shorter recording")
}

// A recording with another evaluation interval is an error, provided that the samples show it.
func TestRecordingInterval(t *testing.T) {
	sample := func(seconds ...int) string {
		var b strings.Builder
		for _, s := range seconds {
			fmt.Fprintf(&b, "ALERTS{alertname=\"A\",alertstate=\"firing\"} 1 %d\n", 1_700_000_000+s)
		}
		return b.String() + "# EOF\n"
	}
	_, err := recorded(t, sample(0, 300, 600, 900))
	require.ErrorContains(t, err, "alerts.om:1:1: the samples of \"A\" are 5m apart, but `evaluation_interval` is 1m; "+
		"write evaluation_interval: 5m")
	f, err := recorded(t, sample(0, 300, 3600))
	require.NoError(t, err)
	require.Len(t, f.Tests[0].Series[0].Firing, 61)
	_, err = recorded(t, sample(0, 366*24*3600*2))
	require.ErrorContains(t, err, "the recording has 1054082 evaluations, above the limit of 1000000")
}

// Any file is either read or rejected with errors, each of which has a line and says what to write.
func TestRecordingOfAnything(t *testing.T) {
	text, err := os.ReadFile("testdata/recording.om")
	require.NoError(t, err)
	rapid.Check(t, func(rt *rapid.T) {
		broken := slices.Clone(text)
		for range rapid.IntRange(1, 5).Draw(rt, "changes") {
			from := rapid.IntRange(0, len(broken)).Draw(rt, "from")
			most := rapid.SampledFrom([]int{0, 1, 20, 200}).Draw(rt, "most")
			to := rapid.IntRange(from, min(len(broken), from+most)).Draw(rt, "to")
			with := rapid.OneOf(rapid.SliceOfN(rapid.Byte(), 0, 4), rapid.SampledFrom([][]byte{
				[]byte("\n"), []byte("# EOF\n"), []byte(" 1e300"), []byte("-1700000000"),
				[]byte("9223372036854775.807"), []byte("NaN"), []byte(`"}`),
			})).Draw(rt, "with")
			broken = slices.Replace(broken, from, to, with...)
		}
		_, err := recorded(t, string(broken))
		var errs scenarios.Errors
		if err == nil {
			return
		}
		require.ErrorAs(rt, err, &errs)
		for _, e := range errs {
			require.Positive(rt, e.Pos.Line, e.Error())
			require.LessOrEqual(rt, e.Pos.Line, bytes.Count(broken, []byte("\n"))+4, e.Error())
			require.Contains(rt, e.Msg, "; ")
			require.False(rt, strings.ContainsFunc(e.Msg, unicode.IsControl), "%q", e.Msg)
		}
	})
}
