package scenarios_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata and the schema")

// Each file in testdata/broken is wrong in the way that its name says. The .txt file next to it has the exact messages.
func TestBroken(t *testing.T) {
	t.Chdir(filepath.Join("testdata", "broken"))
	files, err := filepath.Glob("*.yml")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 25)
	for _, file := range files {
		if strings.HasPrefix(file, "prometheus_") {
			continue // it is the config_file of another file
		}
		t.Run(strings.TrimSuffix(file, ".yml"), func(t *testing.T) {
			_, err := scenarios.Load(file)
			var errs scenarios.Errors
			require.ErrorAs(t, err, &errs)
			for _, e := range errs {
				require.NotZero(t, e.Pos.Line, "the error has no line: %s", e)
				require.NotZero(t, e.Pos.Col, "the error has no column: %s", e)
				require.Contains(t, e.Msg, ";", "the error does not say what to write")
				require.NotContains(t, e.Msg, "\n")
				require.False(t, strings.ContainsFunc(e.Msg, unicode.IsControl), "%q", e.Msg)
			}
			golden := strings.TrimSuffix(file, ".yml") + ".txt"
			got := shown(errs)
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(string(want), got))
		})
	}
}

// shown formats errors as the command does: each with its line and a caret.
func shown(errs scenarios.Errors) string {
	var b strings.Builder
	for _, e := range errs {
		fmt.Fprintln(&b, e)
		if line, caret := e.Excerpt(); line != "" {
			fmt.Fprintf(&b, "    %s\n    %s\n", line, caret)
		}
	}
	return b.String()
}
