package scenarios_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
)

// Formatting before.yml gives after.yml, and formatting after.yml changes nothing.
func TestFormat(t *testing.T) {
	before, err := os.ReadFile(filepath.Join("testdata", "layout", "before.yml"))
	require.NoError(t, err)
	got, err := scenarios.Format("before.yml", before)
	require.NoError(t, err)
	after := filepath.Join("testdata", "layout", "after.yml")
	if *update {
		require.NoError(t, os.WriteFile(after, got, 0o644))
	}
	want, err := os.ReadFile(after)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(string(want), string(got)))
	again, err := scenarios.Format("after.yml", got)
	require.NoError(t, err)
	require.Equal(t, string(got), string(again))
	windows, err := scenarios.Format("windows.yml", []byte("\ufefftests:\r\n- name: a\r\n"))
	require.NoError(t, err)
	require.Equal(t, "tests:\n  - name: a\n", string(windows))
}

// All files of the library are formatted.
func TestLibraryIsFormatted(t *testing.T) {
	for _, name := range scenarios.Library() {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		got, err := scenarios.Format(name, text)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(string(text), string(got)), "run go run ./cmd/notifysim fmt scenarios/%s", name)
	}
}

func TestFormatOfInvalidYAML(t *testing.T) {
	_, err := scenarios.Format("x.yml", []byte("tests:\n\t- name: a\n"))
	require.EqualError(t, err, "x.yml:2:1: a tab indents this line; use spaces")
	_, err = scenarios.Format("x.yml", nil)
	require.ErrorContains(t, err, "x.yml:1:1: the file is empty")
}

// Formatting any file loses nothing, and formatting the result changes nothing. A scenario stays one.
func FuzzFormat(f *testing.F) {
	addFiles(f, "*.yml", "testdata/broken/*.yml", "testdata/layout/*.yml")
	f.Fuzz(func(t *testing.T, text []byte) {
		once, err := scenarios.Format("x.yml", text)
		if err != nil {
			var errs scenarios.Errors
			require.ErrorAs(t, err, &errs)
			return
		}
		twice, err := scenarios.Format("x.yml", once)
		require.NoError(t, err)
		require.Equal(t, string(once), string(twice))
		_, before := scenarios.Parse("x.yml", text)
		_, after := scenarios.Parse("x.yml", once)
		require.Equal(t, before == nil, after == nil, "%v\n%v", before, after)
	})
}
