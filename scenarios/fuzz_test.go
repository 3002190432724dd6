package scenarios_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
)

// Any text gives either a File within the limits or errors with positions, and never takes long.
func FuzzParse(f *testing.F) {
	addFiles(f, "*.yml", "testdata/broken/*.yml")
	f.Add([]byte(config + "tests: [{name: x, promql_expr_test: [{eval_time: 1m, expr: '" + nested + "'}]}]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		start := time.Now()
		file, err := scenarios.Parse("x.yml", text)
		require.Less(t, time.Since(start), 20*time.Second)
		requireFileOrErrors(t, file, err)
	})
}

// nested is an expression for which Prometheus' parser needs minutes.
var nested = strings.Repeat("(", 200_000) + "up" + strings.Repeat(")", 200_000)

// addFiles adds the texts of files as seeds of a fuzz test.
func addFiles(f *testing.F, globs ...string) {
	for _, glob := range globs {
		files, err := filepath.Glob(filepath.FromSlash(glob))
		require.NoError(f, err)
		require.NotEmpty(f, files, glob)
		for _, file := range files {
			if filepath.Base(file) == "too_many_alerts.yml" {
				continue // it has a million alerts, which would take all the time of the fuzzer
			}
			text, err := os.ReadFile(file)
			require.NoError(f, err)
			f.Add(text)
		}
	}
}

// requireFileOrErrors requires either a valid File or errors with positions.
func requireFileOrErrors(t *testing.T, file *scenarios.File, err error) {
	t.Helper()
	if err == nil {
		checkFile(t, file)
		return
	}
	var errs scenarios.Errors
	require.ErrorAs(t, err, &errs)
	require.NotEmpty(t, errs)
	for _, e := range errs {
		require.NotEmpty(t, e.Msg)
		require.True(t, e.Pos.Line > 0 && e.Pos.Col > 0, "%s", e)
	}
}

// checkFile checks what every File guarantees.
func checkFile(t *testing.T, f *scenarios.File) {
	require.NotNil(t, f.Config)
	require.NotEmpty(t, f.Releases)
	require.NotEmpty(t, f.Tests)
	require.Positive(t, f.EvaluationInterval)
	f.Notes()
	for _, test := range f.Tests {
		require.NotEmpty(t, test.Name)
		require.LessOrEqual(t, test.Seeds.From, test.Seeds.To)
		for _, s := range test.Series {
			require.Len(t, s.Names, len(s.Alerts))
			require.NotEmpty(t, s.Alerts)
		}
		for _, am := range test.Alertmanagers {
			require.NoError(t, am.Behaviour.Validate())
		}
		var last time.Duration
		for _, e := range test.Timeline {
			require.GreaterOrEqual(t, e.At, last)
			last = e.At
			given := 0
			for _, is := range []bool{
				e.Send != nil, e.TargetGroups != nil, e.Fault != nil, e.Reload != nil, e.Restart != nil,
				e.ServerRestart != nil, e.Swizzle != nil, e.Churn != nil, e.Shutdown != nil,
			} {
				if is {
					given++
				}
			}
			require.Equal(t, 1, given)
			if e.Reload != nil {
				require.NotNil(t, e.Reload.Config)
			}
			if e.Fault != nil {
				require.NoError(t, e.Fault.Fault.Validate())
			}
		}
	}
}
