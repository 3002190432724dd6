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

var update = flag.Bool("update", false, "write the expected files of testdata and the schema")

// Each file of testdata/broken is wrong in the way that its name says; the file beside it has the exact messages.
func TestBroken(t *testing.T) {
	t.Chdir(filepath.Join("testdata", "broken"))
	files, err := filepath.Glob("*.yml")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 25)
	for _, file := range files {
		if strings.HasPrefix(file, "prometheus_") {
			continue // a config_file of another
		}
		t.Run(strings.TrimSuffix(file, ".yml"), func(t *testing.T) {
			_, err := scenarios.Load(file)
			var errs scenarios.Errors
			require.ErrorAs(t, err, &errs)
			for _, e := range errs {
				require.NotZero(t, e.Pos.Line, "without a line: %s", e)
				require.NotZero(t, e.Pos.Col, "without a column: %s", e)
				require.Contains(t, e.Msg, ";", "it does not say what to write")
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

// shown is how the command shows errors: each with its line and a caret.
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
