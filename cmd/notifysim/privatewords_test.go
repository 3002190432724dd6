package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// privateWords matches words that this repository once used with a meaning of its own, although the field has a term
// for it. It leaves out words that are ordinary English too, such as "told" and "lane".
var privateWords = regexp.MustCompile(`(?i)\b(agenda|veil|unveil|rigs?|upcomings?|foreseen?|streaks?|letGo|wedged|` +
	`books\.\w+|bookStreaks|mended|outposts?|handovers?|lapses?|visits?|visit[A-Z]\w*|troubles?|drawers?|goOn|setFate|` +
	`parts from|at fault|fault of its own|fault of notifysim|k6's words|one less some does|lost to everybody|` +
	`reached nobody|got everything|brought to (some|any)body|cries wolf|plays the two sides)\b`)

// notSearched are the folders, relative to the root of the module, whose files may contain such words.
var notSearched = []string{".git"}

// No file contains a word of privateWords.
func TestPrivateWords(t *testing.T) {
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		require.NoError(t, err)
		name, err := filepath.Rel(root, path)
		require.NoError(t, err)
		name = filepath.ToSlash(name)
		switch {
		case entry.IsDir() && (slices.Contains(notSearched, name) || entry.Name() == "testdata"):
			return filepath.SkipDir
		case entry.IsDir() || name == "cmd/notifysim/privatewords_test.go":
			return nil
		case !slices.Contains([]string{".go", ".md", ".yml", ".js", ".json", ""}, filepath.Ext(name)):
			return nil
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		n := 0
		for line := range strings.Lines(string(text)) {
			n++
			line = strings.ReplaceAll(line, "VisitAll", "") // VisitAll is a method of package pflag
			if word := privateWords.FindString(line); word != "" {
				t.Errorf("%s:%d: %q; write the field's term", name, n, word)
			}
		}
		return nil
	})
	require.NoError(t, err)
}
