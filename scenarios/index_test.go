package scenarios_test

import (
	"fmt"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
)

// README.md has twelve questions, each answered by at least one file. It names every file of the library and no others.
func TestLibraryHasAnIndex(t *testing.T) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	named := map[string]bool{}
	for _, m := range regexp.MustCompile(`\[([^]]+\.yml)\]\(([^)]+)\)`).FindAllStringSubmatch(string(text), -1) {
		require.Equal(t, m[1], m[2])
		require.FileExists(t, m[2])
		named[m[2]] = true
	}
	for _, name := range scenarios.Library() {
		require.True(t, named[name], "README.md does not name %s: write it under the question that it answers", name)
	}
	questions := regexp.MustCompile(`(?m)^(\d+)\. \*\*`).FindAllStringSubmatchIndex(string(text), -1)
	require.Len(t, questions, 12)
	for i, at := range questions {
		end := len(text)
		if i+1 < len(questions) {
			end = questions[i+1][0]
		}
		require.Equal(t, fmt.Sprint(i+1), string(text[at[2]:at[3]]))
		require.Contains(t, string(text[at[0]:end]), ".yml)", "question %d has no file", i+1)
	}
}
