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

// privateWords are words that this repository used in a sense of its own, where the field has a term. Words that are
// ordinary English too, such as "told" or "lane", are not among them.
var privateWords = regexp.MustCompile(`(?i)\b(agenda|veil|unveil|rigs?|upcomings?|foreseen?|streaks?|letGo|wedged|` +
	`books\.\w+|bookStreaks|mended|outposts?|handovers?|lapses?|visits?|visit[A-Z]\w*|troubles?|drawers?|goOn|setFate|` +
	`parts from|at fault|fault of its own|fault of notifysim|k6's words|one less some does|lost to everybody|` +
	`reached nobody|got everything|brought to (some|any)body|cries wolf|plays the two sides)\b`)

// notSearched are the folders, from the root of the module, that may have such words.
var notSearched = []string{".git"}

// No file has a word that was replaced by the field's term.
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
			line = strings.ReplaceAll(line, "VisitAll", "") // a method of pflag
			if word := privateWords.FindString(line); word != "" {
				t.Errorf("%s:%d: %q; write the field's term", name, n, word)
			}
		}
		return nil
	})
	require.NoError(t, err)
}
